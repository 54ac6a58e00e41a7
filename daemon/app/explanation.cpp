#include "daemon/app/explanation.hpp"

#include <absl/strings/str_split.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "daemon/app/wiring.hpp"
#include "daemon/capture/capture_filter.hpp"
#include "daemon/capture/interface_patterns.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::app {
namespace {

using capture::LinkType;

constexpr std::size_t kColumns = 80;

// Appends `words` in lines that begin with `indent`.
void append_wrapped(const std::vector<std::string>& words, std::string_view indent, std::string& out) {
  std::string line(indent);
  for (const std::string& word : words) {
    const bool first = line.size() == indent.size();
    if (!first && line.size() + 1 + word.size() > kColumns) {
      out += line + "\n";
      line = indent;
    } else if (!first) {
      line += ' ';
    }
    line += word;
  }
  out += line + "\n";
}

// Names of interfaces may have nearly every byte, and paths of sinks many.
std::string escaped(std::string_view text) {
  std::string out;
  text::append_escaped(text, out);
  return out;
}

// The terms of an expression, each with the "or" that follows it.
std::vector<std::string> terms_of(const std::string& expression) {
  std::vector<std::string> terms = absl::StrSplit(expression, " or ");
  for (std::size_t i = 0; i + 1 < terms.size(); ++i) terms[i] += " or";
  return terms;
}

struct Captures {
  std::map<LinkType, std::vector<std::string>> by_type;
  std::vector<std::string> absent;              // names and globs that match no interface now
  std::optional<std::uint32_t> loopback_index;  // if all interfaces are captured as one
};

Captures captures_of(const std::vector<std::string>& wanted, const Host& host) {
  Captures captures;
  if (std::find(wanted.begin(), wanted.end(), capture::kAnyInterface) != wanted.end()) {
    captures.by_type[LinkType::linux_sll2] = {capture::kAnyInterface};
    for (const HostInterface& interface : host.interfaces) {
      if (interface.loopback) captures.loopback_index = interface.index;
    }
    return captures;
  }
  for (const std::string& pattern : wanted) {
    if (std::none_of(host.interfaces.begin(), host.interfaces.end(),
                     [&](const auto& interface) { return capture::matches_any({pattern}, interface.name); })) {
      captures.absent.push_back(escaped(pattern));
    }
  }
  for (const HostInterface& interface : host.interfaces) {
    // Without privileges the type is not known. Nearly all interfaces look like Ethernet.
    if (interface.name != capture::kAnyInterface && capture::matches_any(wanted, interface.name))
      captures.by_type[interface.link_type.value_or(LinkType::ethernet)].push_back(escaped(interface.name));
  }
  if (captures.by_type.empty()) captures.by_type[LinkType::ethernet] = {};
  return captures;
}

Status explain_capture(const config::Config& config, const Host& host, bool show_bpf, std::string& out) {
  const capture::WatchedTraffic watched = watched_traffic(config);
  const auto snaplen = static_cast<std::uint32_t>(config.capture.snaplen);
  const Captures captures = captures_of(config.capture.interfaces, host);
  for (const auto& [type, names] : captures.by_type) {
    const auto filter = capture::describe_filter(type, snaplen, watched, captures.loopback_index);
    if (!filter) return fail(filter.error());
    const std::string where = names.empty() ? "no interface yet" : fmt::format("{}", fmt::join(names, ", "));
    append_wrapped(
        absl::StrSplit(fmt::format("captures on {} ({}), with the kernel filter", where, to_string(type)), ' '), "",
        out);
    append_wrapped(terms_of(filter->expression.empty() ? "(none)" : filter->expression), "  ", out);
    if (!show_bpf) continue;
    out += fmt::format("  as {} instructions:\n", filter->instructions.size());
    for (const std::string& instruction : filter->instructions) out += "    " + instruction + "\n";
  }
  if (!captures.absent.empty())
    append_wrapped(
        absl::StrSplit(fmt::format("and on {} when there is such an interface", fmt::join(captures.absent, ", ")), ' '),
        "", out);
  return {};
}

std::string text_of(const filter::PortRange& range) {
  return range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}-{}", range.first, range.last);
}

std::string text_of(const filter::Network& network) {
  constexpr unsigned kMapped = 96;  // bits before an IPv4 address
  const unsigned whole = network.address.is_ipv4() ? 32 : 128;
  const unsigned bits = network.prefix - (network.address.is_ipv4() ? kMapped : 0);
  return network.address.to_string() + (bits == whole ? "" : fmt::format("/{}", bits));
}

template <class Items>
std::string list_of(const Items& items) {
  std::string list;
  for (const auto& item : items) list += (list.empty() ? "" : ", ") + text_of(item);
  return list;
}

// "tcp ports 514, 6000-6010 (to), networks 10.0.0.0/8"
std::string traffic_of(const config::Filter& filter) {
  std::string text = filter.transport ? std::string(to_string(*filter.transport)) : "tcp and udp";
  const bool one = filter.ports.size() == 1 && filter.ports[0].first == filter.ports[0].last;
  text += filter.ports.empty() ? ", all ports" : (one ? " port " : " ports ") + list_of(filter.ports);
  if (!filter.ports.empty() && filter.direction != filter::Direction::both)
    text += filter.direction == filter::Direction::to ? ", only what is sent to it" : ", only what it sends";
  if (!filter.networks.empty()) text += ", networks " + list_of(filter.networks);
  return text;
}

// "severity (line 14), match (line 15)"
std::string refusals_of(const config::Filter& filter) {
  std::string text;
  for (const auto& [key, verdict] : filter::kRefusingKeys) {
    const config::Mark& mark = filter.mark_of(verdict);
    if (mark.line != 0) text += fmt::format("{}{} (line {})", text.empty() ? "" : ", ", key, mark.line);
  }
  return text;
}

std::string target_of(const config::FileTarget& file) { return "file " + file.path; }
std::string target_of(const config::SyslogTarget& syslog) { return "syslog " + syslog.to; }
std::string target_of(const config::JournaldTarget&) { return "journald"; }
std::string target_of(const config::StandardOutputTarget&) { return "stdout"; }

void explain_filter(const config::Filter& filter, const config::Config& config, const std::string& path,
                    std::string& out) {
  const auto add = [&out](const std::string& line) { append_wrapped(absl::StrSplit(line, ' '), "  ", out); };
  out += fmt::format("filter {} ({})\n", filter.name, filter.mark.place(path));
  add("takes " + traffic_of(filter));
  if (const std::string refusals = refusals_of(filter); !refusals.empty()) add("refuses by " + refusals);
  if (!filter.redact.empty()) add("redacts");
  if (filter.final) add("is final for what it takes");
  for (const std::string& name : filter.to) {
    const auto sink = std::find_if(config.sinks.begin(), config.sinks.end(),
                                   [&](const config::Sink& candidate) { return candidate.name == name; });
    if (sink == config.sinks.end()) continue;
    const std::string target = std::visit([](const auto& any) { return target_of(any); }, sink->target);
    std::vector<std::string> words{"->", name + ":"};
    for (const std::string& word : std::vector<std::string>(absl::StrSplit(target, ' ')))
      words.push_back(escaped(word));
    if (sink->spool) {
      words.back() += ',';
      words.insert(words.end(), {"spool", escaped(sink->spool->path)});
    }
    append_wrapped(words, "  ", out);
  }
}

}  // namespace

Expected<std::string> explain(const config::Config& config, const std::string& path, const Host& host, bool show_bpf) {
  std::string out;
  if (Status explained = explain_capture(config, host, show_bpf, out); !explained)
    return fail(std::move(explained.error()));
  for (const config::Filter& filter : config.filters) {
    out += '\n';
    explain_filter(filter, config, path, out);
  }
  return out;
}

}  // namespace logsniffd::app

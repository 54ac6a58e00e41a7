// The parts of a diagnosis that the daemon's own figures show. What only the wire shows is in why_wire.cpp.
#include "daemon/app/why.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "daemon/app/why_wire.hpp"
#include "daemon/base/nearest.hpp"

namespace logsniffd::app {
namespace {

// By Cause.
constexpr auto kWords = std::to_array<std::string_view>({
    "none",

    "capture_hangs",
    "interface_missing",
    "interface_down",
    "silent_wire",
    "not_watched",
    "nothing_on_port",
    "other_protocol",
    "other_interface",
    "unanswered",
    "refused",
    "no_payload",
    "other_direction",
    "outside_networks",
    "unseen",
    "encrypted",
    "java_objects",
    "binary",
    "joined_late",
    "unfinished",
    "dropped_by_text",
    "dropped_by_severity",
    "dropped_by_where",
    "dropped_by_match",
    "dropped_by_exclude",
    "dropped_by_sample",
    "dropped_by_repeat",
    "dropped_by_rate",
    "taken_by_final",
    "kernel_drops",
    "sink_failing",
    "sink_waits",
    "spooling",
    "queue_full",
    "sink_drops",
});
static_assert(kWords.size() == kCauses);

std::string ago(PacketTime then, PacketTime now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::max(now - then, Duration::zero())).count();
  if (seconds < 120) return fmt::format("{} s ago", seconds);
  if (seconds < 7200) return fmt::format("{} min ago", seconds / 60);
  return fmt::format("{} h ago", seconds / 3600);
}

bool is_recent(PacketTime time, PacketTime now) { return time != PacketTime{} && now - time < kRecently; }

std::string number(std::uint64_t n, const char* thing) { return fmt::format("{} {}{}", n, thing, n == 1 ? "" : "s"); }

// REQUIRED: a key of the configuration stands behind it.
Cause cause_of(filter::RouteVerdict verdict) {
  switch (verdict) {
    case filter::RouteVerdict::severity:
      return Cause::dropped_by_severity;
    case filter::RouteVerdict::where:
      return Cause::dropped_by_where;
    case filter::RouteVerdict::excluded:
      return Cause::dropped_by_exclude;
    case filter::RouteVerdict::sampled:
      return Cause::dropped_by_sample;
    case filter::RouteVerdict::repeated:
      return Cause::dropped_by_repeat;
    case filter::RouteVerdict::limited:
      return Cause::dropped_by_rate;
    case filter::RouteVerdict::not_text:
    case filter::RouteVerdict::routed:
    case filter::RouteVerdict::no_match:
      break;
  }
  return Cause::dropped_by_match;
}

class Diagnosis {
 public:
  explicit Diagnosis(const Evidence& evidence) : evidence_(evidence) {}

  std::optional<Finding> of_capture() const {
    if (!evidence_.view.capture) {
      return Finding{Cause::capture_hangs, "the capture worker does not answer",
                     "no answer within 2 s; the watchdog of the unit restarts a daemon that hangs",
                     "look at the processor load and the log (journalctl -u logsniffd); restart the daemon"};
    }
    const auto& interfaces = evidence_.view.capture->interfaces;
    if (interfaces.empty()) return std::nullopt;  // a file
    std::string states;
    bool down = false;
    for (const capture::InterfaceFigures& interface : interfaces) {
      if (interface.state == capture::InterfaceState::capturing) return std::nullopt;
      down |= interface.state != capture::InterfaceState::missing;
      states += fmt::format("{}{}: {}", states.empty() ? "" : ", ", interface.name, word_of(interface.state));
    }
    if (down) {
      return Finding{Cause::interface_down, "no interface is captured", states,
                     "bring an interface up (ip link), or name another one in capture.interfaces"};
    }
    return Finding{Cause::interface_missing, "no interface is captured", states,
                   "name an interface that exists in capture.interfaces (logsniffd interfaces), or any"};
  }

  [[nodiscard]] const record_path::FilterFigures& figures(std::size_t filter) const {
    return evidence_.view.capture->filters[filter].figures;
  }

  [[nodiscard]] bool has_records(std::size_t filter) const {
    return is_recent(figures(filter).last_record_at, evidence_.wall);
  }

  // Of a filter that saw data lately, and took no record.
  std::optional<Finding> of_data(std::size_t filter) const {
    if (!is_recent(figures(filter).last_bytes_at, evidence_.wall)) return std::nullopt;
    if (auto found = of_refusals(filter)) return found;
    if (auto found = of_foreign(filter)) return found;
    if (auto found = of_final(filter)) return found;
    return of_boundaries(filter);
  }

  std::optional<Finding> of_loss() const {
    const std::uint64_t dropped = evidence_.view.ledger.capture.kernel_dropped;
    if (dropped == 0) return std::nullopt;
    return Finding{Cause::kernel_drops, "records arrive, but the kernel dropped packets",
                   number(dropped, "packet") + " dropped, because the buffer was full",
                   "raise capture.buffer, or watch fewer ports"};
  }

  std::optional<Finding> of_sink(const std::string& name) const {
    const auto& sinks = evidence_.view.sinks;
    const auto sink = std::find_if(sinks.begin(), sinks.end(), [&](const SinkView& view) { return view.name == name; });
    const auto& ledger = evidence_.view.ledger.sinks;
    const auto named = std::find_if(ledger.begin(), ledger.end(), [&](const auto& each) { return each.name == name; });
    if (sink == sinks.end() || named == ledger.end()) return std::nullopt;
    const sink::SinkFigures& figures = named->figures;
    if (sink->waits) {
      return Finding{Cause::sink_waits,
                     fmt::format("sink {} waits until sinks of the former configuration have left", name),
                     number(figures.queued, "record") + " in its queue", "wait; that takes 5 s at most"};
    }
    if (sink->health.failing) {
      const bool spools = figures.spooled > 0;
      return Finding{spools ? Cause::spooling : Cause::sink_failing,
                     fmt::format("the target of sink {} ({}) does not take records, since {}", name, sink->target,
                                 ago(sink->health.since, evidence_.wall)),
                     sink->health.trouble +
                         (spools ? fmt::format("; {} wait in its spool", number(figures.spooled, "record")) : ""),
                     spools ? "see to the target; the records follow in order when it is back"
                            : "see to the target; a spool would keep the records meanwhile"};
    }
    return of_drops(name, figures);
  }

  [[nodiscard]] Finding good(std::size_t filter) const {
    return {Cause::none, "records arrive, and are written", records(filter) + refusals(filter), {}};
  }

  // "7 records, the last one 3 h ago"
  [[nodiscard]] std::string records(std::size_t filter, const char* when = "") const {
    const record_path::FilterFigures& seen = figures(filter);
    return fmt::format("{}{}, the last one {}", number(seen.records, "record"), when,
                       ago(seen.last_record_at, evidence_.wall));
  }

 private:
  [[nodiscard]] const config::Filter& filter_of(std::size_t filter) const { return evidence_.config.filters[filter]; }

  // "FILE:LINE", or the option of sniff.
  [[nodiscard]] std::string place(const config::Mark& mark, std::string_view option) const {
    if (evidence_.config_path.empty()) return fmt::format("--{}", option);
    return fmt::format("{} ({})", option, mark.place(evidence_.config_path));
  }

  // By what the filter refused the most records, if it refused any.
  [[nodiscard]] std::optional<filter::RouteVerdict> most_refusing(std::size_t filter) const {
    const auto& refused = figures(filter).refused;
    const auto most = std::max_element(refused.begin(), refused.end());
    if (*most == 0) return std::nullopt;
    return static_cast<filter::RouteVerdict>(most - refused.begin());
  }

  // The key behind the verdict, with its place; empty: there is none.
  [[nodiscard]] std::string key_of(std::size_t filter, filter::RouteVerdict verdict) const {
    for (const auto& [key, refusing] : filter::kRefusingKeys) {
      if (refusing == verdict) return place(filter_of(filter).mark_of(verdict), key);
    }
    return "";
  }

  // "; 93 records dropped by sample (/etc/logsniffd.yaml:9)", or nothing.
  [[nodiscard]] std::string refusals(std::size_t filter) const {
    const auto verdict = most_refusing(filter);
    if (!verdict) return "";
    const std::string key = key_of(filter, *verdict);
    return fmt::format("; {} dropped{}", number(figures(filter).refused[static_cast<std::size_t>(*verdict)], "record"),
                       key.empty() ? key : " by " + key);
  }

  std::optional<Finding> of_refusals(std::size_t filter) const {
    const auto verdict = most_refusing(filter);
    if (!verdict) return std::nullopt;
    const record_path::FilterFigures& seen = figures(filter);
    Finding finding;
    finding.figure = fmt::format("{} dropped by it, {} taken since the start",
                                 number(seen.refused[static_cast<std::size_t>(*verdict)], "record"), seen.records);
    finding.fix = "logsniffd tap --dropped shows the very records; change the key if they are wanted";
    if (*verdict == filter::RouteVerdict::not_text) {
      finding.cause = Cause::dropped_by_text;
      finding.what = "what the port carries does not look like text, and is not shown";
      finding.fix = "name the port, and it is shown whatever it carries";
      return finding;
    }
    finding.cause = cause_of(*verdict);
    finding.what = fmt::format("{} of filter {} drops the records", key_of(filter, *verdict), filter_of(filter).name);
    return finding;
  }

  std::optional<Finding> of_foreign(std::size_t filter) const {
    const record_path::FilterFigures& seen = figures(filter);
    const auto most = std::max_element(seen.foreign.begin(), seen.foreign.end());
    if (*most == 0) return std::nullopt;
    const std::string figure = fmt::format("{} of {}", *most, number(seen.streams, "stream"));
    switch (static_cast<framing::Foreign>(most - seen.foreign.begin())) {
      case framing::Foreign::tls:
        return Finding{Cause::encrypted, "the connections are encrypted (TLS): nothing in them can be read", figure,
                       "have the senders log without TLS, or collect at the end of the encryption"};
      case framing::Foreign::java_serialization:
        return Finding{Cause::java_objects, "the connections carry serialized Java objects, which are never read",
                       figure, "give the sender a layout of text or JSON"};
      case framing::Foreign::binary:
        break;
    }
    return Finding{Cause::binary, "the connections carry binary data: nothing in them looks like a log", figure,
                   "see that the port is that of a log; set framing and decode if it is"};
  }

  // An earlier filter that sees the same records, takes them, and lets no later one have them.
  std::optional<Finding> of_final(std::size_t filter) const {
    for (std::size_t i = 0; i < filter; ++i) {
      const config::Filter& earlier = filter_of(i);
      if (!earlier.final || !has_records(i)) continue;
      const auto shares = [&](const filter::PortRange& mine) {
        return earlier.ports.empty() || std::any_of(earlier.ports.begin(), earlier.ports.end(), [&](const auto& other) {
                 return mine.first <= other.last && other.first <= mine.last;
               });
      };
      const auto& ports = filter_of(filter).ports;
      if (!ports.empty() && std::none_of(ports.begin(), ports.end(), shares)) continue;
      return Finding{Cause::taken_by_final,
                     fmt::format("filter {} ({}) is final, and takes the records first", earlier.name,
                                 earlier.mark.place(evidence_.config_path)),
                     fmt::format("it took {}, the last one {}", number(figures(i).records, "record"),
                                 ago(figures(i).last_record_at, evidence_.wall)),
                     "remove final, or put this filter before that one"};
    }
    return std::nullopt;
  }

  [[nodiscard]] Finding of_boundaries(std::size_t filter) const {
    const record_path::FilterFigures& seen = figures(filter);
    const std::string figure = fmt::format("{} of payload in {} and {}, the last one {}", number(seen.bytes, "byte"),
                                           number(seen.streams, "stream"), number(seen.datagrams, "datagram"),
                                           ago(seen.last_bytes_at, evidence_.wall));
    if (seen.streams > 0 && seen.joined_late == seen.streams) {
      return {Cause::joined_late,
              "the connections began before the capture, and no boundary of a record has been proven yet", figure,
              "wait for more records, or have the senders connect again"};
    }
    return {Cause::unfinished, "data arrives, but no end of a record has been seen", figure,
            "look at the bytes (logsniffd sniff -x PORT), and set framing to how the records end"};
  }

  static std::optional<Finding> of_drops(const std::string& name, const sink::SinkFigures& figures) {
    const auto most = std::max_element(figures.dropped.begin(), figures.dropped.end());
    if (*most == 0) return std::nullopt;
    const auto reason = static_cast<sink::DropReason>(most - figures.dropped.begin());
    const bool queue = reason == sink::DropReason::queue_full;
    return Finding{queue ? Cause::queue_full : Cause::sink_drops,
                   queue ? fmt::format("sink {} is slower than its records: its queue was full", name)
                         : fmt::format("sink {} dropped records: {}", name, sink::in_words(reason)),
                   fmt::format("{} dropped, {} written", number(*most, "record"), figures.written),
                   queue ? "raise its queue, speed up its target, or send it fewer records"
                         : "docs/operations.md lists the reasons and what to do"};
  }

  const Evidence& evidence_;
};

}  // namespace

std::string_view word_of(Cause cause) { return kWords[static_cast<std::size_t>(cause)]; }

Expected<Subject> subject_of(const std::string& text, const config::Config& config) {
  Subject subject;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < config.filters.size(); ++i) {
    names.push_back(config.filters[i].name);
    if (config.filters[i].name == text && !subject.filter) subject.filter = i;
  }
  if (subject.filter) return subject;
  for (std::size_t i = 0; i < config.sinks.size(); ++i) {
    names.push_back(config.sinks[i].name);
    if (config.sinks[i].name == text) subject.sink = i;
  }
  for (std::size_t i = 0; subject.sink && i < config.filters.size() && !subject.filter; ++i) {
    const auto& to = config.filters[i].to;
    if (std::find(to.begin(), to.end(), text) != to.end()) subject.filter = i;
  }
  if (subject.sink) return subject;

  const std::string_view whole = text;
  const std::size_t slash = whole.find('/');
  const std::string_view digits = whole.substr(0, slash);
  const std::string_view protocol = slash == std::string_view::npos ? std::string_view() : whole.substr(slash + 1);
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool known = slash == std::string_view::npos || protocol == "tcp" || protocol == "udp";
  if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || port == 0 ||
      !known) {
    return fail(Error::usage(
        fmt::format("{} is not a port, and not the name of a filter or a sink{}", text, did_you_mean(text, names))));
  }
  subject.port = port;
  if (!protocol.empty()) subject.transport = protocol == "udp" ? Transport::udp : Transport::tcp;
  for (std::size_t i = 0; i < config.filters.size() && !subject.filter; ++i) {
    const config::Filter& filter = config.filters[i];
    const bool speaks = !subject.transport || !filter.transport || *subject.transport == *filter.transport;
    const bool watches = filter.ports.empty() ||
                         std::any_of(filter.ports.begin(), filter.ports.end(),
                                     [&](const auto& range) { return range.first <= port && port <= range.last; });
    if (speaks && watches) subject.filter = i;
  }
  return subject;
}

std::optional<Finding> find_cause(const Subject& subject, const Evidence& evidence, const Surveyed* surveyed) {
  const Diagnosis diagnosis(evidence);
  if (auto found = diagnosis.of_capture()) return found;
  if (subject.sink) {
    if (auto found = diagnosis.of_sink(evidence.config.sinks[*subject.sink].name)) return found;
  }
  if (!subject.filter) {
    if (surveyed == nullptr) return std::nullopt;
    return cause_on_wire(subject, evidence, *surveyed);
  }
  const std::size_t filter = *subject.filter;
  if (!diagnosis.has_records(filter)) {
    auto found = diagnosis.of_data(filter);
    // Only the wire shows which server the clients ask for.
    const bool encrypted = found && found->cause == Cause::encrypted;
    if (found && surveyed != nullptr && encrypted) add_server_name(*found, subject, evidence, *surveyed);
    if (found && (surveyed != nullptr || !encrypted)) return found;
    if (surveyed == nullptr) return std::nullopt;
    found = cause_on_wire(subject, evidence, *surveyed);
    if (diagnosis.figures(filter).records > 0) found->figure += "; " + diagnosis.records(filter, " before");
    return found;
  }
  for (const std::string& sink : evidence.config.filters[filter].to) {
    if (auto found = diagnosis.of_sink(sink)) return found;
  }
  if (auto found = diagnosis.of_loss()) return found;
  return diagnosis.good(filter);
}

nlohmann::ordered_json to_json(const Finding& finding) {
  return {{"cause", word_of(finding.cause)}, {"what", finding.what}, {"figure", finding.figure}, {"fix", finding.fix}};
}

}  // namespace logsniffd::app

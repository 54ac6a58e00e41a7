#include "daemon/learn/proposal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/filter/filter_table.hpp"
#include "daemon/learn/plural.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::learn {
namespace {

static_assert(kMaxProposed <= filter::kMaxFilters);

// A comment is one line, whatever the bytes.
std::string comment(std::string_view text) {
  std::string line = "    # ";
  text::append_escaped(text, line);
  return line + "\n";
}

// Quoted so that YAML takes it as text: '' stands for one '.
std::string scalar(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

void append_filter(const Lesson::Port& port, std::string& yaml) {
  const PortFindings& found = port.findings;
  const Verdict& verdict = port.verdict;
  const Side& side = verdict.direction == filter::Direction::to ? found.to : found.from;
  yaml += fmt::format("  - name: {}\n", filter_name(port));
  yaml += comment(fmt::format("{} from {}; framing {}, decode {}", plural(side.records, "record"),
                              plural(found.senders.size(), "sender"), verdict.framing, verdict.decode));
  for (const std::string& evidence : verdict.evidence) yaml += comment(evidence);
  for (const std::string& warning : verdict.warnings) yaml += comment("Uncertain: " + warning);
  yaml += fmt::format("    port: {}\n    protocol: {}\n    direction: {}\n", found.port, to_string(found.transport),
                      words_of(filter::kDirections)[static_cast<std::size_t>(verdict.direction)]);
  if (verdict.split) yaml += "    framing: {method: datagram, split: true}\n";
  if (verdict.joining == framing::JoinMode::traceback) yaml += "    multiline: traceback\n";
  if (verdict.joining == framing::JoinMode::indent) yaml += "    multiline: {indent: true}\n";
  yaml += "    to: [files]\n";
}

}  // namespace

Proposal propose(const Lesson& lesson, const std::string& when) {
  std::vector<const Lesson::Port*> logs;
  for (const Lesson::Port& port : lesson.ports) {
    if (port.verdict.is_log()) logs.push_back(&port);
  }
  if (logs.empty()) return {};
  Proposal proposal;
  if (logs.size() > kMaxProposed) {
    proposal.left_out = logs.size() - kMaxProposed;
    std::stable_sort(logs.begin(), logs.end(),
                     [](const auto* a, const auto* b) { return a->findings.to.records > b->findings.to.records; });
    logs.resize(kMaxProposed);
  }
  std::string source;
  text::append_escaped(lesson.source, source);
  proposal.yaml = fmt::format(
      "# Learned by 'logsniffd learn' on {} from {}: {} in {:.0f} s.\n"
      "# Framing and decoding are left to 'auto' where it proved them; the comments say what it found.\n",
      when, source, plural(lesson.packets, "packet"), lesson.seconds);
  if (!lesson.interfaces.empty()) {
    std::vector<std::string> names;
    for (const std::string& name : lesson.interfaces) names.push_back(scalar(name));
    proposal.yaml += fmt::format("\ncapture:\n  interfaces: [{}]\n", fmt::join(names, ", "));
  }
  proposal.yaml += "\nfilters:\n";
  for (const Lesson::Port* port : logs) append_filter(*port, proposal.yaml);
  proposal.yaml += "\nsinks:\n  files:\n    type: file\n    path: /var/log/logsniffd/{filter}.log\n";
  return proposal;
}

}  // namespace logsniffd::learn

#include "daemon/learn/report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/learn/plural.hpp"
#include "daemon/learn/secrets.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::learn {
namespace {

using Json = nlohmann::ordered_json;

const Side& side_of(const Lesson::Port& port) {
  const bool to = port.verdict.is_log() ? port.verdict.direction == filter::Direction::to : port.findings.to.bytes > 0;
  return to ? port.findings.to : port.findings.from;
}

// A second, or the whole if it took less.
double per_second(std::uint64_t count, double seconds) { return static_cast<double>(count) / std::max(seconds, 1.0); }

std::string senders_of(const PortFindings& port) {
  return fmt::format("{}{}", port.senders.size(), port.senders.size() < kMaxSenders ? "" : " or more");
}

std::string framing_of(const Verdict& verdict) { return verdict.split ? "datagram, split" : verdict.framing; }

std::string_view joining_of(const Verdict& verdict) {
  return verdict.joining ? words_of(framing::kJoinModes)[static_cast<std::size_t>(*verdict.joining)] : "";
}

std::string name_of(const PortFindings& port) { return fmt::format("{}/{}", port.port, to_string(port.transport)); }

void append_log(const Lesson::Port& port, double seconds, std::string& out) {
  const PortFindings& found = port.findings;
  const Verdict& verdict = port.verdict;
  const Side& side = side_of(port);
  const std::string streams = found.transport == Transport::tcp ? fmt::format("{}", side.streams) : "-";
  out += fmt::format("  {:<10}  {:>7}  {:>11}  {:>9}  {:>9.1f}  {:<16}  {}\n", name_of(found), senders_of(found),
                     streams, side.records, per_second(side.records, seconds), framing_of(verdict), verdict.decode);
  for (const std::string& evidence : verdict.evidence) out += "      " + evidence + "\n";
  if (verdict.joining) out += fmt::format("      propose multiline: {}\n", joining_of(verdict));
  for (const std::string& warning : verdict.warnings) out += "      uncertain: " + warning + "\n";
  if (!found.sample.empty()) out += "      sample: " + masked_sample(found.sample, kShownSampleBytes) + "\n";
}

void append_other(const Lesson::Port& port, std::string& out) {
  const PortFindings& found = port.findings;
  out += fmt::format("  {:<10}  {:<15}  {}", name_of(found), kKindNames[static_cast<std::size_t>(port.verdict.kind)],
                     port.verdict.reason);
  if (!found.server_name.empty()) {
    out += "; a client asked for ";
    text::append_escaped(found.server_name, out);
  }
  out += "\n";
}

Json log_of(const Lesson::Port& port, double seconds) {
  const PortFindings& found = port.findings;
  const Verdict& verdict = port.verdict;
  const Side& side = side_of(port);
  Json json{{"protocol", to_string(found.transport)},
            {"port", found.port},
            {"filter", filter_name(port)},
            {"direction", words_of(filter::kDirections)[static_cast<std::size_t>(verdict.direction)]},
            {"senders", found.senders.size()},
            {"connections", side.streams},
            {"records", side.records},
            {"records_per_second", per_second(side.records, seconds)},
            {"bytes", side.bytes},
            {"framing", verdict.framing},
            {"split", verdict.split},
            {"decode", verdict.decode},
            {"evidence", verdict.evidence},
            {"uncertain", verdict.warnings},
            {"sample", masked_sample(found.sample, kShownSampleBytes)}};
  if (verdict.joining) json["multiline"] = joining_of(verdict);
  return json;
}

Json other_of(const Lesson::Port& port) {
  const PortFindings& found = port.findings;
  std::string server_name;
  text::append_escaped(found.server_name, server_name);
  Json json{{"protocol", to_string(found.transport)},
            {"port", found.port},
            {"taken_for", kKindNames[static_cast<std::size_t>(port.verdict.kind)]},
            {"reason", port.verdict.reason},
            {"bytes_to", found.to.bytes},
            {"bytes_from", found.from.bytes}};
  if (!server_name.empty()) json["server_name"] = server_name;
  return json;
}

}  // namespace

std::string text_report(const Lesson& lesson) {
  std::string source;
  text::append_escaped(lesson.source, source);
  std::string out = fmt::format("{}: {} in {:.1f} s\n", source, plural(lesson.packets, "packet"), lesson.seconds);
  std::string logs;
  std::string others;
  for (const Lesson::Port& port : lesson.ports) {
    if (port.verdict.is_log()) {
      append_log(port, lesson.seconds, logs);
    } else {
      append_other(port, others);
    }
  }
  out +=
      logs.empty()
          ? "\nNo port was seen that logs.\n"
          : "\nPorts that log\n  PORT        SENDERS  CONNECTIONS    RECORDS   A SECOND  FRAMING           DECODE\n" +
                logs;
  if (!others.empty()) out += "\nPorts that are not taken for logs\n  PORT        TAKEN FOR        BECAUSE\n" + others;
  if (lesson.unfollowed > 0) {
    out += fmt::format("\n{} streams and datagrams of further ports were not examined; {} ports are the limit\n",
                       lesson.unfollowed, kMaxPorts);
  }
  return out;
}

std::string json_report(const Lesson& lesson) {
  Json logs = Json::array();
  Json others = Json::array();
  for (const Lesson::Port& port : lesson.ports) {
    if (port.verdict.is_log()) {
      logs.push_back(log_of(port, lesson.seconds));
    } else {
      others.push_back(other_of(port));
    }
  }
  const Json report{{"source", lesson.source},         {"seconds", lesson.seconds},
                    {"packets", lesson.packets},       {"kernel_dropped", lesson.kernel_dropped},
                    {"unfollowed", lesson.unfollowed}, {"logs", std::move(logs)},
                    {"others", std::move(others)}};
  return report.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace logsniffd::learn

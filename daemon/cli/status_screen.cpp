#include "daemon/cli/status_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "daemon/text/escape.hpp"

namespace logsniffd::cli {
namespace {

using control::Json;

const Json& at(const Json& object, const char* name) {
  static const Json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

std::string text_of(const Json& value) {
  std::string text;
  if (value.is_string()) text::append_escaped(value.get_ref<const std::string&>(), text);
  return text.empty() ? "-" : text;
}

// 1234567 as "1,234,567".
std::string count_of(const Json& value) {
  if (!value.is_number_integer()) return "-";
  std::string digits = fmt::format("{}", value.get<std::int64_t>());
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t end = digits.size(); end > first + 3;) digits.insert(end -= 3, ",");
  return digits;
}

std::string rate_of(const Json& value) {
  if (!value.is_number()) return "-";
  const auto rate = value.get<double>();
  return rate >= 1000 ? fmt::format("{:.0f}k", rate / 1000) : fmt::format("{:.1f}", rate);
}

std::string size_of(const Json& value) {
  if (!value.is_number()) return "-";
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = value.get<double>();
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  const bool whole = unit == 0 || size >= 10;
  return whole ? fmt::format("{:.0f} {}", size, kUnits[unit]) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string span_of(const Json& seconds) {
  if (!seconds.is_number()) return "-";
  const auto s = seconds.get<std::int64_t>();
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {} s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{} h {} min", s / 3600, s / 60 % 60);
  return fmt::format("{} d {} h", s / 86400, s / 3600 % 24);
}

std::string ago(const Json& seconds) { return seconds.is_number() ? span_of(seconds) + " ago" : "never"; }

// "match 12, severity 3"; "0" if all counts are.
std::string counts_of(const Json& object) {
  std::string text;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_number() || value == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count_of(value));
  }
  return text.empty() ? "0" : text;
}

// Columns as wide as their widest cell. All but the first are right-aligned, except for the last.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  void append_to(std::string& out, const Terminal& terminal) const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const bool last = i + 1 == row.size();
        if (i == 0 || last) {
          line += last ? row[i] : fmt::format("{:<{}}", row[i], widths[i]);
        } else {
          line += fmt::format("{:>{}}", row[i], widths[i]);
        }
        if (!last) line += "  ";
      }
      const bool head = &row == &rows_.front();
      fmt::format_to(std::back_inserter(out), "{}{}{}\n", head ? terminal.bold : "", line, head ? terminal.plain : "");
    }
    out += '\n';
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string used(const Json& memory) {
  return size_of(at(memory, "bytes")) + " of " + size_of(at(memory, "ceiling_bytes"));
}

void append_head(const Json& report, const Terminal& terminal, std::string& out) {
  const bool well = at(report, "status") == "well";
  fmt::format_to(std::back_inserter(out), "{}logsniffd {}: {}{}, up {}, pid {}\n", well ? terminal.bold : terminal.red,
                 text_of(at(report, "version")), well ? "well" : "TROUBLE", terminal.plain,
                 span_of(at(report, "uptime_s")), count_of(at(report, "pid")));
  const Json& configuration = at(report, "configuration");
  fmt::format_to(std::back_inserter(out), "{}, generation {}, read {}\n", text_of(at(configuration, "file")),
                 count_of(at(report, "generation")), text_of(at(configuration, "read")));
  for (const Json& problem : at(report, "problems")) {
    fmt::format_to(std::back_inserter(out), "{}! {}{}\n", terminal.red, text_of(problem), terminal.plain);
  }
  out += '\n';
}

void append_tables(const Json& report, const Terminal& terminal, std::string& out) {
  Table interfaces({"INTERFACE", "STATE", "PACKETS/S", "BYTES/S", "KERNEL DROPPED"});
  for (const Json& interface : at(report, "interfaces")) {
    interfaces.add({text_of(at(interface, "name")), text_of(at(interface, "state")),
                    rate_of(at(interface, "packets_per_s")), size_of(at(interface, "bytes_per_s")),
                    count_of(at(interface, "kernel_dropped"))});
  }
  interfaces.append_to(out, terminal);

  Table filters({"FILTER", "RECORDS", "/S", "LAST", "DROPPED"});
  for (const Json& filter : at(report, "filters")) {
    filters.add({text_of(at(filter, "name")), count_of(at(filter, "records")), rate_of(at(filter, "records_per_s")),
                 ago(at(filter, "last_record_age_s")), counts_of(at(filter, "dropped"))});
  }
  filters.append_to(out, terminal);

  Table sinks({"SINK", "STATE", "WRITTEN", "/S", "QUEUE", "p50/p99 ms", "LOST"});
  for (const Json& sink : at(report, "sinks")) {
    const Json& latency = at(sink, "latency");
    const auto milliseconds = [&](const char* name) {
      const Json& value = at(latency, name);
      return value.is_number() ? fmt::format("{:.1f}", value.get<double>() * 1000) : std::string("-");
    };
    sinks.add(
        {text_of(at(sink, "name")), text_of(at(sink, "state")), count_of(at(sink, "written")),
         rate_of(at(sink, "written_per_s")),
         used({{"bytes", at(at(sink, "queue"), "bytes")}, {"ceiling_bytes", at(at(sink, "queue"), "ceiling_bytes")}}),
         milliseconds("p50_s") + "/" + milliseconds("p99_s"), counts_of(at(sink, "dropped"))});
  }
  sinks.append_to(out, terminal);
}

void append_foot(const Json& report, std::string& out) {
  const Json& memory = at(report, "memory");
  const Json& connections = at(report, "connections");
  const Json& ledger = at(report, "ledger");
  const Json& packets = at(ledger, "packets");
  const Json& records = at(ledger, "records");
  const Json& unaccounted = at(report, "unaccounted");
  fmt::format_to(std::back_inserter(out), "connections  {} of {}\n", count_of(at(connections, "open")),
                 count_of(at(connections, "ceiling")));
  fmt::format_to(std::back_inserter(out),
                 "memory       reassembly {}, fragments {}\n             unfinished records {}\n",
                 used(at(memory, "reassembly")), used(at(memory, "fragments")), used(at(memory, "partial_records")));
  fmt::format_to(std::back_inserter(out), "packets      {} received, {} decoded, {} dropped by the kernel\n",
                 count_of(at(packets, "received")), count_of(at(packets, "decoded")),
                 count_of(at(packets, "kernel_dropped")));
  fmt::format_to(std::back_inserter(out), "records      {} framed, {} routed, filtered: {}\n",
                 count_of(at(records, "framed")), count_of(at(records, "routed")), counts_of(at(records, "filtered")));
  fmt::format_to(std::back_inserter(out), "unaccounted  packets {}, bytes {}, records {}\n",
                 count_of(at(unaccounted, "packets")), count_of(at(unaccounted, "bytes")),
                 count_of(at(unaccounted, "records")));
}

}  // namespace

std::string status_screen(const Json& report, const Terminal& terminal) {
  std::string out;
  append_head(report, terminal, out);
  append_tables(report, terminal, out);
  append_foot(report, out);
  return out;
}

std::string finding_text(const Json& finding) {
  std::string out = text_of(at(finding, "what")) + "\n";
  fmt::format_to(std::back_inserter(out), "  figure: {}\n", text_of(at(finding, "figure")));
  const Json& fix = at(finding, "fix");
  if (fix.is_string() && fix != "") fmt::format_to(std::back_inserter(out), "  fix:    {}\n", text_of(fix));
  return out;
}

}  // namespace logsniffd::cli

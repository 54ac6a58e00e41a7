#include "daemon/cli/status_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "daemon/cli/figures.hpp"

namespace logsniffd::cli {
namespace {

using control::Json;

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
                 span_of(at(report, "uptime_s")), at(report, "pid").dump());
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
  out += unaccounted_of(report) + "\n";
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

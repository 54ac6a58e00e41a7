#include "daemon/cli/top_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "daemon/cli/figures.hpp"
#include "daemon/cli/sparkline.hpp"

namespace logsniffd::cli {
namespace {

using control::Json;

constexpr std::size_t kLeastColumns = 80;
constexpr std::size_t kBarCells = 4;
constexpr std::size_t kSendersOnScreen = 5;

struct Column {
  std::string head;
  std::size_t cells;
  Align align;
};

// The widths that depend on the terminal. The last column takes what the others leave.
struct Widths {
  std::size_t name;
  std::size_t course;  // 0: plain output, which has none
  std::size_t last;
};

// `fixed`: the columns between the name and the last, with the spaces between all of them, and without the sparkline's.
Widths widths_for(const std::vector<TopRow>& rows, std::size_t fixed, const Area& area) {
  const std::size_t columns = std::max(area.columns, kLeastColumns);
  const std::size_t more = columns - kLeastColumns;
  std::size_t longest = 6;
  for (const TopRow& row : rows) longest = std::max(longest, cells_of(text_of(at(*row.report, "name")), area.charset));
  Widths widths{std::min(longest, 13 + more / 5), area.rows ? std::min<std::size_t>(60, 12 + more / 3) : 0, 0};
  if (widths.course > 0) ++fixed;
  widths.last = columns - std::min(columns, fixed + widths.name + widths.course);
  return widths;
}

void append_row(const std::vector<Column>& columns, const std::vector<Span>& row, Charset charset,
                std::vector<Line>& lines) {
  Line line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].cells == 0) continue;
    const std::string space = line.empty() ? "" : " ";
    line.push_back({space + fit(row[i].text, columns[i].cells, columns[i].align, charset), row[i].style});
  }
  lines.push_back(std::move(line));
}

void append_heads(const std::vector<Column>& columns, Charset charset, std::vector<Line>& lines) {
  std::vector<Span> heads;
  heads.reserve(columns.size());
  for (const Column& column : columns) heads.push_back({column.head, Style::heading});
  append_row(columns, heads, charset, lines);
}

std::string course_head(const Widths& widths) { return fmt::format("LAST {} S", widths.course); }

// A count in at most `cells`: a cut number would be another number.
std::string count_within(const Json& count, std::size_t cells) {
  std::string text = count_of(count);
  if (text.size() <= cells || !count.is_number()) return text;
  auto value = count.get<double>();
  for (const char unit : {'k', 'M', 'G', 'T'}) {
    value /= 1000;
    text = fmt::format("{:.1f}{}", value, unit);
    if (value < 1000) break;
  }
  return text;
}

// "16 (match 12, exclude 4)".
Span dropped_cell(const Json& dropped, std::size_t cells) {
  if (!dropped.is_object()) return {"-"};
  const std::uint64_t sum = sum_of(dropped);
  if (sum == 0) return {"0"};
  const std::string count = count_within(sum, cells);
  return {fmt::format("{} ({})", count, counts_of(dropped)), Style::strong};
}

// The reasons go, rather than the end of the count.
Span dropped_within(const Json& dropped, std::size_t cells, Charset charset) {
  Span cell = dropped_cell(dropped, cells);
  const std::size_t reasons = cell.text.find(" (");
  // Below this width nothing of the reasons could be read.
  constexpr std::size_t kReadable = 6;
  if (reasons != std::string::npos && cells_of(cell.text, charset) > cells && reasons + kReadable > cells) {
    cell.text.resize(reasons);
  }
  return cell;
}

std::string rate_text(const std::optional<double>& rate) { return rate ? rate_of(*rate) : "-"; }

std::string queue_cell(const Json& queue, Charset charset) {
  const Json& bytes = at(queue, "bytes");
  const Json& ceiling = at(queue, "ceiling_bytes");
  if (!bytes.is_number() || !ceiling.is_number() || ceiling.get<double>() <= 0) return "-";
  const double part = std::clamp(bytes.get<double>() / ceiling.get<double>(), 0.0, 1.0);
  const std::string percent = part > 0 && part < 0.01 ? "<1%" : fmt::format("{:.0f}%", std::floor(part * 100));
  return bar(part, kBarCells, charset) + fmt::format("{:>5}", percent);
}

// 0.0012 s as "1.2ms".
std::string short_time(const Json& seconds) {
  if (!seconds.is_number()) return "-";
  const auto value = seconds.get<double>();
  if (value < 0.0009995) return fmt::format("{:.0f}us", value * 1e6);
  if (value < 0.09995) return fmt::format("{:.1f}ms", value * 1e3);
  if (value < 0.9995) return fmt::format("{:.0f}ms", value * 1e3);
  return value < 99.95 ? fmt::format("{:.1f}s", value) : fmt::format("{:.0f}s", value);
}

// "1.2ms/50ms".
std::string latency_cell(const Json& latency) {
  if (!latency.is_object()) return "-";
  return short_time(at(latency, "p50_s")) + "/" + short_time(at(latency, "p99_s"));
}

Span state_cell(const Json& sink) {
  const Json& state = at(sink, "state");
  return {text_of(state), state == "failing" ? Style::trouble : state == "working" ? Style::plain : Style::strong};
}

// Why a sink fails, below its row.
void append_trouble(const Json& sink, const Area& area, std::vector<Line>& lines) {
  const Json& trouble = at(sink, "trouble");
  if (!trouble.is_string()) return;
  const std::string text = at(sink, "since").is_string()
                               ? fmt::format("    since {}: {}", text_of(at(sink, "since")), text_of(trouble))
                               : "    " + text_of(trouble);
  for (std::string& part : wrap(text, std::max(area.columns, kLeastColumns), area.charset)) {
    lines.push_back({{std::move(part), Style::trouble}});
  }
}

}  // namespace

void append_filters(const TopModel& model, SortOrder order, const Area& area, std::vector<Line>& lines) {
  const std::vector<TopRow> rows = model.filters(order);
  const Widths widths = widths_for(rows, 13 + 9 + 11 + 4, area);
  const std::vector<Column> columns{
      {"FILTER", widths.name, Align::left}, {"RECORDS", 13, Align::right},
      {"RECORDS/S", 9, Align::right},       {course_head(widths), widths.course, Align::left},
      {"LAST RECORD", 11, Align::right},    {"DROPPED", widths.last, Align::left}};
  append_heads(columns, area.charset, lines);
  for (const TopRow& row : rows) {
    const Json& filter = *row.report;
    const Json& age = at(filter, "last_record_age_s");
    const bool counted = at(filter, "records").is_number();
    append_row(columns,
               {{text_of(at(filter, "name"))},
                {count_within(at(filter, "records"), 13)},
                {rate_text(row.rate)},
                {widths.course > 0 ? sparkline(row.course, widths.course, area.charset) : ""},
                {age.is_number() ? span_of(age)
                 : counted       ? "never"
                                 : "-"},
                dropped_within(at(filter, "dropped"), widths.last, area.charset)},
               area.charset, lines);
  }
}

void append_sinks(const TopModel& model, SortOrder order, const Area& area, std::vector<Line>& lines) {
  const std::vector<TopRow> rows = model.sinks(order);
  const Widths widths = widths_for(rows, 8 + 9 + 9 + 13 + 5, area);
  const std::vector<Column> columns{
      {"SINK", widths.name, Align::left}, {"STATE", 8, Align::left},
      {"WRITTEN/S", 9, Align::right},     {course_head(widths), widths.course, Align::left},
      {"QUEUE", 9, Align::left},          {"P50/P99", 13, Align::right},
      {"LOST", widths.last, Align::left}};
  append_heads(columns, area.charset, lines);
  for (const TopRow& row : rows) {
    const Json& sink = *row.report;
    append_row(columns,
               {{text_of(at(sink, "name"))},
                state_cell(sink),
                {rate_text(row.rate)},
                {widths.course > 0 ? sparkline(row.course, widths.course, area.charset) : ""},
                {queue_cell(at(sink, "queue"), area.charset)},
                {latency_cell(at(sink, "latency"))},
                dropped_within(at(sink, "dropped"), widths.last, area.charset)},
               area.charset, lines);
    append_trouble(sink, area, lines);
  }
}

void append_senders(const TopModel& model, const Area& area, std::vector<Line>& lines) {
  const Json& senders = at(model.report(), "senders");
  if (!senders.is_array() || senders.empty()) return;
  const std::vector<Column> columns{
      {"SENDER", 39, Align::left}, {"RECORDS/S", 9, Align::right}, {"BYTES/S", 11, Align::right}};
  lines.push_back({});
  append_heads(columns, area.charset, lines);
  std::size_t shown = 0;
  for (const Json& sender : senders) {
    if (area.rows && shown++ == kSendersOnScreen) break;
    append_row(columns,
               {{text_of(at(sender, "address"))},
                {rate_of(at(sender, "records_per_s"))},
                {size_of(at(sender, "bytes_per_s"))}},
               area.charset, lines);
  }
}

}  // namespace logsniffd::cli

#include "daemon/cli/top_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/cli/figures.hpp"
#include "daemon/cli/top_tables.hpp"

namespace logsniffd::cli {
namespace {

using control::Json;

constexpr std::array kHelp{
    "q          quit",
    "space      pause the screen, or continue",
    "s          sort by the next of: rate, records, dropped, name",
    "r          reverse the order",
    "arrows     scroll by a line; Page Up, Page Down, Home, End",
    "h or ?     this help",
    "",
    "Rates are those of the last second. Each character of a sparkline is one",
    "second; the highest one has the full height.",
    "QUEUE      bytes that wait for the sink, of its ceiling",
    "P50/P99    time from a packet's arrival to the end of its record's write:",
    "           half of the records, or 99 % of them, took less",
    "DROPPED    records that a key of the filter refused",
    "LOST       records that the sink could not write",
    "SENDER     the busiest by records, means of the last 10 to 20 s",
    "unaccounted is 0 unless logsniffd has a fault.",
};

// A line of at most `columns` cells.
Line clipped(const Line& line, std::size_t columns, Charset charset) {
  Line clipped;
  for (const Span& span : line) {
    if (columns == 0) break;
    const std::size_t cells = std::min(columns, cells_of(span.text, charset));
    clipped.push_back({fit(span.text, cells, Align::left, charset), span.style});
    columns -= cells;
  }
  return clipped;
}

std::string rate_or_dash(const std::optional<double>& rate) { return rate ? rate_of(*rate) : "-"; }

Line headline(const TopModel& model, const Look& look) {
  Line line;
  if (model.silence()) {
    line.push_back({fmt::format("logsniffd {}, waiting", model.silence()->state), Style::trouble});
  } else if (model.report().is_null()) {
    line.push_back({"logsniffd: asking", Style::strong});
  } else {
    const Json& report = model.report();
    line.push_back({fmt::format("logsniffd {}: ", text_of(at(report, "version"))), Style::strong});
    line.push_back({model.well() ? "well" : "TROUBLE", model.well() ? Style::strong : Style::trouble});
    line.push_back({", up " + span_of(at(report, "uptime_s"))});
  }
  if (look.paused) line.push_back({"   PAUSED", Style::strong});
  return line;
}

// Sentences, in at most `most` lines.
void append_problems(const TopModel& model, const Area& area, std::size_t most, std::vector<Line>& lines) {
  std::vector<std::string> parts;
  const auto append = [&](const std::string& text) {
    for (std::string& part : wrap(text, std::max<std::size_t>(area.columns, 8), area.charset)) {
      parts.push_back(std::move(part));
    }
  };
  if (model.silence()) {
    append(text_of(model.silence()->why));
  } else {
    for (const Json& problem : at(model.report(), "problems")) append("! " + text_of(problem));
  }
  const bool all = parts.size() <= most;
  for (std::size_t i = 0; i < std::min(parts.size(), all ? most : most - 1); ++i) {
    lines.push_back({{std::move(parts[i]), Style::trouble}});
  }
  if (!all) lines.push_back({{"! and more: logsniffd status", Style::trouble}});
}

void append_summary(const TopModel& model, const Look& look, const Area& area, std::vector<Line>& lines) {
  lines.push_back(headline(model, look));
  const auto bytes = model.bytes_rate();
  const Json& packets = at(at(model.report(), "ledger"), "packets");
  lines.push_back({{fmt::format("packets {}/s  bytes {}/s  records {}/s  dropped by the kernel {}",
                                rate_or_dash(model.packets_rate()), bytes ? size_of(*bytes) : "-",
                                rate_or_dash(model.records_rate()), count_of(at(packets, "kernel_dropped")))}});
  const std::size_t most = area.rows ? std::max<std::size_t>(2, *area.rows / 4) : std::size_t{1000};
  append_problems(model, area, most, lines);
  lines.push_back({});
}

Line unaccounted_line(const Json& report) {
  const Json& unaccounted = at(report, "unaccounted");
  const bool faulty = std::any_of(unaccounted.begin(), unaccounted.end(),
                                  [](const Json& value) { return value.is_number() && value != 0; });
  return {{unaccounted_of(report), faulty ? Style::trouble : Style::plain}};
}

std::vector<Line> body_of(const TopModel& model, const Look& look, const Area& area) {
  std::vector<Line> body;
  if (look.help) {
    for (const char* text : kHelp) body.push_back({{text}});
    return body;
  }
  append_filters(model, look.order, area, body);
  body.push_back({});
  append_sinks(model, look.order, area, body);
  append_senders(model, area, body);
  return body;
}

std::string keys_of(const Look& look) {
  return fmt::format("q quit  space {}  h help  s sort: {}{}  r reverse", look.paused ? "continue" : "pause",
                     word_of(look.order.key), look.order.reversed ? ", reversed" : "");
}

}  // namespace

Frame top_frame(const TopModel& model, const Look& look, const Area& area) {
  Frame frame;
  append_summary(model, look, area, frame.lines);
  std::vector<Line> body = body_of(model, look, area);
  std::vector<Line> foot{unaccounted_line(model.report())};
  if (!area.rows) {
    foot.insert(foot.begin(), Line());
  } else {
    const std::size_t around = frame.lines.size() + foot.size() + 1;
    frame.page = std::max<std::size_t>(1, *area.rows - std::min(*area.rows, around));
    frame.scroll = std::min(look.scroll, body.size() - std::min(body.size(), frame.page));
    const std::size_t end = std::min(body.size(), frame.scroll + frame.page);
    std::string keys = keys_of(look);
    if (body.size() > frame.page) keys += fmt::format("  lines {}-{} of {}", frame.scroll + 1, end, body.size());
    foot.push_back({{std::move(keys), Style::strong}});
    body = {body.begin() + static_cast<std::ptrdiff_t>(frame.scroll), body.begin() + static_cast<std::ptrdiff_t>(end)};
    body.resize(frame.page);  // the foot is at the bottom
  }
  frame.lines.insert(frame.lines.end(), body.begin(), body.end());
  frame.lines.insert(frame.lines.end(), foot.begin(), foot.end());
  if (area.rows) frame.lines.resize(*area.rows);
  for (Line& line : frame.lines) line = clipped(line, area.columns, area.charset);
  return frame;
}

std::string plain_text(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) {
    for (const Span& span : line) text += span.text;
    text.resize(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

}  // namespace logsniffd::cli

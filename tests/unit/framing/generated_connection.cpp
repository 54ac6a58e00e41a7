#include "tests/unit/framing/generated_connection.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using Records = std::vector<SentRecord>;

constexpr std::size_t kSegmentBytes = 1448;  // Ethernet's MTU without the headers of IPv4 and TCP with timestamps

template <class Make>
Records each(std::size_t count, Make make) {
  Records made;
  for (std::size_t number = 0; number < count; ++number) made.push_back(make(number));
  return made;
}

template <const char* Delimiter, std::size_t Bytes>
Records delimited(Random& random, std::size_t count) {
  const Style style = any_style(random);
  return each(count, [&](std::size_t number) {
    const std::string frame = message(random, style, number);
    return SentRecord{frame + std::string(Delimiter, Bytes), frame};
  });
}

constexpr char kLf[] = "\n";
constexpr char kCrLf[] = "\r\n";
constexpr char kNul[] = "\0";
constexpr char kLfNul[] = "\n\0";
constexpr char kNulLf[] = "\0\n";
constexpr char kCrLfNul[] = "\r\n\0";
constexpr char kNulCrLf[] = "\0\r\n";

// Several programs behind one relay: every trailer contains a LF, and each program adds its own bytes around it.
Records changing_trailers(Random& random, std::size_t count) {
  constexpr std::string_view kTrailers[] = {"\n"sv, "\n\0"sv, "\0\n"sv, "\r\n"sv, "\r\n\0"sv};
  const Style style = any_style(random);
  return each(count, [&](std::size_t number) {
    const std::string frame = message(random, style, number);
    return SentRecord{frame + std::string(kTrailers[below(random, std::size(kTrailers))]), frame};
  });
}

// A logger that sends tracebacks with SysLogHandler: every third message has several lines, the first one has not.
Records nul_several_lines(Random& random, std::size_t count) {
  const Style style = syslog_style(random);
  return each(count, [&](std::size_t number) {
    std::string frame = message(random, style, number);
    if (number % 3 == 2) frame += "\n  File \"a.py\", line 3, in f\nValueError: " + words(random, number);
    return SentRecord{frame + '\0', frame};
  });
}

// One message in five has several lines, like a stack trace.
std::string counted_message(Random& random, Style style, std::size_t number) {
  std::string frame = message(random, style, number);
  if (below(random, 5) == 0) frame += "\n\tat com.example.Shop.buy(Shop.java:7)\n\t... 12 more";
  return frame;
}

Records counted(Random& random, std::size_t count) {
  const Style style = syslog_style(random);
  return each(count, [&](std::size_t number) {
    const std::string frame = counted_message(random, style, number);
    return SentRecord{std::to_string(frame.size()) + " " + frame, frame};
  });
}

// Each message ends with a LF, which the count includes or not.
Records counted_with_lf(Random& random, std::size_t count) {
  const Style style = syslog_style(random);
  const std::size_t included = below(random, 2);
  return each(count, [&](std::size_t number) {
    const std::string frame = counted_message(random, style, number);
    return SentRecord{std::to_string(frame.size() + included) + " " + frame + "\n", frame};
  });
}

// The count includes the blank before the message. Half of these senders also send and count a LF.
Records counted_one_too_high(Random& random, std::size_t count) {
  const Style style = syslog_style(random);
  const std::string end = below(random, 2) != 0 ? "\n" : "";
  return each(count, [&](std::size_t number) {
    const std::string frame = counted_message(random, style, number);
    return SentRecord{std::to_string(frame.size() + end.size() + 1) + " " + frame + end, frame};
  });
}

template <Style Only>
Records lines_of(Random& random, std::size_t count) {
  return each(count, [&](std::size_t number) {
    const std::string frame = message(random, Only, number);
    return SentRecord{frame + "\n", frame};
  });
}

Records priority_lines(Random& random, std::size_t count) {
  return below(random, 2) != 0 ? lines_of<Style::rfc3164>(random, count) : lines_of<Style::rfc5424>(random, count);
}

Records undelimited(Random& random, std::size_t count, Style style) {
  return each(count, [&](std::size_t number) {
    const std::string frame = message(random, style, number);
    return SentRecord{frame, frame};
  });
}

Records undelimited_json(Random& random, std::size_t count) { return undelimited(random, count, Style::json); }

// Some texts contain a priority that does not begin a message: no header follows it, and no segment begins there.
Records undelimited_priority(Random& random, std::size_t count) {
  const Style style = syslog_style(random);
  return each(count, [&](std::size_t number) {
    std::string text = words(random, number);
    text.resize(std::min<std::size_t>(text.size(), 1200));  // fits in a segment
    if (below(random, 4) == 0) text += " sent <13> to it";
    const std::string frame = message(random, style, number, text);
    return SentRecord{frame, frame};
  });
}

template <std::size_t Bytes, bool Little, bool Pickled>
Records lengths(Random& random, std::size_t count) {
  const Style style = any_style(random);
  return each(count, [&](std::size_t number) {
    const std::string frame = Pickled ? pickle(random, number) : message(random, style, number);
    std::string header;
    for (std::size_t i = 0; i < Bytes; ++i) {
      header += static_cast<char>(frame.size() >> (8 * (Little ? i : Bytes - 1 - i)) & 0xff);
    }
    return SentRecord{header + frame, frame};
  });
}

// Text that relays and debug output print inside a line. Only the LF ends the line.
Records priority_inside(Random& random, std::size_t count) {
  const Style style = any_style(random);
  return each(count, [&](std::size_t number) {
    std::string text = words(random, number);
    if (below(random, 2) == 0) text += " <13> and <14>Oct 11 22:14:15 inner app[7]: " + words(random, number);
    if (below(random, 4) == 0) text += " <13>1 2024-03-09T10:27:44Z inner app - - - text";
    const std::string frame = message(random, style, number, text);
    return SentRecord{frame + "\n", frame};
  });
}

Records braces_inside(Random& random, std::size_t count) {
  const Style style = any_style(random);
  return each(count, [&](std::size_t number) {
    std::string text = words(random, number);
    if (below(random, 2) == 0) text += " }{ a}{b ";
    if (style != Style::json && below(random, 2) == 0) text += R"( got {"a":1}{"b":2} end)";
    const std::string frame = message(random, style, number, text);
    return SentRecord{frame + "\n", frame};
  });
}

// A NUL in the first line, and in one of eight lines after it.
Records nul_inside(Random& random, std::size_t count) {
  const Style style = below(random, 2) != 0 ? Style::plain : syslog_style(random);
  return each(count, [&](std::size_t number) {
    std::string frame = message(random, style, number);
    if (number == 0 || below(random, 8) == 0) frame += std::string(" MSG=\0E=691"sv) + " end";
    return SentRecord{frame + "\n", frame};
  });
}

// The header of a load balancer, which is not part of any record (haproxy's proxy-protocol.txt, 2).
Records behind_header(Random& random, std::size_t count, std::string_view header) {
  constexpr Records (*kMakers[])(Random&, std::size_t) = {priority_lines, lines_of<Style::json>, lines_of<Style::plain>,
                                                          counted, delimited<kNul, 1>};
  Records made = kMakers[below(random, std::size(kMakers))](random, count);
  made.front().wire.insert(0, header);
  return made;
}

Records behind_proxy_1(Random& random, std::size_t count) {
  const bool unknown = below(random, 4) == 0;
  return behind_header(random, count,
                       unknown ? "PROXY UNKNOWN\r\n"sv : "PROXY TCP4 192.0.2.77 192.0.2.1 41000 514\r\n"sv);
}

Records behind_proxy_2(Random& random, std::size_t count) {
  const bool local = below(random, 4) == 0;
  return behind_header(random, count,
                       local
                           ? "\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00"sv
                           : "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x4d\xc0\x00\x02\x01\xa0\x28\x02\x02"sv);
}

// A LF or NUL ends a record, and a second one shows that the first was not an accident. A count or length is proven
// when it leads to the next one, and a 4-byte length before text immediately. A stream that begins inside a record
// needs more proof: two counts in a row, or four lengths in a row. The first of them may be lost.
const ConnectionKind kKinds[] = {
    {"lf", delimited<kLf, 1>, {1, 1, 0}, 1},
    {"crlf", delimited<kCrLf, 2>, {1, 1, 0}, 2},
    {"nul", delimited<kNul, 1>, {2, 2, 0}, 1},
    {"nul_several_lines", nul_several_lines, {2, 2, 0}, 1},
    {"lf_nul", delimited<kLfNul, 2>, {2, 2, 0}, 2},
    {"nul_lf", delimited<kNulLf, 2>, {2, 2, 0}, 2},
    {"crlf_nul", delimited<kCrLfNul, 3>, {2, 2, 0}, 3},
    {"nul_crlf", delimited<kNulCrLf, 3>, {2, 2, 0}, 3},
    {"changing_trailers", changing_trailers, {2, 2, 0}},
    {"counted", counted, {1, 2, 1}},
    {"counted_with_lf", counted_with_lf, {1, 2, 1}},
    {"counted_one_too_high", counted_one_too_high, {3, 4, 1}, 0, false, true},
    {"priority_lines", priority_lines, {1, 1, 0}, 1},
    {"json_lines", lines_of<Style::json>, {1, 1, 0}, 1},
    {"undelimited_json", undelimited_json, {1, 2, 1}},
    {"undelimited_priority", undelimited_priority, {2, 3, 1}, 0, true, true},
    {"length_4_big_text", lengths<4, false, false>, {1, 4, 1}},
    {"length_4_little_text", lengths<4, true, false>, {1, 4, 1}},
    {"length_2_big_text", lengths<2, false, false>, {2, 4, 1}},
    {"length_2_little_text", lengths<2, true, false>, {2, 4, 1}},
    {"length_4_big_pickle", lengths<4, false, true>, {1, 4, 1}},
    {"length_4_little_pickle", lengths<4, true, true>, {1, 4, 1}},
    {"length_2_big_pickle", lengths<2, false, true>, {2, 4, 1}},
    {"length_2_little_pickle", lengths<2, true, true>, {2, 4, 1}},
    {"priority_inside_lines", priority_inside, {2, 2, 0}, 1},
    {"braces_inside_lines", braces_inside, {2, 2, 0}, 1},
    {"nul_inside_lines", nul_inside, {3, 3, 0}, 1},
    {"behind_proxy_1", behind_proxy_1, {2, 2, 0}, 0, false, false, false},
    {"behind_proxy_2", behind_proxy_2, {2, 2, 0}, 0, false, false, false},
};

// The first segment has 1 to 1,448 bytes and is often short. The others are full, of any size, or hold one record each.
std::vector<std::string> cut_into_segments(Random& random, const Records& records, std::size_t lost) {
  std::string stream;
  for (const SentRecord& record : records) stream += record.wire;
  std::string_view rest = std::string_view(stream).substr(lost);
  std::vector<std::string> segments;
  const auto take = [&](std::size_t size) {
    segments.emplace_back(rest.substr(0, size));
    rest.remove_prefix(segments.back().size());
  };
  take(1 + below(random, below(random, 2) != 0 ? kSegmentBytes : 24));
  const std::size_t manner = below(random, 3);
  if (manner == 0) {
    std::size_t end = 0;  // of the record, as an offset in the stream
    for (const SentRecord& record : records) {
      end += record.wire.size();
      while (stream.size() - rest.size() < end) {
        take(std::min(end - (stream.size() - rest.size()), kSegmentBytes));
      }
    }
  }
  while (!rest.empty()) take(manner == 1 ? kSegmentBytes : 1 + below(random, kSegmentBytes));
  return segments;
}

std::vector<std::string> record_by_record(const Records& records, std::size_t lost) {
  std::vector<std::string> segments;
  for (const SentRecord& record : records) segments.push_back(record.wire.substr(segments.empty() ? lost : 0));
  return segments;
}

}  // namespace

std::span<const ConnectionKind> connection_kinds() { return kKinds; }

std::string Connection::stream() const {
  std::string all;
  for (const std::string& segment : segments) all += segment;
  return all;
}

Connection make_connection(const ConnectionKind& kind, std::uint32_t seed) {
  Random random(seed);
  Connection made;
  made.late = kind.may_be_late && below(random, 2) != 0;
  const std::size_t count = (made.late ? 2 : 1) + (below(random, 5) == 0 ? below(random, 3) : below(random, 30));
  Records records = kind.make(random, count);
  const std::size_t complete = count - (made.late ? 1 : 0);
  std::size_t ended = complete;
  made.open_end = kind.open_end;
  if (kind.delimiter_bytes > 0 && below(random, 4) == 0) {
    records.back().wire.resize(records.back().wire.size() - kind.delimiter_bytes);
    made.open_end = true;
    --ended;
  }
  const std::size_t lost = made.late ? 1 + below(random, records.front().wire.size() - 1) : 0;
  if (made.late) made.cut_record = records.front().wire.substr(lost);
  made.segments = kind.one_a_segment ? record_by_record(records, lost) : cut_into_segments(random, records, lost);
  for (std::size_t i = count - complete; i < count; ++i) made.sent.push_back(records[i].frame);
  const bool enough = ended >= (made.late ? kind.proof.late : kind.proof.from_start);
  made.proven = !enough ? made.sent.size() : made.late ? kind.proof.late_loss : 0;
  return made;
}

LongConnection make_long_connection(const ConnectionKind& kind, std::uint32_t seed, std::size_t count) {
  Random random(seed);
  const Records records = kind.make(random, count);
  LongConnection made;
  made.segments = kind.one_a_segment ? record_by_record(records, 0) : cut_into_segments(random, records, 0);
  std::size_t end = 0;
  for (const SentRecord& record : records) {
    end += record.wire.size();
    made.ends.push_back(end);
    made.sent.push_back(record.frame);
  }
  return made;
}

}  // namespace logsniffd::framing

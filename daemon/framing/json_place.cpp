#include "daemon/framing/json_place.hpp"

#include <algorithm>
#include <array>

namespace logsniffd::framing {
namespace {

using Result = JsonScanner::Result;

constexpr bool is_blank(std::uint8_t b) { return b == ' ' || b == '\t' || b == '\r' || b == '\n'; }

Bytes behind_blanks(Bytes bytes) {
  const auto first = std::find_if_not(bytes.begin(), bytes.end(), is_blank);
  return bytes.subspan(static_cast<std::size_t>(first - bytes.begin()));
}

JsonStart object_start_at(Bytes bytes) {
  if (bytes.empty()) return JsonStart::incomplete;
  if (bytes[0] != '{') return JsonStart::no;
  const Bytes more = bytes.subspan(1, std::min(bytes.size() - 1, kMaxLead));
  const Bytes key = behind_blanks(more);
  if (key.empty()) return more.size() < kMaxLead ? JsonStart::incomplete : JsonStart::no;
  return key[0] == '"' || key[0] == '}' ? JsonStart::yes : JsonStart::no;
}

// After at most kMaxLead blanks; `no` after more.
JsonStart object_start_behind_bracket(Bytes bytes) {
  const Bytes object = behind_blanks(bytes.first(std::min(bytes.size(), kMaxLead)));
  if (object.empty()) return bytes.size() < kMaxLead ? JsonStart::incomplete : JsonStart::no;
  return object_start_at(bytes.subspan(static_cast<std::size_t>(object.data() - bytes.data())));
}

}  // namespace

JsonStart json_start_at(Bytes bytes) {
  if (bytes.empty() || bytes[0] != '[') return object_start_at(bytes);
  return object_start_behind_bracket(bytes.subspan(1));
}

JsonStart json_start_behind_blanks(Bytes bytes) {
  if (bytes[0] == '{') return JsonStart::yes;
  const Bytes value = behind_blanks(bytes.first(std::min(bytes.size(), kMaxLead)));
  if (value.empty()) return bytes.size() < kMaxLead ? JsonStart::incomplete : JsonStart::no;
  return json_start_at(bytes.subspan(static_cast<std::size_t>(value.data() - bytes.data())));
}

JsonLead json_lead_of(Bytes bytes) {
  constexpr std::array<std::uint8_t, 3> kMark{0xef, 0xbb, 0xbf};  // UTF-8's byte order mark
  JsonLead lead;
  while (lead.size < bytes.size()) {
    const std::uint8_t b = bytes[lead.size];
    if (b == kMark[0]) {
      const Bytes mark = bytes.subspan(lead.size, std::min(bytes.size() - lead.size, kMark.size()));
      if (!std::equal(mark.begin(), mark.end(), kMark.begin())) break;
      lead.incomplete = mark.size() < kMark.size();
      if (lead.incomplete) break;
      lead.size += kMark.size();
      continue;
    }
    if (!is_blank(b) && b != 0 && (b != ',' || lead.comma)) break;
    lead.lf = lead.lf || b == '\n';
    lead.nul = lead.nul || b == 0;
    lead.comma = lead.comma || b == ',';
    ++lead.size;
  }
  return lead;
}

JsonScanner::Result scan_json(Bytes bytes, std::size_t& end) {
  end = 0;
  JsonScanner strict;
  const Result result = strict.scan(bytes, end);
  if (result != Result::invalid || (bytes[end] != '\n' && bytes[end] != '\r')) return result;
  std::size_t forgiven = 0;
  JsonScanner scanner(JsonScanner::LineEnds::forgiven);
  const Result second = scanner.scan(bytes, forgiven);
  if (second != Result::invalid) end = forgiven;
  return second;
}

bool is_inside_json(Bytes bytes, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && (bytes[before - 1] == '\r' || bytes[before - 1] == ' ')) --before;
  constexpr std::array<std::uint8_t, 5> kOpen{'{', '[', ',', '}', ']'};
  const bool ends = before == 0 || std::find(kOpen.begin(), kOpen.end(), bytes[before - 1]) != kOpen.end();
  const Bytes line = bytes.subspan(at + 1);
  const auto first = std::find_if_not(line.begin(), line.end(), [](std::uint8_t b) { return b == ' ' || b == '\t'; });
  if (first == line.end()) return false;
  const bool indented = first != line.begin();
  const Bytes text = line.subspan(static_cast<std::size_t>(first - line.begin()));
  if (text[0] == '}' || text[0] == ']') return text.size() == 1 || text[1] == ',' || is_blank(text[1]);
  if (indented) return ends && (text[0] == '"' || text[0] == '{' || text[0] == '[');
  return ends && text[0] == '{' && text.size() > 1 && is_blank(text[1]);
}

}  // namespace logsniffd::framing

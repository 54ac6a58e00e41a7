#include "daemon/framing/frame_start.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

using Kind = FrameStart::Kind;

constexpr unsigned kMaxPriority = 191;
constexpr std::size_t kMaxCountDigits = 7;

constexpr bool is_stray(std::uint8_t b) { return b == '\n' || b == '\r' || b == '\0' || b == ' '; }

// Reads the start of a header. What it does not find is either missing or beyond the available bytes.
class HeaderCursor {
 public:
  explicit HeaderCursor(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }
  [[nodiscard]] bool take(std::uint8_t b) {
    if (at_end() || bytes_[at_] != b) return false;
    ++at_;
    return true;
  }
  // At least `least` and at most `most` digits.
  [[nodiscard]] bool digits(std::size_t least, std::size_t most) {
    const std::size_t from = at_;
    while (!at_end() && at_ - from < most && is_digit(bytes_[at_])) ++at_;
    return at_ - from >= least;
  }
  // The name of a month and a blank, in any letter case.
  [[nodiscard]] bool month() {
    constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
    std::array<char, 3> name{};
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (at_end()) return false;
      const std::uint8_t b = bytes_[at_++];
      name[i] = static_cast<char>(b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
    }
    const std::size_t found = kMonths.find({name.data(), name.size()});
    return found != std::string_view::npos && found % 3 == 0 && take(' ');
  }
  [[nodiscard]] std::size_t at() const { return at_; }
  void back_to(std::size_t at) { at_ = at; }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

enum class Found : std::uint8_t { no, yes, incomplete };

Found found(bool matched, const HeaderCursor& cursor) {
  return matched ? Found::yes : cursor.at_end() ? Found::incomplete : Found::no;
}

// `1 ` and the first characters of a time, of seconds since 1970, or nil.
Found version(HeaderCursor cursor) {
  if (!cursor.take('1') || !cursor.take(' ')) return found(false, cursor);
  HeaderCursor nil = cursor;
  if (nil.take('-')) return found(nil.take(' '), nil);
  return found(cursor.digits(4, 10) && (cursor.take('-') || cursor.take('.')), cursor);
}

// `Sep 21 14:`, `Sep  1 2026 14:`, `2026-09-21T14:`, with or without a sequence number, a star or a dot before it.
Found dated(HeaderCursor cursor) {
  const std::size_t start = cursor.at();
  if (!cursor.digits(1, 10) || !cursor.take(':') || !cursor.take(' ')) {
    if (cursor.at_end()) return Found::incomplete;
    cursor.back_to(start);
  }
  if (!cursor.take('*')) (void)cursor.take('.');
  HeaderCursor iso = cursor;
  if (iso.digits(4, 4)) {
    const bool date = iso.take('-') && iso.digits(2, 2) && iso.take('-') && iso.digits(2, 2) &&
                      (iso.take('T') || iso.take(' ')) && iso.digits(2, 2) && iso.take(':');
    return found(date, iso);
  }
  if (iso.at_end()) return Found::incomplete;
  if (!cursor.month()) return found(false, cursor);
  (void)cursor.take(' ');
  if (!cursor.digits(1, 2) || !cursor.take(' ')) return found(false, cursor);
  HeaderCursor year = cursor;
  if (year.digits(4, 4) && year.take(' ')) cursor = year;
  if (year.at_end()) return Found::incomplete;
  return found(cursor.digits(1, 2) && cursor.take(':'), cursor);
}

}  // namespace

HeaderKind header_at(Bytes bytes) {
  const Kind priority = priority_at(bytes);
  if (priority == Kind::incomplete) return bytes.empty() ? HeaderKind::none : HeaderKind::incomplete;
  if (priority != Kind::priority) return HeaderKind::none;
  const auto behind = static_cast<std::size_t>(std::find(bytes.begin(), bytes.end(), '>') - bytes.begin()) + 1;
  const bool all = bytes.size() >= kMaxHeader;
  const HeaderCursor cursor(bytes.subspan(behind, std::min(bytes.size(), kMaxHeader) - behind));
  const Found by_version = version(cursor);
  if (by_version == Found::yes) return HeaderKind::version;
  const Found by_date = dated(cursor);
  if (by_date == Found::yes) return HeaderKind::dated;
  const bool more = !all && (by_version == Found::incomplete || by_date == Found::incomplete);
  return more ? HeaderKind::incomplete : HeaderKind::bare;
}

HeaderKind date_at(Bytes bytes) {
  if (!bytes.empty() && bytes[0] == '[') bytes = bytes.subspan(1);
  const bool all = bytes.size() >= kMaxHeader;
  const Found by_date = dated(HeaderCursor(bytes.first(std::min(bytes.size(), kMaxHeader))));
  if (by_date == Found::yes) return HeaderKind::dated;
  return by_date == Found::incomplete && !all ? HeaderKind::incomplete : HeaderKind::none;
}

Kind priority_at(Bytes bytes) {
  if (bytes.empty()) return Kind::incomplete;
  if (bytes[0] != '<') return Kind::none;
  unsigned value = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    if (i == bytes.size()) return Kind::incomplete;
    if (bytes[i] == '>') return i > 1 && value <= kMaxPriority ? Kind::priority : Kind::none;
    if (!is_digit(bytes[i])) return Kind::none;
    value = value * 10 + (bytes[i] - '0');
  }
  return Kind::none;
}

FrameStart frame_start_at(Bytes bytes, CountRule rule, std::uint32_t max_count) {
  if (bytes.empty()) return {Kind::incomplete};
  if (bytes[0] < '1' || bytes[0] > '9') return {priority_at(bytes)};
  const std::size_t most = std::min(bytes.size(), kMaxCountDigits + 1);
  std::uint32_t count = bytes[0] - std::uint32_t{'0'};
  std::size_t digits = 1;
  for (; digits < most && is_digit(bytes[digits]); ++digits) count = count * 10 + (bytes[digits] - std::uint32_t{'0'});
  if (digits > kMaxCountDigits || count > max_count) return {};
  if (digits == bytes.size()) return {Kind::incomplete};
  if (bytes[digits] != ' ') return {};
  if (rule == CountRule::before_priority) {
    const Kind kind = priority_at(bytes.subspan(digits + 1));
    if (kind != Kind::priority) return {kind};
  }
  return {Kind::counted, static_cast<std::uint8_t>(digits + 1), count};
}

FrameStart frame_start_after_stray(Bytes bytes, CountRule rule, std::uint32_t max_count) {
  const Bytes looked_at = bytes.first(std::min(bytes.size(), kMaxStray));
  const auto first = std::find_if_not(looked_at.begin(), looked_at.end(), is_stray);
  const auto stray = static_cast<std::size_t>(first - looked_at.begin());
  FrameStart start = frame_start_at(bytes.subspan(stray), rule, max_count);
  // A blank and a priority may be the end of a count.
  if (start.kind == Kind::priority && stray > 0 && bytes[stray - 1] == ' ') return {};
  start.stray_bytes = static_cast<std::uint8_t>(stray);
  return start;
}

}  // namespace logsniffd::framing

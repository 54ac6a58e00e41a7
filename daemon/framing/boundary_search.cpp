#include "daemon/framing/boundary_search.hpp"

#include <algorithm>
#include <cstring>

#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

using Kind = Boundary::Kind;

constexpr int kCountsInARow = 3;
constexpr int kLengthsInARow = 4;

constexpr std::size_t kNone = ~std::size_t{0};

enum class Proof : std::uint8_t { no, yes, wait };

struct Answer {
  Proof proof;
  std::size_t wanted = 0;
  bool one_too_many = false;
};

bool is_line_end(std::uint8_t b, const TextRules& rules) {
  return (b == '\n' && rules.ends_with_lf) || (b == '\0' && rules.ends_with_nul);
}

class TextSearch {
 public:
  TextSearch(Bytes bytes, SearchArea area, const TextRules& rules) : bytes_(bytes), area_(area), rules_(rules) {}

  // A line ends at `at`. Does a frame start after it?
  [[nodiscard]] Answer after_line(std::size_t at) const {
    if (rules_.line_alone) return {Proof::yes};
    if (at + 1 + kMaxFrameStart > area_.window_bytes) return {Proof::no};
    const FrameStart next = frame_start_at(bytes_.subspan(at + 1), CountRule::before_priority, rules_.max_count);
    return of(next, false);
  }

  // A count may begin at `at`. Does another frame start where it ends?
  [[nodiscard]] Answer counted(std::size_t at) {
    const Answer strict = row(at, CountRule::before_priority, 1);
    if (strict.proof != Proof::no || rules_.counts == CountRule::before_priority) return strict;
    return row(at, CountRule::any, kCountsInARow - 1);
  }

 private:
  // Whether a count begins at `at`, and its end begins a row of `more` frame starts, as far as these are counts.
  [[nodiscard]] Answer row(std::size_t at, CountRule rule, int more) {
    FrameStart start = frame_start_at(bytes_.subspan(at), rule, rules_.max_count);
    if (start.kind != FrameStart::Kind::counted) return of(start, true);
    std::size_t end = at;
    for (int i = 0; i < more && start.kind == FrameStart::Kind::counted; ++i) {
      const bool end_proves = rule == CountRule::before_priority || i > 0;
      end += start.stray_bytes + start.header_bytes + start.count;
      if (end + kMaxStray + kMaxFrameStart > area_.window_bytes) return {Proof::no};
      // If a line end is a boundary, a number in the line does not keep the line waiting.
      if (rule == CountRule::any && rules_.line_alone && line_ends_within(at, std::min(end, bytes_.size())))
        return {Proof::no};
      if (bytes_.size() <= end) {
        if (!area_.final) return {Proof::wait, end + 1};
        return {bytes_.size() == end && end_proves ? Proof::yes : Proof::no};
      }
      start = frame_start_after_stray(bytes_.subspan(end), rule, rules_.max_count);
      if (start.kind == FrameStart::Kind::incomplete && area_.final) return {end_proves ? Proof::yes : Proof::no};
      if (rule == CountRule::any) {
        const Answer bare = without_priority(bytes_.subspan(end + start.stray_bytes));
        if (bare.proof != Proof::yes) return bare;
      }
      if (start.kind == FrameStart::Kind::none && rule == CountRule::before_priority) return one_before(end);
      if (start.kind == FrameStart::Kind::none || start.kind == FrameStart::Kind::incomplete) return of(start, false);
    }
    return {Proof::yes};
  }

  // A count ends at bytes[end], and no frame begins there. Does it count one byte too many?
  [[nodiscard]] Answer one_before(std::size_t end) const {
    const FrameStart start = frame_start_at(bytes_.subspan(end - 1), CountRule::before_priority, rules_.max_count);
    if (start.kind == FrameStart::Kind::incomplete) return of(start, false);
    const bool message = start.kind == FrameStart::Kind::counted && start.count > kMaxFrameStart;
    return {message ? Proof::yes : Proof::no, 0, true};
  }

  // Whether a line ends between `at`, which only grows, and `until`. No byte is examined twice, and none after `until`:
  // a short count in a large segment costs no more than its own bytes.
  [[nodiscard]] bool line_ends_within(std::size_t at, std::size_t until) {
    if (line_end_ != kNone && line_end_ < at) line_end_ = kNone;
    const std::size_t from = std::max(at, no_line_end_before_);
    if (line_end_ == kNone && from < until) {
      line_end_ = first_line_end(from, until);
      no_line_end_before_ = std::min(line_end_, until);
    }
    return line_end_ < until;
  }

  [[nodiscard]] std::size_t first_line_end(std::size_t from, std::size_t until) const {
    const auto find = [&](std::uint8_t b) {
      const void* const found = std::memchr(bytes_.data() + from, b, until - from);
      if (found == nullptr) return false;
      until = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes_.data());
      return true;
    };
    const bool lf = rules_.ends_with_lf && find('\n');
    const bool nul = rules_.ends_with_nul && until > from && find('\0');
    return lf || nul ? until : kNone;
  }

  // In a stream with priorities, a count without one is a number in a text that led to a true start by chance.
  [[nodiscard]] Answer without_priority(Bytes bytes) const {
    const FrameStart start = frame_start_at(bytes, CountRule::before_priority, rules_.max_count);
    return start.kind == FrameStart::Kind::none ? Answer{Proof::yes} : of(start, true);
  }

  // The answer for a start that proves another one, or (`itself`) still has to be proven.
  [[nodiscard]] Answer of(const FrameStart& start, bool itself) const {
    if (start.kind == FrameStart::Kind::none) return {Proof::no};
    if (start.kind == FrameStart::Kind::incomplete) {
      return area_.final ? Answer{Proof::no} : Answer{Proof::wait, bytes_.size() + 1};
    }
    return {itself ? Proof::no : Proof::yes};
  }

  Bytes bytes_;
  SearchArea area_;
  const TextRules& rules_;
  std::size_t line_end_ = kNone;
  std::size_t no_line_end_before_ = 0;
};

class LengthSearch {
 public:
  LengthSearch(Bytes bytes, SearchArea area, LengthFormat format, Payload seen)
      : bytes_(bytes), area_(area), format_(format), seen_(seen) {}

  [[nodiscard]] Answer length(std::size_t at) {
    // This check is first because it rejects nearly every place of a text.
    if (area_.is_guess && at + format_.bytes <= bytes_.size() && !is_telling(at)) return {Proof::no};
    const Place place = look(at);
    if (place.answer.proof != Proof::yes) return place.answer;
    if (seen_ != Payload::unknown && place.payload != seen_) return {Proof::no};
    if (place.payload == Payload::pickle) return {Proof::yes};
    return place.payload == Payload::text ? text(at, place) : row(place);
  }

 private:
  struct Place {
    Answer answer;
    Payload payload = Payload::unknown;
    std::size_t end = 0;  // where its record ends
  };

  // Whether a plausible length is at `at`, and what its payload looks like.
  [[nodiscard]] Place look(std::size_t at) const {
    if (bytes_.size() < at + format_.bytes) return {short_of(at + format_.bytes)};
    const std::uint32_t length = length_at(bytes_.subspan(at), format_);
    if (!is_plausible_length(length)) return {{Proof::no}};
    const Payload payload = payload_at(bytes_.subspan(at + format_.bytes), length);
    if (payload == Payload::unknown) return {short_of(bytes_.size() + 1)};
    return {{Proof::yes}, payload, at + format_.bytes + length};
  }

  [[nodiscard]] Answer short_of(std::size_t wanted) const {
    return area_.final ? Answer{Proof::no} : Answer{Proof::wait, wanted};
  }

  // What follows the record of `place`. `ends`: the stream ends there.
  [[nodiscard]] Place next(const Place& place, bool& ends) const {
    ends = area_.final && bytes_.size() == place.end;
    if (place.end + format_.bytes + kPayloadStart > area_.window_bytes) return {{Proof::no}};
    if (bytes_.size() <= place.end) return {short_of(place.end + 1)};
    return look(place.end);
  }

  // A two-byte length that may just as well be two characters of text is not a proof.
  [[nodiscard]] bool is_telling(std::size_t at) const {
    return format_.bytes > 2 || bytes_[format_.order == std::endian::big ? at : at + 1] < 0x20;
  }

  // Whether two more records follow the one that ends at `place.end`, all of text.
  [[nodiscard]] bool is_row_of_text(Place place) const {
    for (int i = 0; i < 2; ++i) {
      bool ends = false;
      const Place following = next(place, ends);
      if (ends) return true;
      if (following.answer.proof != Proof::yes || following.payload != Payload::text) return false;
      if (!is_telling(place.end)) return false;
      place = following;
    }
    return true;
  }

  [[nodiscard]] Answer text(std::size_t at, const Place& place) {
    bool ends = false;
    const Place following = next(place, ends);
    if (!ends && following.answer.proof != Proof::yes) return following.answer;
    if (!ends && following.payload != Payload::text) return {Proof::no};
    if (area_.is_guess && format_.bytes == 2 && !is_row_of_text(place)) return {Proof::no};
    return {control_from(at + format_.bytes) >= place.end ? Proof::yes : Proof::no};
  }

  [[nodiscard]] Answer row(Place place) const {
    bool ends = false;
    for (int i = 1; i < kLengthsInARow; ++i) {
      place = next(place, ends);
      if (ends && i > 1) return {Proof::yes};
      if (place.answer.proof != Proof::yes) return place.answer;
      if (place.payload != Payload::other) return {Proof::no};
    }
    return {Proof::yes};
  }

  // The first control character at or after `at`, which only grows. The bytes are searched once.
  [[nodiscard]] std::size_t control_from(std::size_t at) {
    if (control_ >= at && control_ != kNone) return control_;
    const auto found = std::find_if(bytes_.begin() + static_cast<std::ptrdiff_t>(at), bytes_.end(), is_control);
    return control_ = static_cast<std::size_t>(found - bytes_.begin());
  }

  Bytes bytes_;
  SearchArea area_;
  LengthFormat format_;
  Payload seen_;
  std::size_t control_ = kNone;
};

Boundary stop(Kind kind, std::size_t at, std::uint32_t& from) {
  from = 0;
  return {kind, at};
}

Boundary wait(std::size_t at, std::size_t wanted, std::uint32_t& from) {
  from = static_cast<std::uint32_t>(at);
  return {.kind = Kind::wait, .wanted = wanted};
}

// How many more bytes to wait for before `bytes` is examined again. It grows with `bytes`, so that small segments do
// not make a search examine the same bytes too often.
std::size_t again(std::size_t bytes) {
  constexpr std::size_t kFew = 1024;
  return bytes < kFew ? 1 : bytes / 16;
}

// No boundary so far. Decides whether the bytes still to come may hold one.
Boundary none(Bytes bytes, std::uint32_t& from, SearchArea area) {
  if (area.final || bytes.size() >= area.window_bytes) return stop(Kind::exhausted, 0, from);
  return wait(bytes.size(), bytes.size() + 1, from);
}

}  // namespace

Boundary find_text_boundary(Bytes bytes, std::uint32_t& from, SearchArea area, const TextRules& rules) {
  const bool whole = bytes.size() >= area.window_bytes;
  bytes = bytes.first(std::min(bytes.size(), area.window_bytes));
  area.final = area.final && !whole;
  TextSearch search(bytes, area, rules);
  for (std::size_t at = from; at < bytes.size(); ++at) {
    const std::uint8_t b = bytes[at];
    const bool line = is_line_end(b, rules);
    const bool count = b >= '1' && b <= '9';
    if (!line && !count) continue;
    const Answer answer = line ? search.after_line(at) : search.counted(at);
    if (answer.proof == Proof::yes) {
      Boundary boundary = stop(line ? Kind::line : Kind::counted, at, from);
      boundary.one_too_many = answer.one_too_many;
      return boundary;
    }
    if (answer.proof == Proof::wait && answer.wanted <= area.window_bytes) return wait(at, answer.wanted, from);
  }
  area.final = area.final || whole;
  return none(bytes, from, area);
}

Boundary find_length_boundary(Bytes bytes, std::uint32_t& from, SearchArea area, LengthFormat format, Payload seen) {
  const bool whole = bytes.size() >= area.window_bytes;
  bytes = bytes.first(std::min(bytes.size(), area.window_bytes));
  area.final = area.final && !whole;
  LengthSearch search(bytes, area, format, seen);
  for (std::size_t at = from; at < bytes.size(); ++at) {
    const Answer answer = search.length(at);
    if (answer.proof == Proof::yes) return stop(Kind::length, at, from);
    if (answer.proof == Proof::wait && !area.is_guess && answer.wanted <= area.window_bytes) {
      const std::size_t wanted = std::max(answer.wanted, bytes.size() + again(bytes.size() - at));
      return wait(at, std::min(wanted, area.window_bytes), from);
    }
  }
  area.final = area.final || whole;
  return none(bytes, from, area);
}

}  // namespace logsniffd::framing

#include "daemon/framing/evidence.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>

#include "daemon/framing/boundary_search.hpp"
#include "daemon/framing/frame_start.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

using Kind = Judgement::Kind;

constexpr std::uint32_t kMaxTextLength = 0x90000;  // of 4 bytes: then text that follows a NUL never looks like a length
constexpr std::size_t kTextBehindNul = 16;
constexpr std::size_t kLeastText = 4;  // before a NUL, so that it cannot be part of a length

Judgement wait(std::size_t wanted) { return {.kind = Kind::wait, .wanted = wanted}; }
Judgement decided(Evidence evidence, std::size_t at = 0) {
  return {.kind = Kind::decided, .evidence = evidence, .at = at};
}
Judgement foreign(Foreign what) { return {.kind = Kind::foreign, .foreign = what}; }

enum class Proof : std::uint8_t { no, yes, wait };

// RFC 8446, 5.1: content type, legacy version.
Proof is_tls(Bytes bytes) {
  if (bytes[0] < 0x14 || bytes[0] > 0x17) return Proof::no;
  if (bytes.size() > 1 && bytes[1] != 3) return Proof::no;
  if (bytes.size() > 2) return bytes[2] <= 4 ? Proof::yes : Proof::no;
  return Proof::wait;
}

// Object Serialization Stream Protocol: STREAM_MAGIC, STREAM_VERSION.
Proof is_java(Bytes bytes) {
  constexpr std::array<std::uint8_t, 4> kMagic{0xac, 0xed, 0x00, 0x05};
  const std::size_t size = std::min(bytes.size(), kMagic.size());
  if (!std::equal(kMagic.begin(), kMagic.begin() + static_cast<std::ptrdiff_t>(size), bytes.begin())) return Proof::no;
  return size == kMagic.size() ? Proof::yes : Proof::wait;
}

// What is known from the first bytes alone; nullopt: nothing.
std::optional<Judgement> judge_start(Bytes bytes, const Circumstances& circumstances) {
  const FrameStart start = frame_start_at(bytes, CountRule::before_priority, circumstances.max_count);
  const Proof tls = is_tls(bytes);
  const Proof java = is_java(bytes);
  if (start.kind == FrameStart::Kind::priority) {
    if (circumstances.late) return std::nullopt;  // its count may be what was missed
    return decided(Evidence::priority);
  }
  if (start.kind == FrameStart::Kind::counted) {
    return circumstances.late ? Judgement{.kind = Kind::search} : decided(Evidence::count);
  }
  if (tls == Proof::yes) return foreign(Foreign::tls);
  if (java == Proof::yes) return foreign(Foreign::java_serialization);
  const bool may_become = start.kind == FrameStart::Kind::incomplete || tls == Proof::wait || java == Proof::wait;
  if (may_become && !circumstances.final) return wait(bytes.size() + 1);
  return std::nullopt;
}

// `length` bytes of text and then a second one: what proves a length of 2 bytes, and one inside a stream.
Proof is_chain(Bytes bytes, LengthFormat format, std::uint32_t length, const Circumstances& circumstances) {
  const std::size_t end = format.bytes + length;
  if (end + format.bytes + kPayloadStart > circumstances.window_bytes) return Proof::no;
  const bool text = may_be_text(bytes.first(std::min(bytes.size(), end)).subspan(format.bytes));
  if (!text) return Proof::no;
  if (bytes.size() == end && circumstances.final) return Proof::yes;
  if (bytes.size() < end + format.bytes) return circumstances.final ? Proof::no : Proof::wait;
  const std::uint32_t next = length_at(bytes.subspan(end), format);
  if (!is_plausible_length(next)) return Proof::no;
  const Payload payload = payload_at(bytes.subspan(end + format.bytes), next);
  if (payload == Payload::unknown) return circumstances.final ? Proof::no : Proof::wait;
  return payload == Payload::text ? Proof::yes : Proof::no;
}

Proof is_length(Bytes bytes, LengthFormat format, const Circumstances& circumstances) {
  if (bytes.size() < format.bytes) return circumstances.final ? Proof::no : Proof::wait;
  const std::uint32_t length = length_at(bytes, format);
  if (length < 2 || length > kMaxLength) return Proof::no;
  const Payload payload = payload_at(bytes.subspan(format.bytes), length);
  if (payload == Payload::unknown) return circumstances.final ? Proof::no : Proof::wait;
  if (payload == Payload::pickle) return Proof::yes;
  if (payload != Payload::text) return Proof::no;
  if (format.bytes == 4 && length >= kMaxTextLength) return Proof::no;
  if (format.bytes == 4 && !circumstances.late) return Proof::yes;
  return is_chain(bytes, format, length, circumstances);
}

// A stream whose first bytes are no text: any of the lengths; of two that wait, the one that ends first is asked first.
std::optional<Judgement> judge_lengths(Bytes bytes, const Circumstances& circumstances) {
  std::array kinds{Evidence::length_4_big, Evidence::length_4_little, Evidence::length_2_big,
                   Evidence::length_2_little};
  if (bytes.size() >= 2 && length_at(bytes, {2, std::endian::little}) < length_at(bytes, {2, std::endian::big})) {
    std::swap(kinds[2], kinds[3]);
  }
  for (const Evidence evidence : kinds) {
    const Proof proof = is_length(bytes, format_of(evidence), circumstances);
    if (proof == Proof::yes) return decided(evidence);
    if (proof == Proof::wait) return wait(bytes.size() + 1);
  }
  return std::nullopt;
}

// The length in front of a pickle or text, anywhere.
std::optional<std::size_t> find_length(Bytes bytes, const Circumstances& circumstances) {
  const SearchArea area{circumstances.window_bytes, circumstances.final};
  std::optional<std::size_t> found;
  for (const Payload payload : {Payload::pickle, Payload::text}) {
    std::uint32_t from = 0;
    const Boundary boundary = find_length_boundary(bytes, from, area, format_of(Evidence::length_4_big), payload);
    const bool first = !found || boundary.at < *found;
    if (boundary.kind == Boundary::Kind::length && first) found = boundary.at;
  }
  return found;
}

// Every second byte NUL, on one side: Latin letters in UTF-16.
bool is_utf16(Bytes bytes) {
  std::array<std::size_t, 2> nuls{};
  for (std::size_t i = 0; i < bytes.size(); ++i) nuls[i % 2] += bytes[i] == 0;
  const std::size_t few = std::min(nuls[0], nuls[1]);
  return few == 0 && std::max(nuls[0], nuls[1]) * 5 >= bytes.size() * 2;
}

bool is_binary(Bytes bytes) {
  constexpr std::size_t kTextForOneControl = 20;
  constexpr std::size_t kKinds = 3;
  if (is_utf16(bytes)) return false;
  std::size_t controls = 0;
  std::bitset<256> kinds;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool ends_text = bytes[i] == 0 && i > 0 && !is_control(bytes[i - 1]);
    if (!is_control(bytes[i]) || ends_text) continue;
    ++controls;
    kinds.set(bytes[i]);
  }
  return kinds.count() >= kKinds && controls * kTextForOneControl >= bytes.size();
}

Judgement judge_controls(Bytes bytes, const Circumstances& circumstances) {
  const std::size_t enough = std::min(circumstances.late ? kLateWindow : kBinaryWindow, circumstances.window_bytes);
  const bool all = bytes.size() >= enough || circumstances.final;
  bytes = bytes.first(std::min(bytes.size(), enough));
  if (circumstances.late) {
    if (const auto at = find_length(bytes, circumstances)) return decided(Evidence::length_4_big, *at);
  }
  if (!all) return wait(std::min(enough, bytes.size() + kBinaryWindow));
  const Bytes judged = bytes.first(std::min(bytes.size(), kBinaryWindow));
  if (is_binary(judged)) return foreign(Foreign::binary);
  if (is_utf16(judged)) return decided(Evidence::line_feed);
  const auto delimiter = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == '\n' || b == 0; });
  if (delimiter == bytes.end()) return decided(Evidence::no_delimiter);
  return decided(*delimiter == 0 ? Evidence::nul : Evidence::line_feed);
}

// `at` is the first NUL, behind text.
Judgement judge_nul(Bytes bytes, std::size_t at, const Circumstances& circumstances) {
  if (circumstances.late) {
    const Proof proof = is_length(bytes.subspan(at), format_of(Evidence::length_4_big), circumstances);
    if (proof == Proof::wait) return wait(bytes.size() + 1);
    if (proof == Proof::yes) return decided(Evidence::length_4_big, at);
  } else if (at >= kLeastText) {
    return decided(Evidence::nul);
  } else if (const auto judgement = judge_lengths(bytes, circumstances)) {
    return *judgement;
  }
  // Inside a pickle NULs stand between texts, too.
  const std::size_t wanted = circumstances.late ? kTextBehindNul : 1;
  const Bytes behind = bytes.subspan(at + 1, std::min(bytes.size() - at - 1, wanted));
  if (!std::all_of(behind.begin(), behind.end(), [](std::uint8_t b) { return b != 0 && !is_control(b); })) {
    return judge_controls(bytes, circumstances);
  }
  if (behind.size() < wanted && !circumstances.final) return wait(bytes.size() + 1);
  return at > 1 || behind.empty() ? decided(Evidence::nul) : judge_controls(bytes, circumstances);
}

// `at` is the first LF, behind text. At the very beginning it may be part of a length.
Judgement judge_line_feed(Bytes bytes, std::size_t at, const Circumstances& circumstances) {
  const bool may_be_length = at == 0 || (circumstances.late && at < kLeastText);
  if (!may_be_length) return decided(Evidence::line_feed);
  if (bytes.size() == at + 1) return circumstances.final ? decided(Evidence::line_feed) : wait(at + 2);
  return bytes[at + 1] == 0 ? judge_controls(bytes, circumstances) : decided(Evidence::line_feed);
}

// Of a stream joined late: `at` is a `<`. Whether a count stands before it.
Proof is_count_inside(Bytes bytes, std::size_t at) {
  if (at < 2 || bytes[at - 1] != ' ' || !is_digit(bytes[at - 2])) return Proof::no;
  const FrameStart::Kind kind = priority_at(bytes.subspan(at));
  return kind == FrameStart::Kind::priority ? Proof::yes : kind == FrameStart::Kind::none ? Proof::no : Proof::wait;
}

}  // namespace

Judgement judge(Bytes bytes, std::uint32_t& looked_at, const Circumstances& circumstances) {
  if (looked_at == 0) {
    if (const auto judgement = judge_start(bytes, circumstances)) return *judgement;
  }
  for (; looked_at < bytes.size() && looked_at <= circumstances.record_bytes; ++looked_at) {
    const std::size_t at = looked_at;
    const std::uint8_t b = bytes[at];
    if (b == '<' && circumstances.late) {
      const Proof proof = is_count_inside(bytes, at);
      if (proof == Proof::yes) return {.kind = Kind::search};
      if (proof == Proof::wait && !circumstances.final) return wait(bytes.size() + 1);
    }
    if (b == '\n') return judge_line_feed(bytes, at, circumstances);
    if (b == 0) return judge_nul(bytes, at, circumstances);
    if (!is_control(b)) continue;
    if (!circumstances.late && at < kLeastText) {
      if (const auto judgement = judge_lengths(bytes, circumstances)) return *judgement;
    }
    return judge_controls(bytes, circumstances);
  }
  if (looked_at > circumstances.record_bytes) return decided(Evidence::no_delimiter);
  return circumstances.final ? Judgement{.kind = Kind::undecided} : wait(bytes.size() + 1);
}

}  // namespace logsniffd::framing

#include "daemon/framing/evidence.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <span>

#include "daemon/framing/boundary_search.hpp"
#include "daemon/framing/frame_start.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

using Kind = Judgement::Kind;

constexpr std::uint32_t kMaxTextLength = 0x90000;  // for 4 bytes: text after a NUL never looks like such a length
constexpr std::size_t kTextBehindNul = 16;
constexpr std::size_t kLeastText = 4;  // before a NUL, so that it cannot be part of a length

Judgement wait(std::size_t wanted) { return {.kind = Kind::wait, .wanted = wanted}; }
// Waits for more bytes. All of `bytes` is examined again then. The wait grows with them, so that the work stays
// proportional even with small segments.
Judgement wait_in_proportion(Bytes bytes) { return wait(bytes.size() + 1 + bytes.size() / 16); }
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

// Whether `length` bytes of text are followed by another length. This proves a length of 2 bytes, and a length inside
// a stream.
Proof is_chain(Bytes bytes, LengthFormat format, std::uint32_t length, const Circumstances& circumstances) {
  const std::size_t end = format.bytes + length;
  if (end + format.bytes + kPayloadStart > circumstances.window_bytes) return Proof::no;
  const bool text = may_be_text(bytes.first(std::min(bytes.size(), end)).subspan(format.bytes));
  if (!text) return Proof::no;
  if (bytes.size() == end && circumstances.final) return Proof::yes;
  const Proof unseen = circumstances.final || circumstances.quiet ? Proof::no : Proof::wait;
  if (bytes.size() < end + format.bytes) return unseen;
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

constexpr std::array kLengths{Evidence::length_4_big, Evidence::length_4_little, Evidence::length_2_big,
                              Evidence::length_2_little};

// Whether another record follows the one that `bytes` begins with.
Proof leads_on(Bytes bytes, LengthFormat format, const Circumstances& circumstances) {
  const std::size_t end = format.bytes + length_at(bytes, format);
  if (bytes.size() == end) return Proof::yes;
  if (bytes.size() < end + format.bytes + kPayloadStart) {
    return circumstances.final || circumstances.quiet ? Proof::no : Proof::wait;
  }
  const std::uint32_t next = length_at(bytes.subspan(end), format);
  if (!is_plausible_length(next)) return Proof::no;
  const Payload first = payload_at(bytes.subspan(format.bytes), length_at(bytes, format));
  return payload_at(bytes.subspan(end + format.bytes), next) == first ? Proof::yes : Proof::no;
}

// Chooses between several formats that `bytes` may begin with: the one that leads on, or the one with the
// shortest record.
std::optional<Judgement> choose(Bytes bytes, std::span<Evidence> formats, const Circumstances& circumstances) {
  std::sort(formats.begin(), formats.end(), [bytes](Evidence a, Evidence b) {
    return length_at(bytes, format_of(a)) < length_at(bytes, format_of(b));
  });
  for (const Evidence evidence : formats) {
    const Proof proof = leads_on(bytes, format_of(evidence), circumstances);
    if (proof == Proof::yes) return decided(evidence);
    if (proof == Proof::wait) return wait_in_proportion(bytes);
  }
  return decided(formats[0]);
}

// The first bytes of the stream are not text: tries each length format. Of two that wait, the one whose record ends
// first is tried first.
std::optional<Judgement> judge_lengths(Bytes bytes, const Circumstances& circumstances) {
  std::array kinds = kLengths;
  if (bytes.size() >= 2 && length_at(bytes, {2, std::endian::little}) < length_at(bytes, {2, std::endian::big})) {
    std::swap(kinds[2], kinds[3]);
  }
  std::array<Evidence, kLengths.size()> possible{};
  std::size_t count = 0;
  for (const Evidence evidence : kinds) {
    const Proof proof = is_length(bytes, format_of(evidence), circumstances);
    if (proof == Proof::yes) possible[count++] = evidence;
    if (proof == Proof::wait && count == 0) return wait_in_proportion(bytes);
  }
  if (count == 0) return std::nullopt;
  if (count == 1) return decided(possible[0]);
  return choose(bytes, std::span(possible).first(count), circumstances);
}

// Whether two bytes that text may begin with, one of them TAB, LF, FF, CR or ESC, are followed by what a record
// begins with.
bool may_be_length_like_text(Bytes bytes) {
  const auto control = [](std::uint8_t b) { return b < 0x20 && !is_control(b); };
  if (bytes.size() < 3 || (!control(bytes[0]) && !control(bytes[1]))) return false;
  return bytes[2] == '<' || bytes[2] == '{' || bytes[2] == '[' || is_digit(bytes[2]);
}

struct LengthPlace {
  std::size_t at;
  Evidence evidence;

  [[nodiscard]] std::size_t payload_at() const { return at + format_of(evidence).bytes; }
};

// Compares two readings of the bytes before the same payload. The better one leads on, or has the shorter record. If
// both records are equally long, the wider length is better, because the other one is a part of it.
bool is_better(Bytes bytes, const LengthPlace& a, const LengthPlace& b, const Circumstances& circumstances) {
  const LengthFormat a_format = format_of(a.evidence);
  const LengthFormat b_format = format_of(b.evidence);
  const bool a_leads = leads_on(bytes.subspan(a.at), a_format, circumstances) == Proof::yes;
  const bool b_leads = leads_on(bytes.subspan(b.at), b_format, circumstances) == Proof::yes;
  if (a_leads != b_leads) return a_leads;
  const std::uint32_t a_length = length_at(bytes.subspan(a.at), a_format);
  const std::uint32_t b_length = length_at(bytes.subspan(b.at), b_format);
  return a_length != b_length ? a_length < b_length : a_format.bytes > b_format.bytes;
}

// Finds the length of the first pickle or text, anywhere.
std::optional<LengthPlace> find_length(Bytes bytes, const Circumstances& circumstances) {
  const SearchArea area{circumstances.window_bytes, circumstances.final, true};
  std::optional<LengthPlace> found;
  for (const Evidence evidence : kLengths) {
    for (const Payload payload : {Payload::pickle, Payload::text}) {
      std::uint32_t from = 0;
      const Boundary boundary = find_length_boundary(bytes, from, area, format_of(evidence), payload);
      if (boundary.kind != Boundary::Kind::length) continue;
      const LengthPlace place{boundary.at, evidence};
      const bool same = found && place.payload_at() == found->payload_at();
      const bool earlier = !found || place.payload_at() < found->payload_at();
      if (earlier || (same && is_better(bytes, place, *found, circumstances))) found = place;
    }
  }
  return found;
}

// Whether every second byte is NUL, on one side only: Latin letters in UTF-16.
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
    if (const auto judgement = judge_late_lengths(bytes, circumstances)) return *judgement;
  }
  if (!all) return wait(std::min(enough, bytes.size() + std::max(bytes.size(), kBinaryWindow)));
  const Bytes judged = circumstances.late ? bytes : bytes.first(std::min(bytes.size(), kBinaryWindow));
  if (is_binary(judged)) return foreign(Foreign::binary);
  if (is_utf16(judged)) return decided(Evidence::line_feed);
  const auto delimiter = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == '\n' || b == 0; });
  if (delimiter == bytes.end()) return decided(Evidence::no_delimiter);
  return decided(*delimiter == 0 ? Evidence::nul : Evidence::line_feed);
}

}  // namespace

std::optional<Judgement> judge_start(Bytes bytes, const Circumstances& circumstances) {
  const FrameStart start = frame_start_at(bytes, CountRule::before_priority, circumstances.max_count);
  if (start.kind == FrameStart::Kind::priority) return std::nullopt;
  if (start.kind == FrameStart::Kind::counted) return decided(Evidence::count);
  const Proof tls = is_tls(bytes);
  const Proof java = is_java(bytes);
  if (tls == Proof::yes) return foreign(Foreign::tls);
  if (java == Proof::yes) return foreign(Foreign::java_serialization);
  const bool may_become = start.kind == FrameStart::Kind::incomplete || tls == Proof::wait || java == Proof::wait;
  if (may_become && !circumstances.final) return wait(bytes.size() + 1);
  if (!circumstances.late && may_be_length_like_text(bytes)) return judge_lengths(bytes, circumstances);
  return std::nullopt;
}

std::optional<Judgement> judge_nul(Bytes bytes, std::size_t at, const Circumstances& circumstances) {
  if (circumstances.late) {
    if (const auto judgement = judge_late_lengths(bytes, circumstances)) return judgement;
  } else if (at >= kLeastText) {
    return std::nullopt;
  } else if (const auto judgement = judge_lengths(bytes, circumstances)) {
    return *judgement;
  }
  // A pickle also has NULs between texts.
  const std::size_t wanted = circumstances.late ? kTextBehindNul : 1;
  const Bytes behind = bytes.subspan(at + 1, std::min(bytes.size() - at - 1, wanted));
  if (!std::all_of(behind.begin(), behind.end(), [](std::uint8_t b) { return b != 0 && !is_control(b); })) {
    return judge_controls(bytes, circumstances);
  }
  if (behind.size() < wanted && !circumstances.final) return wait(bytes.size() + 1);
  if (at > 1 || behind.empty() || circumstances.late) return std::nullopt;
  return judge_controls(bytes, circumstances);
}

std::optional<Judgement> judge_late_lengths(Bytes bytes, const Circumstances& circumstances) {
  const auto place = find_length(bytes.first(std::min(bytes.size(), kLateWindow)), circumstances);
  if (!place) return std::nullopt;
  return decided(place->evidence, place->at);
}

// At the very beginning an LF may be part of a length.
std::optional<Judgement> judge_line_feed(Bytes bytes, std::size_t at, const Circumstances& circumstances) {
  const bool may_be_length = at == 0 || (circumstances.late && at < kLeastText);
  if (!may_be_length) return std::nullopt;
  if (bytes.size() == at + 1 && !circumstances.final) return wait(at + 2);
  if (bytes.size() > at + 1 && bytes[at + 1] == 0) return judge_controls(bytes, circumstances);
  return std::nullopt;
}

Judgement judge_control(Bytes bytes, std::size_t at, const Circumstances& circumstances) {
  if (!circumstances.late && at < kLeastText) {
    if (const auto judgement = judge_lengths(bytes, circumstances)) return *judgement;
  }
  return judge_controls(bytes, circumstances);
}

}  // namespace logsniffd::framing

#include "daemon/framing/datagram_framer.hpp"

#include <algorithm>
#include <array>

#include "daemon/framing/frame_start.hpp"
#include "daemon/framing/gelf_chunks.hpp"
#include "daemon/framing/line_joiner.hpp"
#include "daemon/framing/text_byte.hpp"
#include "daemon/text/compressed.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::framing {
namespace {

Bytes without_mark(Bytes payload) {
  constexpr std::array<std::uint8_t, 3> kMark{0xef, 0xbb, 0xbf};  // U+FEFF in UTF-8
  const bool marked = payload.size() >= kMark.size() && std::equal(kMark.begin(), kMark.end(), payload.begin());
  return marked ? payload.subspan(kMark.size()) : payload;
}

Bytes without_header(const FramingOptions& options, Bytes payload) {
  if (options.method == Method::length && payload.size() > options.length.bytes) {
    const Bytes rest = payload.subspan(options.length.bytes);
    return length_at(payload, options.length) == rest.size() ? rest : payload;
  }
  if (options.method == Method::octet) {
    const FrameStart start = frame_start_at(payload, CountRule::any, kMaxCount);
    const bool counted = start.kind == FrameStart::Kind::counted && start.header_bytes + start.count == payload.size();
    return counted ? payload.subspan(start.header_bytes) : payload;
  }
  return payload;
}

// REQUIRED: not compressed. Latin-1 is not UTF-8, and UTF-8 may hold a control character; text is never both.
bool is_text(Bytes payload) {
  if (is_gelf_chunk(payload)) return false;
  return text::is_utf8(as_text(payload)) || std::none_of(payload.begin(), payload.end(), is_control);
}

Bytes without_end(const FramingOptions& options, Bytes payload) {
  if (payload.empty() || !is_trailer(payload.back())) return payload;
  if (options.method == Method::length) return payload;  // bytes, whatever they are
  const Bytes text = without_trailer(payload);
  return is_text(text) ? text : payload;
}

bool emit(FramingContext& context, Bytes frame, std::uint64_t at_most, Integrity integrity, FrameObserver& observer) {
  if (frame.empty()) return false;
  if (frame.size() > at_most) {
    const std::size_t kept = utf8_prefix(frame, static_cast<std::size_t>(at_most));
    context.counters.truncated.add();
    context.counters.skipped_bytes.add(frame.size() - kept);
    frame = frame.first(kept);
    integrity = worse_of(integrity, Integrity::truncated);
  }
  observer.on_frame(frame, integrity);
  return true;
}

}  // namespace

bool frame_datagram(FramingContext& context, const FramingOptions& options, Bytes payload, bool cut_short,
                    FrameObserver& observer) {
  payload = without_header(options, payload);
  const Integrity of_last = cut_short ? Integrity::truncated : Integrity::whole;
  const std::uint64_t record_bytes = context.limits.record_bytes;
  if (text::is_compressed(payload)) {
    return emit(context, payload, std::max(record_bytes, kCompressedBytes), of_last, observer);
  }
  payload = without_end(options, without_mark(payload));
  if (!options.split_lines) return emit(context, payload, record_bytes, of_last, observer);
  const std::uint8_t delimiter = options.method == Method::nul     ? std::uint8_t{0}
                                 : options.method == Method::lines ? options.delimiter
                                                                   : std::uint8_t{'\n'};
  bool framed = false;
  while (!payload.empty()) {
    const auto end = std::find(payload.begin(), payload.end(), delimiter);
    const bool last = end == payload.end();
    Bytes line = payload.first(static_cast<std::size_t>(end - payload.begin()));
    payload = last ? Bytes() : payload.subspan(line.size() + 1);
    if (!last && delimiter == '\n' && !line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
    framed |= emit(context, line, record_bytes, last ? of_last : Integrity::whole, observer);
  }
  return framed;
}

bool frame_message(FramingContext& context, const FramingOptions& options, Bytes message, Integrity integrity,
                   FrameObserver& observer) {
  return emit(context, without_end(options, message), context.limits.record_bytes, integrity, observer);
}

}  // namespace logsniffd::framing

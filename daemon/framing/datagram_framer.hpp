// Makes one frame of a datagram, or one of each of its lines, and trims what senders add: at the end NUL (as Python's
// SysLogHandler does), LF and CRLF; at the beginning a byte order mark; with Method::length or octet a length or count
// that matches the rest exactly.
//
// Only text has its end trimmed, because the last bytes of anything else are its own: gzip ends with the length of the
// uncompressed data, lowest byte first, and so with NULs (RFC 1952, 2.3.1). The payload itself shows what it is. It
// makes no difference whether it came in one datagram or was put together from chunks:
//   - A payload that begins as gzip or zlib do is compressed (base/compressed.hpp). It is one frame, and none of
//     its bytes is a line end. It is cut at kCompressedBytes instead of limits.record, because a part of it could
//     not be inflated.
//   - A chunk of GELF, which this lane does not put together, is binary.
//   - A payload that is not UTF-8 and holds control characters (text_byte.hpp) is binary. With only one of the two it
//     is text: Latin-1 is not UTF-8, and some devices put NULs or escape sequences into their lines.
//   - A payload after a length (Method::length) is bytes, whatever they are.
//   - Everything else is text.
//
// Stateless except for the context's counters.
#pragma once

#include <cstdint>

#include "daemon/framing/frame.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

inline constexpr std::uint64_t kCompressedBytes = 1024 * 1024;  // more than a datagram put together from chunks has

// `cut_short`: the snapshot length cut the datagram. A datagram without content gives no frame and returns false.
bool frame_datagram(FramingContext& context, const FramingOptions& options, Bytes payload, bool cut_short,
                    FrameObserver& observer);

// Makes one frame of a message that was put together from datagrams, trimmed in the same way; none if it is empty.
bool frame_message(FramingContext& context, const FramingOptions& options, Bytes message, Integrity integrity,
                   FrameObserver& observer);

}  // namespace logsniffd::framing

// One datagram, one frame, or one for each of its lines. What senders add is trimmed: at its end NUL (as Python's
// SysLogHandler does), LF, CRLF; at its beginning a byte order mark; with Method::length or octet the length or count
// that is exactly that of the rest.
//
// Only text has its end trimmed, for the last bytes of anything else are its own: gzip ends with the length of what was
// compressed, lowest byte first, and so with NULs (RFC 1952, 2.3.1). The payload itself shows what it is, whether it
// came in one datagram or was put together from chunks:
//   - it begins as gzip or zlib do: compressed (base/compressed.hpp). It is one frame, and no byte of it is a line end.
//     Nor is it cut at limits.record, for what is left could not be inflated, but at kCompressedBytes;
//   - it is a chunk of GELF, which this lane does not put together: binary;
//   - it is not UTF-8 and holds control characters (text_byte.hpp): binary. Either alone is text: Latin-1 is not UTF-8,
//     and some devices put NULs or escape sequences into their lines;
//   - it stands behind a length (Method::length): bytes, whatever they are;
//   - all else is text.
//
// Stateless but for the context's counters.
#pragma once

#include <cstdint>

#include "daemon/framing/frame.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

inline constexpr std::uint64_t kCompressedBytes = 1024 * 1024;  // more than a datagram has, put together from chunks

// `cut_short`: the snapshot length cut the datagram. A datagram without content gives no frame, and false.
bool frame_datagram(FramingContext& context, const FramingOptions& options, Bytes payload, bool cut_short,
                    FrameObserver& observer);

// A message that was put together from datagrams: one frame, trimmed in the same way, or none where it is empty.
bool frame_message(FramingContext& context, const FramingOptions& options, Bytes message, Integrity integrity,
                   FrameObserver& observer);

}  // namespace logsniffd::framing

// One datagram, one frame, or one for each of its lines. What senders add is trimmed: at its end NUL (as Python's
// SysLogHandler does), LF, CRLF; at its beginning a byte order mark; with Method::length or octet the length or count
// that is exactly that of the rest.
//
// Stateless but for the context's counters.
#pragma once

#include "daemon/framing/frame.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

// `cut_short`: the snapshot length cut the datagram. A datagram without content gives no frame, and false.
bool frame_datagram(FramingContext& context, const FramingOptions& options, Bytes payload, bool cut_short,
                    FrameObserver& observer);

}  // namespace logsniffd::framing

// One datagram, one frame: what senders add at its end (NUL as Python's SysLogHandler does, LF, CRLF) is trimmed.
//
// Stateless but for the context's counters.
#pragma once

#include "daemon/framing/frame.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

// `cut_short`: the snapshot length cut the datagram. A datagram without content gives no frame, and false.
bool frame_datagram(FramingContext& context, Bytes payload, bool cut_short, FrameObserver& observer);

}  // namespace logsniffd::framing

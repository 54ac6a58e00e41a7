// An Ethernet/IPv4/TCP frame around a segment, with Linux's 12 bytes of timestamps. It has no checksums:
// nothing reads them.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/tcp/segment.hpp"

namespace logsniffd::bench {

// REQUIRED: IPv4 addresses.
void append_frame(std::vector<std::uint8_t>& out, const tcp::SegmentView& segment);

}  // namespace logsniffd::bench

// Walks the chain of IPv6 extension headers (RFC 8200, 4) to the protocol after it.
//
// Private to the ip room: the decoder walks the headers of a packet, the fragment table those inside a whole datagram.
#pragma once

#include "daemon/base/byte_reader.hpp"
#include "daemon/ip/datagram.hpp"

namespace logsniffd::ip {

struct ExtensionWalk {
  IpVerdict verdict = IpVerdict::datagram;    // or bad_header, too_many_extensions
  std::uint8_t protocol = 0;                  // of the header at which the reader stands
  std::optional<FragmentInfo> fragment = {};  // set if the walk ends after a fragment header: the rest is a part
};

// `reader` stands before the header `next_header`, and is left after the last extension header.
[[nodiscard]] ExtensionWalk walk_extension_headers(ByteReader& reader, std::uint8_t next_header);

}  // namespace logsniffd::ip

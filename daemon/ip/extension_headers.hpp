// Walks the chain of IPv6 extension headers (RFC 8200, 4) to the protocol behind it.
//
// Private to the ip room: the decoder walks a packet, the fragment table what follows the headers of a whole datagram.
#pragma once

#include "daemon/base/byte_reader.hpp"
#include "daemon/ip/datagram.hpp"

namespace logsniffd::ip {

struct ExtensionWalk {
  IpVerdict verdict = IpVerdict::datagram;    // or bad_header, too_many_extensions
  std::uint8_t protocol = 0;                  // what the reader stands before
  std::optional<FragmentInfo> fragment = {};  // the walk ends behind a fragment header: the rest is a part
};

// `reader` stands before the header `next_header`, and is left behind the last extension header.
[[nodiscard]] ExtensionWalk walk_extension_headers(ByteReader& reader, std::uint8_t next_header);

}  // namespace logsniffd::ip

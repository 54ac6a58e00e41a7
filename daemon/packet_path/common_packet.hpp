// Reads in one pass the headers that nearly every packet of a log has: Ethernet with at most one VLAN tag, or SLL2;
// IPv4 without options, or IPv6 without extension headers; TCP or UDP, whole. Anything else is left to the general
// decoder, layer by layer.
//
// INVARIANT  where it returns true, decode_layers() would have given the same. A unit test and the fuzz target link_ip
//            compare them, because this is the one reader of wire bytes without ByteReader: it checks the length once
//            for each header.
//
// Stateless; any thread.
#pragma once

#include "daemon/capture/raw_packet.hpp"
#include "daemon/packet_path/packet_decoder.hpp"

namespace logsniffd::packet_path {

// False, and `decoded` is unspecified, if the packet has another shape or is malformed.
[[nodiscard]] bool decode_common(const capture::RawPacket& packet, DecodedPacket& decoded);

}  // namespace logsniffd::packet_path

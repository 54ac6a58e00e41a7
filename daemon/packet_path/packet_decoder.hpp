// Reads a packet's headers, as far as that is possible without any other packet. Stateless; any thread.
//
// Each layer has its own door, and hands its payload to the next: a datagram that was reassembled from fragments enters
// at the transport, and the packet inside a tunnel can enter at its link or network layer.
#pragma once

#include <variant>

#include "daemon/capture/raw_packet.hpp"
#include "daemon/ip/datagram.hpp"
#include "daemon/link/link_payload.hpp"
#include "daemon/packet_path/packet_ledger.hpp"
#include "daemon/tcp/segment.hpp"
#include "daemon/udp/udp_datagram.hpp"

namespace logsniffd::packet_path {

// Part of an IP datagram: it can be decoded further when the other parts have arrived.
struct Fragment {
  ip::Datagram part;
};

// What a packet holds, or why this program does not inspect it. LIFETIME: views of the decoded bytes.
using PacketContent = std::variant<Ignored, Malformed, Fragment, tcp::SegmentView, udp::UdpDatagram>;

struct DecodedPacket {
  PacketContent content = Ignored::not_ip;
  link::PacketDirection direction = link::PacketDirection::unknown;
  std::uint32_t interface_index = 0;  // the kernel's, if the link header carries it (SLL2)
  bool cut_short = false;             // the end of the IP datagram was cut
};

// All overwrite their output argument.
void decode_packet(const capture::RawPacket& packet, DecodedPacket& decoded);
// The same without the short way for common packets (common_packet.hpp).
void decode_layers(const capture::RawPacket& packet, DecodedPacket& decoded);
// REQUIRED: `datagram` is not a fragment.
void decode_transport(const ip::Datagram& datagram, PacketContent& content);

}  // namespace logsniffd::packet_path

#include "daemon/survey/wire_survey.hpp"

#include <algorithm>
#include <variant>

#include "daemon/filter/filter_table.hpp"
#include "daemon/survey/client_hello.hpp"
#include "daemon/tcp/segment.hpp"
#include "daemon/udp/udp_datagram.hpp"

namespace logsniffd::survey {
namespace {

template <class T, class Value>
void note(std::vector<T>& known, const Value& value) {
  if (known.size() < kMaxNamed && std::find(known.begin(), known.end(), value) == known.end()) {
    known.emplace_back(value);
  }
}

// RFC 8446, 5.1: the type of the record, then a version that begins with 3.
bool begins_tls_record(Bytes payload) {
  return payload.size() > 2 && payload[0] >= 20 && payload[0] <= 23 && payload[1] == 3 && payload[2] <= 4;
}

enum class Kind { none, text, tls, binary };

Kind kind_of(Bytes payload) {
  if (payload.empty()) return Kind::none;
  if (begins_tls_record(payload)) return Kind::tls;
  return filter::looks_like_text(as_text(payload)) ? Kind::text : Kind::binary;
}

void count(Traffic& traffic, Kind kind, std::size_t bytes) {
  ++traffic.packets;
  traffic.bytes += bytes;
  if (kind == Kind::text) ++traffic.text;
  if (kind == Kind::tls) ++traffic.tls;
  if (kind == Kind::binary) ++traffic.binary;
}

}  // namespace

void WireSurvey::on_packet(const capture::RawPacket& packet) {
  ++packets_;
  packet_path::DecodedPacket decoded;
  packet_path::decode_packet(packet, decoded);
  if (const auto* segment = std::get_if<tcp::SegmentView>(&decoded.content)) {
    add(segment->flow, segment->payload, segment->flags, packet.interface);
  } else if (const auto* datagram = std::get_if<udp::UdpDatagram>(&decoded.content)) {
    add(datagram->flow, datagram->payload, 0, packet.interface);
  }
}

void WireSurvey::add(const Flow& flow, Bytes payload, std::uint8_t tcp_flags, std::string_view interface) {
  const Kind kind = kind_of(payload);
  const bool opens = (tcp_flags & tcp::kSyn) != 0;
  const bool acknowledges = (tcp_flags & tcp::kAck) != 0;
  for (const bool to : {true, false}) {
    const Endpoint& end = to ? flow.dst : flow.src;
    const Endpoint& peer = to ? flow.src : flow.dst;
    const Port port{flow.transport, end.port};
    if (ports_.size() >= kMaxPorts && !ports_.contains(port)) continue;
    PortTraffic& traffic = ports_[port];
    count(to ? traffic.to : traffic.from, kind, payload.size());
    if (kind == Kind::text && end.port <= peer.port) ++traffic.served_text;
    if (to && opens && !acknowledges) ++traffic.syns;
    if (!to && opens && acknowledges) ++traffic.syn_acks;
    if (!to && (tcp_flags & tcp::kRst) != 0) ++traffic.resets;
    if (to && kind == Kind::tls && traffic.server_name.empty()) traffic.server_name = server_name(payload);
    note(traffic.peers, peer.address);
    if (!interface.empty()) note(traffic.interfaces, interface);
  }
}

}  // namespace logsniffd::survey

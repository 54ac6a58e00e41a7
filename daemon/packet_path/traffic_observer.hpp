// The output of the packets: the streams of TCP (tcp::StreamObserver) and the datagrams of UDP; on request, the packets.
#pragma once

#include <cstdint>

#include "daemon/base/bytes.hpp"
#include "daemon/base/endpoint.hpp"
#include "daemon/base/interface_names.hpp"
#include "daemon/base/time.hpp"
#include "daemon/capture/raw_packet.hpp"
#include "daemon/packet_path/packet_ledger.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::packet_path {

// The filters that want a flow, as the observer's own mask. 0: none.
using Audience = std::uint64_t;

// The payload of one wanted datagram. LIFETIME: valid only during the call.
struct SeenDatagram {
  const Flow& flow;
  Bytes payload;   // may be empty
  bool cut_short;  // the snapshot length cut its end
  PacketTime seen_at;
  Audience audience;
  InterfaceNames::Number interface;
};

// One packet, and its fate. LIFETIME: valid only during the call.
struct SeenPacket {
  const capture::RawPacket& packet;
  const Flow* flow;             // null: its ports could not be read
  Bytes payload;                // without a flow: the whole packet
  std::uint64_t missing_bytes;  // of the payload: cut by the snapshot length
  PacketVerdict verdict;
};

// THREAD   called on the capture worker.
// GRAMMAR  watches() before any event of the segment, audience() before on_datagram(); their answers may change only
//          between two bursts.
class TrafficObserver : public tcp::StreamObserver {
 public:
  // True if TCP traffic between these ports may be wanted: a cheap test that lets some unwanted traffic through.
  [[nodiscard]] virtual bool watches(std::uint16_t a_port, std::uint16_t another_port) const = 0;
  // Returns who wants this direction of this flow.
  [[nodiscard]] virtual Audience audience(const Flow& flow) const = 0;
  virtual void on_datagram(const SeenDatagram& datagram) = 0;
  // Called after all events of the packet, by PacketPath::report() alone. Fragments are one packet, when
  // the last one has arrived.
  virtual void on_verdict(const SeenPacket& /*packet*/) {}

 protected:
  ~TrafficObserver() = default;
};

}  // namespace logsniffd::packet_path

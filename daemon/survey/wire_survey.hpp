// What the wire carries, port by port, whether a filter wants it or not: the answer to "is anything there at all?".
//
// Packets are counted one by one, without reassembly. Each counts for both of its ports.
//
// THREAD  confined to its owner.
// BOUNDS  kMaxPorts ports, the first seen; of each a handful of peers and interfaces.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/packet_path/packet_decoder.hpp"

namespace logsniffd::survey {

inline constexpr std::size_t kMaxPorts = 16'384;
inline constexpr std::size_t kMaxNamed = 8;  // peers and interfaces of a port

struct Port {
  Transport transport = Transport::tcp;
  std::uint16_t number = 0;

  bool operator==(const Port&) const = default;
  template <class H>
  friend H AbslHashValue(H state, const Port& port) {
    return H::combine(std::move(state), port.transport, port.number);
  }
};

struct Traffic {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;   // of payload
  std::uint64_t text = 0;    // packets whose payload looks like text
  std::uint64_t tls = 0;     // packets that begin a TLS record
  std::uint64_t binary = 0;  // packets with any other payload
};

struct PortTraffic {
  Traffic to;
  Traffic from;
  std::uint64_t served_text = 0;    // packets with text for which this is the lower port: probably the server's
  std::uint64_t syns = 0;           // to it, without ACK
  std::uint64_t syn_acks = 0;       // from it
  std::uint64_t resets = 0;         // from it
  std::string server_name = {};     // what a TLS client asked for; any bytes
  std::vector<Address> peers = {};  // the other ends
  std::vector<std::string> interfaces = {};

  [[nodiscard]] std::uint64_t packets() const { return to.packets + from.packets; }
  [[nodiscard]] std::uint64_t bytes() const { return to.bytes + from.bytes; }
};

class WireSurvey final : public capture::PacketObserver {
 public:
  void on_packet(const capture::RawPacket& packet) override;

  [[nodiscard]] std::uint64_t packets() const { return packets_; }  // of every kind
  [[nodiscard]] const absl::flat_hash_map<Port, PortTraffic>& ports() const { return ports_; }

 private:
  void add(const Flow& flow, Bytes payload, std::uint8_t tcp_flags, std::string_view interface);

  std::uint64_t packets_ = 0;
  absl::flat_hash_map<Port, PortTraffic> ports_;
};

}  // namespace logsniffd::survey

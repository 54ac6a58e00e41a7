// A BPF filter expression (pcap-filter(7)), compiled, for packets that are already in user space.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/capture/raw_packet.hpp"

namespace logsniffd::capture {

// Fails (ErrorKind::usage) with libpcap's own words if `expression` is not a filter for ANY link type ("ethernet"
// stands for all).
[[nodiscard]] Status check_expression(const std::string& expression);

// THREAD  confined to the thread that uses it.
class BpfExpression {
 public:
  // REQUIRED: check_expression(expression) succeeded.
  explicit BpfExpression(std::string expression);
  BpfExpression(BpfExpression&&) noexcept;
  BpfExpression& operator=(BpfExpression&&) noexcept;
  ~BpfExpression();

  // Compiles once for each link type that occurs. A link type for which the expression has no meaning matches nothing.
  [[nodiscard]] bool matches(const RawPacket& packet);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Describes the kernel filter, which keeps out what no filter of the configuration can want. It is coarse on purpose:
// fragments and VLAN-tagged frames pass, and the exact test follows in user space.
struct WatchedTraffic {
  struct Range {
    std::uint16_t first;
    std::uint16_t last;
  };
  std::vector<Range> tcp_ports;  // empty, and any_port is false: no TCP
  std::vector<Range> udp_ports;
  bool any_port = false;    // every TCP and UDP packet
  bool everything = false;  // no kernel filter: tunnels must be inspected
};

// REQUIRED: link_type is one that link decodes. Returns the empty string if everything must pass.
[[nodiscard]] std::string kernel_expression(const WatchedTraffic& watched, LinkType link_type);

// Returns "(user) and (coarse)"; either may be empty. Returns the user's expression alone if it contains a word that
// moves the offsets of all that follows (vlan, mpls): after that word the coarse part would look in the wrong place.
[[nodiscard]] std::string both_expressions(const std::string& user, const std::string& coarse);

}  // namespace logsniffd::capture

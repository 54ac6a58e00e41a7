// Compiles the filter of one interface from the user's expression, the coarse ports and the interface's own conditions.
//
// Stateless; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/capture/bpf_expression.hpp"
#include "daemon/capture/pcap_handle.hpp"

namespace logsniffd::capture {

// If the coarse part does not compile, it is replaced by any port and then by nothing: user space makes the exact test.
// The user's expression is never dropped. With `loopback_index`, the kernel refuses the outgoing copies of the loopback
// on kAnyInterface; libpcap would drop each copy only after it has taken a place in the ring.
//
// ERRORS  usage: the user's expression has no meaning on this interface's link type.
[[nodiscard]] Expected<ProgramPtr> compile_filter(const PcapHandle& handle, const WatchedTraffic& watched,
                                                  const std::string& user, std::optional<std::uint32_t> loopback_index);

// What compile_filter() makes for an interface, as people read it.
struct KernelFilter {
  std::string expression;                 // pcap-filter(7); empty: everything passes
  std::vector<std::string> instructions;  // for the link type, as tcpdump -d prints them
};

// Opens no interface. `loopback_index`: as above, if the interface is kAnyInterface.
[[nodiscard]] Expected<KernelFilter> describe_filter(LinkType type, std::uint32_t snaplen_bytes,
                                                     const WatchedTraffic& watched,
                                                     std::optional<std::uint32_t> loopback_index);

}  // namespace logsniffd::capture

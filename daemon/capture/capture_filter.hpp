// The filter of one interface: the user's expression, the coarse ports, and what is particular to the interface.
//
// Stateless; any thread.
#pragma once

#include <optional>
#include <string>

#include "daemon/capture/bpf_expression.hpp"
#include "daemon/capture/pcap_handle.hpp"

namespace logsniffd::capture {

// The coarse part gives way, to any port and then to nothing, where it does not compile: user space makes the exact
// test. The user's expression never does. `loopback_index`: on kAnyInterface the outgoing copies of the loopback are
// refused in the kernel; libpcap would drop them only after each has cost a place in the ring. ERRORS  usage: the
// user's expression has no meaning on this interface's link type.
[[nodiscard]] Expected<ProgramPtr> compile_filter(const PcapHandle& handle, const WatchedTraffic& watched,
                                                  const std::string& user, std::optional<std::uint32_t> loopback_index);

}  // namespace logsniffd::capture

// What one filter has seen and made of it, for the operator who asks why nothing arrives. Beside the ledger, whose sums
// count each record once, although several filters may want it.
//
// THREAD  confined to the capture worker.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "daemon/base/time.hpp"
#include "daemon/filter/filter_table.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::record_path {

struct FilterFigures {
  // What the filter wants by its ports, protocol, direction and networks. An interface that shows a packet twice counts
  // once.
  std::uint64_t streams = 0;      // directions of TCP connections, when their first byte arrived
  std::uint64_t joined_late = 0;  // among these, without their beginning
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;  // of payload
  PacketTime last_bytes_at{};

  std::array<std::uint64_t, framing::kForeignNames.size()> foreign{};  // streams that are not logs: TLS, binary ...
  std::uint64_t records = 0;  // routed; notices about the traffic are not among them
  PacketTime last_record_at{};
  std::array<std::uint64_t, filter::kRouteVerdicts> refused{};  // records, by verdict; routed stays 0
};

struct NamedFilterFigures {
  std::string name;
  FilterFigures figures;  // the times are those of packets
};

}  // namespace logsniffd::record_path

// What one filter has seen and made of it, for the operator who asks why nothing arrives. Beside the ledger, whose sums
// count each record once, although several filters may want it.
//
// THREAD  confined to the capture worker.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>

#include "daemon/base/time.hpp"
#include "daemon/filter/filter_table.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::record_path {

// Sizes of messages, in buckets by powers of two. The bound of a bucket belongs to it.
struct RecordSizes {
  static constexpr std::size_t kLargest = 24;  // 2^24 bytes, the largest that limits.record may allow
  static constexpr std::size_t kLeastShown = 4;

  std::array<std::uint64_t, kLargest + 2> counts{};  // the last one has no bound
  std::uint64_t bytes = 0;

  [[nodiscard]] static constexpr std::uint64_t bound(std::size_t bucket) { return std::uint64_t{1} << bucket; }
  void add(std::size_t size) {
    const auto bucket = static_cast<std::size_t>(size == 0 ? 0 : std::bit_width(size - 1));
    ++counts[std::min(bucket, kLargest + 1)];
    bytes += size;
  }
};

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
  RecordSizes sizes;                                            // of these records' messages
  std::array<std::uint64_t, filter::kRouteVerdicts> refused{};  // records, by verdict; routed stays 0
};

struct NamedFilterFigures {
  std::string name;
  FilterFigures figures;  // the times are those of packets
};

}  // namespace logsniffd::record_path

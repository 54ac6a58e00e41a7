// The answer to `status`: whether all is well, and the figures that show it (docs/control.md).
//
// THREAD  the main thread. report() waits for the capture worker, for at most kLookWithin.
#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/collector.hpp"
#include "daemon/app/rate_meter.hpp"

namespace logsniffd::app {

// A worker that takes longer does not answer; the watchdog of the unit is more patient.
inline constexpr Duration kLookWithin = std::chrono::seconds(2);

// What the life of the daemon adds to the figures of its collector.
struct DaemonFacts {
  std::string config_path;
  std::uint64_t generation = 1;  // of the configuration: counts those that were in force
  PacketTime started_at{};
  PacketTime configured_at{};
  std::string reload_failure = {};  // of the last reload; empty: it worked
};

// Memory of what waits, and the limit for it.
struct BoundedMemory {
  std::string_view of;
  std::uint64_t bytes;
  std::uint64_t ceiling_bytes;
};
[[nodiscard]] std::array<BoundedMemory, 3> bounded_memory(const pipeline::PipelineCounters& counters,
                                                          const config::Limits& limits);

class StatusReport {
 public:
  // Takes the figures as the base of the rates that the next reports show. REQUIRED: called at a regular interval.
  void mark(const CollectorView& view, SteadyTime now);
  [[nodiscard]] nlohmann::ordered_json report(const CollectorView& view, const config::Config& config,
                                              const DaemonFacts& facts, SteadyTime now, PacketTime wall) const;

 private:
  RateMeter rates_;
};

}  // namespace logsniffd::app

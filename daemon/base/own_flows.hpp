// The connections of this process to the targets of its sinks. They are not collected: a record that is sent would be
// captured, and sent again, endlessly.
//
// THREAD  any. holds() takes no lock.
// TIME    a flow is still held for kLinger after its end, because its packets may be waiting to be read.
// BOUNDS  kFlows flows at the same time; one more is not held, and its entry is empty.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd {

class OwnFlows {
 public:
  static constexpr std::size_t kFlows = 256;
  static constexpr Duration kLinger = std::chrono::seconds(10);

  explicit OwnFlows(SteadyTime (*now)() = &std::chrono::steady_clock::now) : now_(now) {}
  OwnFlows(const OwnFlows&) = delete;
  OwnFlows& operator=(const OwnFlows&) = delete;

  // Ends the flow when it is destroyed. Empty: it is not held.
  struct End {
    OwnFlows* flows = nullptr;
    void operator()(std::atomic<std::uint64_t>* slot) const { flows->end(slot); }
  };
  using Entry = std::unique_ptr<std::atomic<std::uint64_t>, End>;

  // `flow`: from this host to the target. REQUIRED: before its first payload.
  [[nodiscard]] Entry add(const Flow& flow);

  // In either direction.
  [[nodiscard]] bool holds(const Flow& flow) const {
    const std::size_t used = used_.load(std::memory_order_acquire);
    if (used == 0) [[likely]]
      return false;
    return finds(key_of(flow), used);
  }

 private:
  // A hash of the flow; 0: free.
  using Slot = std::atomic<std::uint64_t>;
  static constexpr SteadyTime kOpen = SteadyTime::max();

  [[nodiscard]] static std::uint64_t key_of(const Flow& flow);  // the same for both directions
  [[nodiscard]] bool is_held(std::size_t slot) const;
  [[nodiscard]] bool finds(std::uint64_t key, std::size_t used) const;
  void end(Slot* slot);

  SteadyTime (*now_)();
  std::array<Slot, kFlows> slots_{};
  std::array<std::atomic<SteadyTime>, kFlows> ended_{};  // kOpen: not yet
  std::atomic<std::size_t> used_{0};                     // slots from the first one on that were ever used
  std::mutex mutex_;                                     // of add()
};

// Those of this process.
[[nodiscard]] OwnFlows& own_flows();

}  // namespace logsniffd

// One interface that is being captured: its handle, its 64-bit counters, and whether it is on its way out.
//
// THREAD  confined to the capture worker; open() on any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/capture/bpf_expression.hpp"
#include "daemon/capture/pcap_handle.hpp"

namespace logsniffd::capture {

// Makes 64 bits of a cumulative 32-bit count. REQUIRED: asked before the count has gone round more than half a circle.
class ExtendedCount {
 public:
  std::uint64_t update(std::uint32_t now) {
    const std::uint32_t step = now - last_;  // modulo 2^32
    last_ = now;
    // A driver that is reset counts from 0 again: that is no half circle forward.
    if (step <= UINT32_MAX / 2) total_ += step;
    return total_;
  }

 private:
  std::uint32_t last_ = 0;
  std::uint64_t total_ = 0;
};

class LiveInterface {
 public:
  struct OpenError {
    OpenFailure reason;
    Error error;  // for people: names the interface and the mend; usage where the user's expression does not fit it
  };
  struct Filter {
    const WatchedTraffic& watched;
    const std::string& expression;
    std::optional<std::uint32_t> loopback_index;
  };

  // Captures from the moment this returns, with the filter in force from the first packet on.
  [[nodiscard]] static tl::expected<std::unique_ptr<LiveInterface>, OpenError> open(PcapOptions options,
                                                                                    const Filter& filter);
  explicit LiveInterface(PcapHandle handle) : handle_(std::move(handle)) {}

  [[nodiscard]] PcapHandle& handle() { return handle_; }
  [[nodiscard]] const std::string& name() const { return handle_.options().interface; }
  [[nodiscard]] std::uint32_t index() const { return handle_.options().interface_index; }

  [[nodiscard]] CaptureStatistics statistics() {
    const PcapCounters counters = handle_.counters();
    return {dropped_.update(counters.dropped), interface_dropped_.update(counters.interface_dropped),
            handle_.refused()};
  }

  bool ready = false;  // may have packets right now
  bool ended = false;  // read no further: LiveSource::end_at()
  bool usable = true;  // up with a carrier, as last told
  // Gone, and kept for this many ticks more: the kernel still holds the part-filled block with its last packets.
  // Negative: not gone.
  int ticks_to_close = -1;
  [[nodiscard]] bool leaving() const { return ticks_to_close >= 0; }

 private:
  PcapHandle handle_;
  ExtendedCount dropped_;
  ExtendedCount interface_dropped_;
};

}  // namespace logsniffd::capture

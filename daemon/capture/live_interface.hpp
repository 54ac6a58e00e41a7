// One interface that is being captured: its handle, its 64-bit counters, and whether it is leaving.
//
// THREAD  confined to the capture worker; open() on any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/capture/bpf_expression.hpp"
#include "daemon/capture/pcap_handle.hpp"

namespace logsniffd::capture {

// Extends a cumulative 32-bit count to 64 bits. REQUIRED: called before the count has advanced by more than 2^31.
class ExtendedCount {
 public:
  std::uint64_t update(std::uint32_t now) {
    const std::uint32_t step = now - last_;  // modulo 2^32
    last_ = now;
    // A driver that is reset counts from 0 again, which appears as a step of more than 2^31.
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
    Error error;  // for people: names the interface and the fix; usage if the user's expression does not fit it
  };
  struct Filter {
    const WatchedTraffic& watched;
    const std::string& expression;
    std::optional<std::uint32_t> loopback_index;
  };

  // Captures from the moment this returns; the filter is in force from the first packet on.
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

  [[nodiscard]] InterfaceFigures figures() {
    const CaptureStatistics dropped = statistics();
    const InterfaceState state = leaving() ? InterfaceState::leaving
                                 : usable  ? InterfaceState::capturing
                                           : InterfaceState::no_carrier;
    return {.name = name(),
            .state = state,
            .link_type = to_string(handle_.link_type()),
            .packets = handle_.packets(),
            .bytes = handle_.bytes(),
            .kernel_dropped = dropped.kernel_dropped,
            .interface_dropped = dropped.interface_dropped};
  }

  bool ready = false;  // may have packets now
  bool ended = false;  // read no further: LiveSource::end_at()
  bool usable = true;  // up with a carrier, by the last news
  // The interface is gone, and is kept for this many more ticks: the kernel still holds the part-filled block with its
  // last packets. Negative: not gone.
  int ticks_to_close = -1;
  [[nodiscard]] bool leaving() const { return ticks_to_close >= 0; }

 private:
  PcapHandle handle_;
  ExtendedCount dropped_;
  ExtendedCount interface_dropped_;
};

}  // namespace logsniffd::capture

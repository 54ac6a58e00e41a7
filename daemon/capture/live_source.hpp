// Packets from live interfaces: TPACKET_V3 through libpcap, non-blocking, all interfaces behind one epoll descriptor.
//
// Names and globs ("eth*") are matched against the existing interfaces. A name or glob that matches nothing now, or an
// interface that vanishes, is picked up when it appears (interface_watch). `any` is cooked SLL2 and carries the
// interface of each packet; if it is listed, it is captured alone, because it shows the packets of all others. The
// kernel refuses outgoing copies on lo. A named interface that is down is captured when it comes up.
//
// LEDGER  packets received = packets handed over + kernel_dropped: the kernel's own count includes
//         packets not yet read.
// DRAIN   the kernel holds a part-filled block for up to options.latency, and wait_fd() is silent meanwhile. To stop,
//         continue reading for one more latency, then until read() is idle, which end_at() ensures; then destroy this.
//         An interface that vanished is drained here in the same way.
// THREAD  open() on any thread; from then on confined to the capture worker.
// ERRORS  open() fails if an interface WITHOUT glob characters does not exist (usage; unless
//         options.wait_for_missing), if capture is not permitted, or if no interface at all can be opened. Later
//         losses of interfaces are events, not errors.
// BOUNDS  one kernel ring of options.buffer_bytes per interface; at most kMaxInterfaces.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/capture/bpf_expression.hpp"
#include "daemon/capture/packet_source.hpp"

namespace logsniffd::capture {

struct LiveOptions {
  std::vector<std::string> interfaces{"any"};
  bool promiscuous = false;
  std::uint32_t snaplen_bytes = 262'144;
  std::uint64_t buffer_bytes = 64ULL << 20;
  Duration latency = std::chrono::milliseconds(50);
  WatchedTraffic watched;         // the coarse kernel filter
  std::string expression;         // the user's own BPF, combined with it by "and"; empty: none
  bool wait_for_missing = false;  // a missing name is reported to the listener and picked up later
};

inline constexpr std::size_t kMaxInterfaces = 64;

// What happened to an interface, for the log ("eth0: capture started", "eth1: disappeared, waiting for it to come
// back"). Called on the thread that called open() or read(). Rate-limited at the source: at most one event per
// interface and second, the latest, with a count of those it replaces.
enum class InterfaceChange { opened, missing, vanished, down, reopened, failed };
using InterfaceListener =
    std::function<void(const std::string& interface, InterfaceChange change, const std::string& detail)>;

// Returns the event as people read it: "capturing on eth0: EN10MB", "eth1 is gone, waiting for it to come back".
[[nodiscard]] std::string describe(const std::string& interface, InterfaceChange change, const std::string& detail);

class LiveSource final : public PacketSource {
 public:
  static Expected<std::unique_ptr<LiveSource>> open(LiveOptions options, InterfaceListener listener);
  ~LiveSource() override;

  Expected<ReadStatus> read(PacketObserver& observer, std::size_t budget) override;
  // An interface is not read any further once it has handed over a packet that was captured after `end`.
  void end_at(PacketTime end) override;
  [[nodiscard]] int wait_fd() const override;
  [[nodiscard]] Duration wait_limit() const override;
  // Includes interfaces that have gone. REQUIRED: called at least once a minute, because the kernel counts in 32 bits.
  // Here filtered_out counts packets refused by an expression that the kernel cannot run on a cooked interface.
  [[nodiscard]] CaptureStatistics statistics() override;
  [[nodiscard]] std::vector<InterfaceFigures> interfaces() override;

  // Replaces the kernel filters of the open interfaces without losing a packet (a reload): all of them or, on failure,
  // none. Packets captured before are handed over as the former filter selected them.
  [[nodiscard]] Status set_watched(const WatchedTraffic& watched, const std::string& expression) override;

 private:
  struct State;
  explicit LiveSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::capture

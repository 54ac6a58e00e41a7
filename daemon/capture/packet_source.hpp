// The source of packets: live interfaces or a capture file, behind one interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/base/counter_block.hpp"
#include "daemon/base/error.hpp"
#include "daemon/base/time.hpp"
#include "daemon/capture/interface_figures.hpp"
#include "daemon/capture/raw_packet.hpp"

namespace logsniffd::capture {

// The largest number of packets that a source hands over in one call.
inline constexpr std::size_t kMaxBurst = 32;

class PacketObserver {
 public:
  virtual void on_packet(const RawPacket& packet) = 0;
  // Several packets, at most kMaxBurst, in order, if the source has them ready: an observer that looks things up for
  // each can overlap the waits.
  virtual void on_packets(std::span<const RawPacket> packets) {
    for (const RawPacket& packet : packets) on_packet(packet);
  }

 protected:
  ~PacketObserver() = default;
};

enum class ReadStatus {
  more,  // the budget was used up; there may be more to read now
  idle,  // nothing more to read now: wait for wait_fd()
  end,   // no packet will ever follow
};

struct WatchedTraffic;  // bpf_expression.hpp

// Cumulative since the source was opened; 64-bit, although the kernel counts in 32. Number: std::uint64_t, or Counter
// if the tally is published.
template <class Number>
struct CaptureTally {
  Number kernel_dropped{};     // the ring was full
  Number interface_dropped{};  // the driver dropped it (informational: not part of the ledger's sums)
  Number filtered_out{};       // read, but refused by the user's BPF expression in user space (files)

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(part("kernel_dropped"), self.kernel_dropped);
    visit("interface_dropped", self.interface_dropped);
    visit("filtered_out", self.filtered_out);
  }
};
using CaptureStatistics = CaptureTally<std::uint64_t>;
static_assert(names_every_counter<CaptureStatistics>());

// THREAD  confined to the capture worker that owns it.
// ERRORS  read() fails if the source is broken for good (a damaged file); a vanished interface is not a failure.
class PacketSource {
 public:
  virtual ~PacketSource() = default;

  // Hands at most `budget` packets to `observer`, in capture order for each interface. If it fails, the packets before
  // the failure have been handed over.
  virtual Expected<ReadStatus> read(PacketObserver& observer, std::size_t budget) = 0;

  // From now on packets captured after `end` need not be handed over: read() comes to an end (idle), however much is
  // captured meanwhile. No effect on a file, which has its own end.
  virtual void end_at(PacketTime) {}

  // Replaces what the kernel lets through, without losing a packet (a reload): all of it or, on failure, nothing. No
  // effect on a file, which is not filtered by ports.
  [[nodiscard]] virtual Status set_watched(const WatchedTraffic&, const std::string&) { return {}; }

  // Readable when read() has something to do; -1 if read() never returns idle (a file).
  [[nodiscard]] virtual int wait_fd() const = 0;
  // The longest time to wait before the next read(), readable or not.
  [[nodiscard]] virtual Duration wait_limit() const = 0;

  [[nodiscard]] virtual CaptureStatistics statistics() = 0;
  // Those that are captured, and those that should be. Empty: a file.
  [[nodiscard]] virtual std::vector<InterfaceFigures> interfaces() { return {}; }
};

}  // namespace logsniffd::capture

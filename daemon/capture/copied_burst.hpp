// Collects live packets into a burst. libpcap takes back the bytes of a packet when it reaches the next one, so they
// are copied. That costs less than it saves: the observer of a burst overlaps its waits for memory. A large packet is
// handed over where it lies. Copies are wiped once they were handed over: what a filter redacts must not stay in memory.
//
// BOUNDS  kMaxBurst packets of kLargestCopied bytes, 34 KiB for each handle.
// THREAD  confined to the capture worker that owns it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "daemon/capture/packet_source.hpp"

namespace logsniffd::capture {

class CopiedBurst {
 public:
  static constexpr std::size_t kLargestCopied = 1024;

  // REQUIRED: flush(observer) before the next call with another observer.
  void add(const RawPacket& packet, PacketObserver& observer) {
    const std::size_t size = packet.bytes.size();
    if (size > kLargestCopied) [[unlikely]] {
      flush(observer);
      return observer.on_packet(packet);
    }
    std::copy_n(packet.bytes.data(), size, copy(count_));
    packets_[count_] = packet;
    packets_[count_].bytes = Bytes(copy(count_), size);
    if (++count_ == kMaxBurst) flush(observer);
  }
  void flush(PacketObserver& observer) {
    if (count_ == 0) return;
    observer.on_packets(std::span(packets_).first(count_));
    for (std::size_t i = 0; i < count_; ++i) std::fill_n(copy(i), packets_[i].bytes.size(), std::uint8_t{0});
    count_ = 0;
  }

 private:
  [[nodiscard]] std::uint8_t* copy(std::size_t place) { return copies_.data() + place * kLargestCopied; }

  std::size_t count_ = 0;
  std::array<RawPacket, kMaxBurst> packets_;
  std::array<std::uint8_t, kMaxBurst * kLargestCopied> copies_;
};

}  // namespace logsniffd::capture

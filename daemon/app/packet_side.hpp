// Passes on the packets of one side of a moment. While a source takes over from another one, both capture: the former one
// gives what was captured until the moment, the next one what was captured after it, so each packet comes once. The kernel
// stamps a packet before it gives it to the rings, so both see the same time.
//
// THREAD  confined to the capture worker that owns it.
#pragma once

#include "daemon/capture/packet_source.hpp"

namespace logsniffd::app {

class PacketSide final : public capture::PacketObserver {
 public:
  enum class Side : std::uint8_t { until, after };

  // `next` must outlive this object.
  PacketSide(capture::PacketObserver& next, Side side, PacketTime moment) : next_(next), side_(side), moment_(moment) {}

  void on_packet(const capture::RawPacket& packet) override {
    const Side side = packet.captured_at <= moment_ ? Side::until : Side::after;
    if (side == side_) next_.on_packet(packet);
  }
  [[nodiscard]] PacketTime moment() const { return moment_; }

 private:
  capture::PacketObserver& next_;
  Side side_;
  PacketTime moment_;
};

}  // namespace logsniffd::app

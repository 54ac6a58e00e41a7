// Builds pcapng files block by block, valid or not, and records what a source hands over.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/capture/file_source.hpp"

namespace logsniffd::capture {

class Blocks {
 public:
  explicit Blocks(std::endian order = std::endian::little) : order_(order) {}

  Blocks& u8(unsigned value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  Blocks& u16(std::uint32_t value) { return number(value, 2); }
  Blocks& u32(std::uint32_t value) { return number(value, 4); }
  Blocks& padded(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    while (bytes_.size() % 4 != 0) bytes_.push_back(0);
    return *this;
  }
  Blocks& option(std::uint16_t code, std::string_view value) {
    return u16(code).u16(static_cast<std::uint32_t>(value.size())).padded(value);
  }

  // The body as one block of `type`.
  Blocks& block(std::uint32_t type, const Blocks& body) {
    const auto length = static_cast<std::uint32_t>(body.bytes_.size() + 12);
    u32(type).u32(length);
    bytes_.insert(bytes_.end(), body.bytes_.begin(), body.bytes_.end());
    return u32(length);
  }

  Blocks& section() {
    return block(0x0A0D'0D0A, Blocks(order_).u32(0x1A2B'3C4D).u16(1).u16(0).u32(0xFFFF'FFFF).u32(0xFFFF'FFFF));
  }
  Blocks& interface(std::uint16_t link_type, std::uint32_t snaplen, const Blocks& options) {
    Blocks body(order_);
    body.u16(link_type).u16(0).u32(snaplen);
    body.bytes_.insert(body.bytes_.end(), options.bytes_.begin(), options.bytes_.end());
    return block(1, body);
  }
  Blocks& interface(std::uint16_t link_type, std::uint32_t snaplen = 0) {
    return interface(link_type, snaplen, Blocks(order_));
  }
  Blocks& enhanced(std::uint32_t interface, std::uint64_t ticks, std::string_view packet, std::uint32_t original) {
    return block(6, Blocks(order_)
                        .u32(interface)
                        .u32(static_cast<std::uint32_t>(ticks >> 32U))
                        .u32(static_cast<std::uint32_t>(ticks))
                        .u32(static_cast<std::uint32_t>(packet.size()))
                        .u32(original)
                        .padded(packet));
  }
  Blocks& enhanced(std::uint32_t interface, std::uint64_t ticks, std::string_view packet) {
    return enhanced(interface, ticks, packet, static_cast<std::uint32_t>(packet.size()));
  }
  // Appends a section in another byte order.
  Blocks& append(const Blocks& more) {
    bytes_.insert(bytes_.end(), more.bytes_.begin(), more.bytes_.end());
    return *this;
  }

  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  Blocks& number(std::uint32_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned shift = 8 * (order_ == std::endian::little ? i : size - 1 - i);
      bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    return *this;
  }

  std::endian order_;
  std::vector<std::uint8_t> bytes_;
};

struct SeenPacket {
  std::string bytes;
  std::uint32_t original_length;
  std::int64_t nanoseconds;
  std::uint16_t link_type;
  std::uint32_t interface_id;
  std::string interface;
};

class SeenPackets final : public PacketObserver {
 public:
  void on_packet(const RawPacket& packet) override {
    seen.push_back({std::string(as_text(packet.bytes)), packet.original_length,
                    packet.captured_at.time_since_epoch().count(), static_cast<std::uint16_t>(packet.link_type),
                    packet.interface_id, std::string(packet.interface)});
  }
  std::vector<SeenPacket> seen;
};

// The packets of a capture, and how reading it ended.
struct Reading {
  std::vector<SeenPacket> packets;
  std::string error;  // empty: read to the end
};

inline Reading read_all(PacketSource& source) {
  SeenPackets observer;
  for (;;) {
    const auto status = source.read(observer, 3);
    if (!status) return {observer.seen, status.error().message()};
    if (*status == ReadStatus::end) return {observer.seen, ""};
  }
}

inline Reading read_all(Bytes contents) {
  auto source = FileSource::over(contents);
  if (!source) return {{}, source.error().message()};
  return read_all(**source);
}

}  // namespace logsniffd::capture

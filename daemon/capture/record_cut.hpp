// What a capture file format finds at the front of the bytes that are still unread.
//
// A format is a class with `RecordCut next(Bytes unread, RawPacket& packet)`: it looks at the front, changes nothing
// outside itself, and never asks for more than kMaxRecordBytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace logsniffd::capture {

inline constexpr std::uint32_t kMaxPacketBytes = 16U << 20;
// A packet with the headers and options around it. A longer record or block is damage.
inline constexpr std::size_t kMaxRecordBytes = kMaxPacketBytes + (64U << 10);

struct RecordCut {
  enum class Kind : std::uint8_t {
    packet,      // `packet` was filled in; it and what belongs to it are `bytes` long
    no_packet,   // `bytes` that hold none: a description, a block of an unknown type
    incomplete,  // at least `bytes` must be unread before more can be said
    damaged,     // no capture file says that; `damage` names it
  };

  // 16 bytes together: it comes back in two registers, once a packet.
  const char* damage;
  std::uint32_t bytes;
  Kind kind;

  static constexpr RecordCut packet(std::size_t bytes) { return {nullptr, narrow(bytes), Kind::packet}; }
  static constexpr RecordCut no_packet(std::size_t bytes) { return {nullptr, narrow(bytes), Kind::no_packet}; }
  static constexpr RecordCut incomplete(std::size_t bytes) { return {nullptr, narrow(bytes), Kind::incomplete}; }
  static constexpr RecordCut damaged(const char* what) { return {what, 0, Kind::damaged}; }

 private:
  static constexpr std::uint32_t narrow(std::size_t bytes) {
    return static_cast<std::uint32_t>(bytes);
  }  // <= kMaxRecordBytes
};

}  // namespace logsniffd::capture

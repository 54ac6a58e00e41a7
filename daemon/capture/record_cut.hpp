// What a capture file format finds at the start of the unread bytes.
//
// A format is a class with `RecordCut next(Bytes unread, RawPacket& packet)`. It looks at the first bytes, changes
// nothing outside itself, and never asks for more than kMaxRecordBytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace logsniffd::capture {

inline constexpr std::uint32_t kMaxPacketBytes = 16U << 20;
// A packet with its headers and options. A longer record or block is damage.
inline constexpr std::size_t kMaxRecordBytes = kMaxPacketBytes + (64U << 10);

struct RecordCut {
  enum class Kind : std::uint8_t {
    packet,      // `packet` was filled in; the record that holds it is `bytes` long
    no_packet,   // `bytes` without a packet: a description, a block of an unknown type
    incomplete,  // at least `bytes` must be unread before next() can continue
    damaged,     // not valid in a capture file; `damage` names the fault
  };

  // 16 bytes in total, so that it is returned in two registers, once per packet.
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

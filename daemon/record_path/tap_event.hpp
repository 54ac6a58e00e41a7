// What a tap shows of packets and of streams, instead of records.
//
// An event travels in the batches of a tap as records do. Time, flow and interface are those of the record, and the
// message is the event itself, followed by the bytes that are shown.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "daemon/base/bytes.hpp"

namespace logsniffd::record_path {

// Where a tap watches.
enum class TapPoint : std::uint8_t { record, stream, packet };
inline constexpr std::array<std::string_view, 3> kTapPointNames{"record", "stream", "packet"};

struct TapEvent {
  enum class Kind : std::uint8_t { packet, opened, bytes, gap, end, datagram };
  static constexpr std::size_t kShownBytes = 4096;  // of one event; the others are only counted

  Kind kind = Kind::packet;
  std::string_view verdict = {};  // of a packet; a constant of the program, as is the reason
  std::string_view reason = {};   // of the verdict; how the stream began, or why it ended; a datagram: cut_short
  std::uint64_t bytes = 0;        // of payload; in a gap: missing; a packet without a flow: all of it, on the wire
  std::uint64_t offset = 0;       // in what the tap saw of the stream
};
static_assert(std::is_trivially_copyable_v<TapEvent>);

inline constexpr std::array<std::string_view, 6> kTapEventNames{"packet", "opened", "bytes", "gap", "end", "datagram"};

// Makes the message of an event.
void write_event(const TapEvent& event, Bytes payload, std::string& message);

struct EventMessage {
  TapEvent event;
  std::string_view shown;  // the first bytes of the payload; a view of the message
};
// REQUIRED: write_event() made the message.
[[nodiscard]] EventMessage read_event(std::string_view message);

}  // namespace logsniffd::record_path

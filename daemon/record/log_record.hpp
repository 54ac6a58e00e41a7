// One log message and what is known about it: the value that leaves the record room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/integrity.hpp"
#include "daemon/base/time.hpp"
#include "daemon/record/severity.hpp"

namespace logsniffd::record {

struct Field {
  std::string_view name;
  std::string_view value;
};
inline constexpr std::size_t kMaxFields = 64;  // of a record

// LIFETIME: every view points into the frame, the packet or the batch that the record was made from, and lives as long
// as that. Text views hold the sender's bytes, unvalidated: whoever writes them out escapes them.
struct LogRecord {
  PacketTime captured_at{};
  Flow flow;
  std::string_view interface;  // empty: unknown
  Integrity integrity = Integrity::whole;
  std::optional<Severity> severity;
  std::optional<std::uint8_t> facility;  // 0..23 if set
  std::optional<PacketTime> sent;        // the sender's own time
  std::string_view host;                 // empty: absent, here and below
  std::string_view app;
  std::string_view pid;
  std::string_view msgid;
  std::string_view message;
  std::span<const Field> fields;  // structured data and other named values
};

// What is known of a record that is nothing but its message: so are most lines.
struct BareOrigin {
  PacketTime captured_at;
  const Flow& flow;
  const std::array<char, 16>& interface;  // padded with NULs, at least one (IFNAMSIZ)
  Integrity integrity = Integrity::whole;
};

}  // namespace logsniffd::record

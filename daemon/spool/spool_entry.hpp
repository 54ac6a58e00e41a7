// One entry of a spool on disk: a header and a payload.
//
// LAYOUT  little-endian; u64 checksum (XXH3 of everything that follows, seeded with the segment's number, so that an
//         entry of another segment is not valid here), u32 magic, u32 payload length, u32 records, u32 kind, payload.
//         Another layout gets another magic.
// BOUNDS  kMaxPayload; anything that claims to be longer is not an entry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/bytes.hpp"

namespace logsniffd::spool {

enum class EntryKind : std::uint8_t { records = 1, notice = 2 };

struct SpoolEntry {
  static constexpr std::size_t kHeader = 24;
  static constexpr std::size_t kMaxPayload = 64 << 20;
  static constexpr std::size_t kUsualPayload = 256 << 10;  // once it is this long, no more records are added

  EntryKind kind = EntryKind::records;
  std::uint32_t records = 0;
  std::string_view payload;

  [[nodiscard]] std::size_t size() const { return kHeader + payload.size(); }
};

// Appends the entry to `out`. REQUIRED: the payload is at most kMaxPayload long, and not part of `out`.
void append_entry(const SpoolEntry& entry, std::uint64_t segment, std::string& out);

// The length of the entry that begins with `header`, payload included; nothing if no entry begins like that. REQUIRED:
// kHeader bytes.
[[nodiscard]] std::optional<std::uint64_t> entry_size(Bytes header);

// REQUIRED: `bytes` has the size that entry_size() gave. The payload is a view of `bytes`.
[[nodiscard]] std::optional<SpoolEntry> read_entry(Bytes bytes, std::uint64_t segment);

}  // namespace logsniffd::spool

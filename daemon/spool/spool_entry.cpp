#include "daemon/spool/spool_entry.hpp"

#include <xxhash.h>

#include <cassert>

#include "daemon/base/byte_reader.hpp"
#include "daemon/spool/little_endian.hpp"

namespace logsniffd::spool {
namespace {

constexpr std::size_t kChecksum = sizeof(std::uint64_t);
constexpr std::uint32_t kMagic = 0x3153534c;  // "LSS1"

std::uint64_t checksum_of(std::string_view covered, std::uint64_t segment) {
  return XXH3_64bits_withSeed(covered.data(), covered.size(), segment);
}

}  // namespace

void append_entry(const SpoolEntry& entry, std::uint64_t segment, std::string& out) {
  assert(entry.payload.size() <= SpoolEntry::kMaxPayload);
  const std::size_t begin = out.size();
  append_little(out, std::uint64_t{0});
  append_little(out, kMagic);
  append_little(out, static_cast<std::uint32_t>(entry.payload.size()));
  append_little(out, entry.records);
  append_little(out, static_cast<std::uint32_t>(entry.kind));
  out.append(entry.payload);
  const std::uint64_t checksum = checksum_of(std::string_view(out).substr(begin + kChecksum), segment);
  for (std::size_t i = 0; i < kChecksum; ++i) out[begin + i] = static_cast<char>(checksum >> (8 * i));
}

std::optional<std::uint64_t> entry_size(Bytes header) {
  assert(header.size() == SpoolEntry::kHeader);
  ByteReader reader(header);
  reader.skip(kChecksum);
  const std::uint32_t magic = reader.u32le();
  const std::uint32_t length = reader.u32le();
  if (magic != kMagic || length > SpoolEntry::kMaxPayload) return std::nullopt;
  return SpoolEntry::kHeader + std::uint64_t{length};
}

std::optional<SpoolEntry> read_entry(Bytes bytes, std::uint64_t segment) {
  ByteReader reader(bytes);
  const std::uint64_t checksum = reader.u64le();
  if (!reader.ok() || checksum != checksum_of(as_text(reader.rest()), segment)) return std::nullopt;
  reader.skip(2 * sizeof(std::uint32_t));  // magic and length: see entry_size()
  SpoolEntry entry;
  entry.records = reader.u32le();
  const std::uint32_t kind = reader.u32le();
  entry.payload = as_text(reader.rest());
  const bool known = kind == static_cast<std::uint32_t>(EntryKind::records) ||
                     (kind == static_cast<std::uint32_t>(EntryKind::notice) && entry.records == 0);
  if (!reader.ok() || !known) return std::nullopt;
  entry.kind = static_cast<EntryKind>(kind);
  return entry;
}

}  // namespace logsniffd::spool

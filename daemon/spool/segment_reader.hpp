// Reads the entries of one segment of a spool, from any offset, and skips damage.
//
// An entry with a wrong checksum is skipped if another entry begins right after it. If none does, its length cannot be
// trusted, and the rest of the segment is not read: torn tails and lost sectors look like that.
//
// THREAD    confined to the sink's worker.
// LIFETIME  an entry's payload is valid until the next call.
// BOUNDS    memory: the largest entry (SpoolEntry::kMaxPayload), or kWindow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/base/unique_fd.hpp"
#include "daemon/spool/spool_entry.hpp"

namespace logsniffd::spool {

class SegmentReader {
 public:
  static constexpr std::size_t kWindow = 256 * 1024;

  SegmentReader(UniqueFd file, std::uint64_t segment, std::uint64_t offset)
      : file_(std::move(file)), segment_(segment), offset_(offset), begin_(offset) {}

  // The next entry within the first `limit` bytes of the file; nothing if there is none.
  [[nodiscard]] std::optional<SpoolEntry> next(std::uint64_t limit);

  [[nodiscard]] std::uint64_t begin() const { return begin_; }    // of the latest entry
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // after it, and after everything skipped since
  [[nodiscard]] std::uint64_t skipped_bytes() const { return skipped_bytes_; }
  [[nodiscard]] std::uint64_t skipped_places() const { return skipped_places_; }

 private:
  // That many bytes of the file; fewer if they cannot be read.
  [[nodiscard]] Bytes view(std::uint64_t offset, std::size_t size, std::uint64_t limit);
  [[nodiscard]] std::optional<std::uint64_t> size_at(std::uint64_t offset, std::uint64_t limit);
  void skip_to(std::uint64_t offset);

  UniqueFd file_;
  std::uint64_t segment_;
  std::uint64_t offset_;
  std::uint64_t begin_;
  std::uint64_t skipped_bytes_ = 0;
  std::uint64_t skipped_places_ = 0;
  std::string window_;  // of the file, from window_offset_
  std::uint64_t window_offset_ = 0;
};

}  // namespace logsniffd::spool

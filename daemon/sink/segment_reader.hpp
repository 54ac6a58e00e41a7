// Reads the entries of one segment of a spool, from any offset on, and steps over what is damaged.
//
// One entry whose checksum is wrong is skipped where another begins right behind it. Where none does, the length is not
// to be believed, and nothing of the rest of the segment is read: a torn tail looks like that, and lost sectors do.
//
// THREAD    confined to the sink's worker.
// LIFETIME  an entry's payload lives until the next call.
// BOUNDS    memory: the largest entry (SpoolEntry::kMaxPayload), or kWindow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/base/unique_fd.hpp"
#include "daemon/sink/spool_entry.hpp"

namespace logsniffd::sink {

class SegmentReader {
 public:
  static constexpr std::size_t kWindow = 256 * 1024;

  SegmentReader(UniqueFd file, std::uint64_t segment, std::uint64_t offset)
      : file_(std::move(file)), segment_(segment), offset_(offset), begin_(offset) {}

  // The next entry within the first `limit` bytes of the file; nothing where there is none.
  [[nodiscard]] std::optional<SpoolEntry> next(std::uint64_t limit);

  [[nodiscard]] std::uint64_t begin() const { return begin_; }    // of the entry that came last
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // behind it, and behind what was skipped since
  [[nodiscard]] std::uint64_t skipped_bytes() const { return skipped_bytes_; }
  [[nodiscard]] std::uint64_t skipped_places() const { return skipped_places_; }

 private:
  // That many bytes of the file; fewer where it cannot be read.
  [[nodiscard]] Bytes view(std::uint64_t offset, std::size_t size, std::uint64_t limit);
  [[nodiscard]] std::optional<std::uint64_t> size_at(std::uint64_t offset, std::uint64_t limit);
  void skip_to(std::uint64_t offset);

  UniqueFd file_;
  std::uint64_t segment_;
  std::uint64_t offset_;
  std::uint64_t begin_;
  std::uint64_t skipped_bytes_ = 0;
  std::uint64_t skipped_places_ = 0;
  std::string window_;  // of the file, from window_offset_ on
  std::uint64_t window_offset_ = 0;
};

}  // namespace logsniffd::sink

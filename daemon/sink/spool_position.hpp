// Up to where a spool was delivered, in a small file of its own, so that a restart goes on there.
//
// It is written in place, 40 bytes at once. A torn write is noticed (checksum), and is as good as no position: the
// spool is then delivered from its beginning, so something may come twice, and nothing is lost.
//
// THREAD  confined to the sink's worker.
#pragma once

#include <cstdint>

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::sink {

struct SpoolPosition {
  std::uint64_t segment = 0;  // segments before it are delivered
  std::uint64_t offset = 0;   // into it: entries before it are delivered
  std::uint32_t settled = 0;  // records of the entry at `offset` that are, counted from its first

  bool operator==(const SpoolPosition&) const = default;
};

class SpoolPositionFile {
 public:
  // `directory` is the spool's. Makes the file where it is missing.
  static Expected<SpoolPositionFile> open(int directory);

  [[nodiscard]] SpoolPosition read() const;  // all 0 where none was written
  // False, with errno, where it fails.
  [[nodiscard]] bool write(const SpoolPosition& position);

 private:
  explicit SpoolPositionFile(UniqueFd file) : file_(std::move(file)) {}

  UniqueFd file_;
};

}  // namespace logsniffd::sink

// How far a spool was delivered, in a small file of its own, so that a restart continues there.
//
// It is written in place, 40 bytes in one write. The checksum reveals a torn write, which then counts as no position:
// the spool is delivered from its beginning, so some records may come twice, but none is lost.
//
// THREAD  confined to the sink's worker.
#pragma once

#include <cstdint>

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::spool {

struct SpoolPosition {
  std::uint64_t segment = 0;  // segments before it are delivered
  std::uint64_t offset = 0;   // in that segment: entries before it are delivered
  std::uint32_t settled = 0;  // delivered records of the entry at `offset`, counted from its first

  bool operator==(const SpoolPosition&) const = default;
};

class SpoolPositionFile {
 public:
  // `directory` is the spool's. Makes the file if it is missing.
  static Expected<SpoolPositionFile> open(int directory);

  [[nodiscard]] SpoolPosition read() const;  // all 0 if none was written
  // Returns false, with errno, on failure.
  [[nodiscard]] bool write(const SpoolPosition& position);

 private:
  explicit SpoolPositionFile(UniqueFd file) : file_(std::move(file)) {}

  UniqueFd file_;
};

}  // namespace logsniffd::spool

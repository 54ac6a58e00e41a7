// Counts how many of the open connections each source opened, so that one that floods does not push out
// those of others.
//
// Counts are in buckets by a keyed hash of the address, and sources that share a bucket count together. By chance alone
// a bucket holds about 1/kBuckets of all connections, far below the part that makes a source heavy.
//
// THREAD  confined to its owner.
// BOUNDS  64 KiB, whatever is open.
// COST    one hash per call; nothing per segment.
#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/base/endpoint.hpp"

namespace logsniffd::tcp {

class OpenedBySource {
 public:
  explicit OpenedBySource(std::uint64_t secret) : secret_(secret), counts_(kBuckets) {}

  void opened(const Address& source) { ++counts_[bucket_of(source)]; }
  // REQUIRED: opened() was called for it.
  void closed(const Address& source) { --counts_[bucket_of(source)]; }
  [[nodiscard]] std::uint64_t open(const Address& source) const { return counts_[bucket_of(source)]; }

 private:
  static constexpr std::size_t kBuckets = 16'384;

  [[nodiscard]] std::size_t bucket_of(const Address& source) const {
    return XXH3_64bits_withSeed(source.bytes().data(), source.bytes().size(), secret_) % kBuckets;
  }

  std::uint64_t secret_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace logsniffd::tcp

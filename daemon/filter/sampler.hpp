// Keeps one record of N.
//
// By record, it keeps one of each N records in a row, at a place that differs from row to row: a rhythm in the records
// does not meet one of its own. By flow, a hash of both ends decides, so that a conversation is kept as a whole.
//
// THREAD  confined to its owner.
#pragma once

#include <xxhash.h>

#include <array>
#include <cstring>

#include "daemon/filter/volume.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::filter {

class Sampler {
 public:
  // `secret` prevents a sender from choosing what is kept.
  Sampler(const SampleOptions& options, std::uint64_t secret) : options_(options), secret_(secret) {}

  [[nodiscard]] bool keeps(const record::LogRecord& record) {
    if (options_.by == SampleOptions::By::flow) return hash_of(record.flow) % options_.one_in == 0;
    if (seen_ % options_.one_in == 0) kept_ = seen_ + hash(&seen_, sizeof seen_) % options_.one_in;
    return seen_++ == kept_;
  }

 private:
  [[nodiscard]] std::uint64_t hash(const void* data, std::size_t size) const {
    return XXH3_64bits_withSeed(data, size, secret_);
  }
  [[nodiscard]] std::uint64_t hash_of(const Endpoint& end) const {
    std::array<std::uint8_t, Address::kSize + sizeof end.port> key;
    std::memcpy(key.data(), end.address.bytes().data(), Address::kSize);
    std::memcpy(key.data() + Address::kSize, &end.port, sizeof end.port);
    return hash(key.data(), key.size());
  }
  // The same for both directions.
  [[nodiscard]] std::uint64_t hash_of(const Flow& flow) const { return hash_of(flow.src) + hash_of(flow.dst); }

  SampleOptions options_;
  std::uint64_t secret_;
  std::uint64_t seen_ = 0;
  std::uint64_t kept_ = 0;  // the number of the record to keep in the current row
};

}  // namespace logsniffd::filter

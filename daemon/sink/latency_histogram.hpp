// How long records take from the capture of their packet to the return of the write that put them into the target.
//
// A histogram with log-linear buckets (the door to Boost.Histogram): 1 us wide below 200 us, beyond that at most 1 % of
// their value, up to kLongest. Longer latencies are in one more bucket, which has no upper bound. The bound of a bucket
// belongs to it.
//
// THREAD  add() on one thread; everything else on any. A mutex is taken once for each batch, not for each record.
// CLOCK   both times are of the wall clock. If it was set back in between, a latency is negative, and counts as 0.
// COST    one update for each run of records in the same bucket; no allocation.
// BOUNDS  about 2,700 buckets, 44 KiB.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "daemon/base/time.hpp"
#include "daemon/record/record_batch.hpp"

namespace logsniffd::sink {

// A percentile is the bound of its bucket, but never more than `longest`. All of them are 0 while count is 0.
struct LatencySummary {
  std::uint64_t count = 0;
  Duration p50{};
  Duration p90{};
  Duration p99{};
  Duration longest{};  // exact
};

struct CumulativeLatency {
  std::vector<std::uint64_t> counts;  // one for each bound: the latencies that do not exceed it
  std::uint64_t count = 0;            // of all
  std::chrono::duration<double> sum{};
};

class LatencyHistogram {
 public:
  static constexpr Duration kShortest = std::chrono::microseconds(1);
  static constexpr Duration kLongest = std::chrono::hours(1);

  LatencyHistogram();
  ~LatencyHistogram();
  LatencyHistogram(const LatencyHistogram&) = delete;
  LatencyHistogram& operator=(const LatencyHistogram&) = delete;

  // Adds the first `records` of the batch's records for sink number `index`.
  void add(const record::RecordBatch& batch, unsigned index, std::uint64_t records, PacketTime written_at);

  [[nodiscard]] LatencySummary summary() const;
  // REQUIRED: `bounds` is sorted. A count is exact if its bound has at most two significant digits, or is below 100 us
  // and a multiple of 1 us. For another bound the count leaves out the bucket that the bound lies in.
  [[nodiscard]] CumulativeLatency cumulative(std::span<const Duration> bounds) const;

 private:
  struct Buckets;

  // Huge if it is shorter.
  [[nodiscard]] std::uint64_t beyond_least(Duration latency) const {
    return static_cast<std::uint64_t>((latency - least_).count());
  }
  void find_bucket(Duration latency);

  mutable std::mutex mutex_;  // for all of what follows
  std::unique_ptr<Buckets> buckets_;
  std::uint64_t count_ = 0;
  double sum_ = 0;  // nanoseconds
  Duration longest_{};
  // The bucket of the latest record: the next one is often in it too. It holds latencies from least_ on; in the one
  // without a bound, this is a part of it.
  std::uint64_t* bucket_ = nullptr;
  Duration least_{};
  std::uint64_t window_ = 0;  // nanoseconds
};

}  // namespace logsniffd::sink

#include "daemon/sink/latency_histogram.hpp"

#include <algorithm>
#include <boost/histogram.hpp>
#include <cmath>
#include <limits>
#include <tuple>

namespace logsniffd::sink {
namespace {

namespace bh = boost::histogram;

using Axis = bh::axis::variable<double, bh::axis::null_type, bh::axis::option::overflow_t>;
using Histogram = bh::histogram<std::tuple<Axis>, bh::dense_storage<std::uint64_t>>;

// From one bound to the next: in each decade a hundredth of its beginning, then a fiftieth from 2 on, and a twentieth
// from 5 on.
Duration step_from(Duration bound) {
  Duration decade = 100 * LatencyHistogram::kShortest;
  while (bound >= 10 * decade) decade *= 10;
  if (bound < 2 * decade) return decade / 100;
  return bound < 5 * decade ? decade / 50 : decade / 20;
}

// Bounds belong to the bucket below them. A bucket of the library contains its lower edge, so the edges lie half a
// nanosecond above the bounds, where no latency is.
std::vector<double> edges() {
  std::vector<double> edges{0};
  for (Duration bound = LatencyHistogram::kShortest; bound <= LatencyHistogram::kLongest; bound += step_from(bound)) {
    edges.push_back(static_cast<double>(bound.count()) + 0.5);
  }
  return edges;
}

}  // namespace

struct LatencyHistogram::Buckets {
  Histogram histogram{std::make_tuple(Axis(edges()))};

  [[nodiscard]] const Axis& axis() const { return histogram.axis(); }
  // With the last one, which has no bound.
  [[nodiscard]] int count() const { return axis().size() + 1; }
  [[nodiscard]] std::uint64_t records(int i) const { return histogram.at(i); }
  [[nodiscard]] Duration bound(int i) const {
    return i < axis().size() ? Duration(static_cast<Duration::rep>(axis().value(i + 1))) : Duration::max();
  }
  [[nodiscard]] Duration least(int i) const { return i == 0 ? Duration::zero() : bound(i - 1) + Duration(1); }
};

LatencyHistogram::LatencyHistogram() : buckets_(std::make_unique<Buckets>()) {}

LatencyHistogram::~LatencyHistogram() = default;

// Records that follow each other are often in the same bucket: one update covers such a run.
void LatencyHistogram::add(const record::RecordBatch& batch, unsigned index, std::uint64_t records,
                           PacketTime written_at) {
  const auto is_ours = [index](const record::RecordHeader& header) { return (header.sinks >> index & 1) != 0; };
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < batch.size() && records > 0;) {
    const record::RecordHeader& first = batch.header(i++);
    if (!is_ours(first)) continue;
    const Duration latency = std::max(Duration::zero(), written_at - first.captured_at);
    if (beyond_least(latency) >= window_) find_bucket(latency);
    const PacketTime least_at = written_at - least_;
    std::uint64_t run = 1;
    std::uint64_t most = beyond_least(latency);
    std::uint64_t sum = most;
    for (; i < batch.size() && run < records; ++i, ++run) {
      const record::RecordHeader& next = batch.header(i);
      const auto beyond = static_cast<std::uint64_t>((least_at - next.captured_at).count());
      if (beyond >= window_ || !is_ours(next)) break;
      most = std::max(most, beyond);
      sum += beyond;
    }
    *bucket_ += run;
    count_ += run;
    sum_ += static_cast<double>(least_.count()) * static_cast<double>(run) + static_cast<double>(sum);
    longest_ = std::max(longest_, least_ + Duration(static_cast<Duration::rep>(most)));
    records -= run;
  }
}

void LatencyHistogram::find_bucket(Duration latency) {
  const int i = buckets_->axis().index(static_cast<double>(latency.count()));
  const bool bounded = i < buckets_->axis().size();
  bucket_ = &buckets_->histogram.at(i);
  least_ = bounded ? buckets_->least(i) : latency;
  window_ = static_cast<std::uint64_t>((bounded ? buckets_->bound(i) - least_ : kLongest).count()) + 1;
}

LatencySummary LatencyHistogram::summary() const {
  const std::scoped_lock lock(mutex_);
  LatencySummary summary;
  summary.count = count_;
  summary.longest = longest_;
  struct Wanted {
    std::uint64_t percent;
    Duration& value;
  };
  std::uint64_t below = 0;  // records up to bucket i
  int i = -1;
  for (const Wanted& wanted : {Wanted{50, summary.p50}, Wanted{90, summary.p90}, Wanted{99, summary.p99}}) {
    if (count_ == 0) break;
    const std::uint64_t rank = count_ - count_ * (100 - wanted.percent) / 100;
    while (below < rank) below += buckets_->records(++i);
    wanted.value = std::min(buckets_->bound(i), longest_);
  }
  return summary;
}

CumulativeLatency LatencyHistogram::cumulative(std::span<const Duration> bounds) const {
  CumulativeLatency result;
  result.counts.reserve(bounds.size());
  const std::scoped_lock lock(mutex_);
  result.count = count_;
  result.sum = std::chrono::duration<double, std::nano>(sum_);
  std::uint64_t below = 0;
  int i = 0;
  for (const Duration bound : bounds) {
    for (; i < buckets_->count() && buckets_->bound(i) <= bound; ++i) below += buckets_->records(i);
    result.counts.push_back(below);
  }
  return result;
}

}  // namespace logsniffd::sink

// What the deliveries of one sink show: how long its records took, whether its target takes them, and when it last did.
//
// THREAD   on_delivery() and on_trouble() as DeliveryObserver says; everything else on any.
// HEALTH   failing from the first refusal or failed opening on, until a write without a refusal. A record that is too
//          large, one that the queue dropped, a rotation that failed and damage in a spool say nothing about the target.
// LATENCY  a record that waited in a spool counts when it reaches the target, from its capture on. One that is sent
//          again after a connection broke counts again.
#pragma once

#include <functional>
#include <optional>

#include "daemon/base/counter.hpp"
#include "daemon/sink/delivery.hpp"
#include "daemon/sink/latency_histogram.hpp"
#include "daemon/sink/target_health.hpp"

namespace logsniffd::sink {

class DeliveryWatch final : public DeliveryObserver {
 public:
  using WallClock = std::function<PacketTime()>;

  // `replay`: packets come from a file. Their times are unrelated to the clock, so there are no latencies.
  DeliveryWatch(WallClock wall, bool replay) : wall_(std::move(wall)), replay_(replay), health_(wall_()) {}

  void on_delivery(const record::RecordBatch& batch, unsigned index, const Delivery& delivery) override;
  void on_trouble(std::string_view error) override;

  [[nodiscard]] const LatencyHistogram& latencies() const { return latencies_; }
  [[nodiscard]] SinkHealth health() const { return health_.read(); }
  [[nodiscard]] std::optional<PacketTime> last_write() const;

 private:
  WallClock wall_;
  bool replay_;
  LatencyHistogram latencies_;
  TargetHealth health_;
  Counter last_write_;  // nanoseconds since 1970; 0: none
};

}  // namespace logsniffd::sink

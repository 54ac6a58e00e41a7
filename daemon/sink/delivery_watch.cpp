#include "daemon/sink/delivery_watch.hpp"

#include <string>

#include "daemon/sink/sink.hpp"

namespace logsniffd::sink {

void DeliveryWatch::on_delivery(const record::RecordBatch& batch, unsigned index, const Delivery& delivery) {
  const PacketTime now = wall_();
  if (delivery.written > 0) {
    last_write_.set(static_cast<std::uint64_t>(now.time_since_epoch().count()));
    // If only some were written, the first ones stand for them: records of one batch are captured at about one time.
    if (!replay_) latencies_.add(batch, index, delivery.written, now);
  }
  if (delivery.refused == 0) {
    if (delivery.written > 0) health_.worked(now);
  } else if (delivery.error.empty() && !health_.failing()) {
    health_.failed(now, "records are not taken: " + in_words(delivery.reason));
  } else {
    health_.failed(now, delivery.error);
  }
}

void DeliveryWatch::on_trouble(std::string_view error) {
  if (!error.empty()) health_.failed(wall_(), error);
}

std::optional<PacketTime> DeliveryWatch::last_write() const {
  const std::uint64_t when = last_write_.get();
  if (when == 0) return std::nullopt;
  return PacketTime(Duration(static_cast<Duration::rep>(when)));
}

}  // namespace logsniffd::sink

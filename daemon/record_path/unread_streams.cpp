#include "daemon/record_path/unread_streams.hpp"

#include <algorithm>
#include <utility>

namespace logsniffd::record_path {

UnreadBytes UnreadBytes::of(tcp::Unread why, std::uint64_t bytes) {
  switch (why) {
    case tcp::Unread::late:
      return {.late = bytes};
    case tcp::Unread::after_end:
      return {.after_end = bytes};
    case tcp::Unread::outside_window:
      break;
  }
  return {.outside_window = bytes};
}

UnreadBytes& UnreadBytes::operator+=(const UnreadBytes& more) {
  missing += more.missing;
  late += more.late;
  after_end += more.after_end;
  outside_window += more.outside_window;
  return *this;
}

void UnreadStreams::add(tcp::StreamId stream, const tcp::FlowKey& key, const UnreadBytes& bytes) {
  Loss* least = losses_.data();
  for (Loss& loss : losses_) {
    if (loss.direction == stream.direction && loss.key == key) {
      loss.bytes += bytes;
      return;
    }
    if (loss.bytes.sum() < least->bytes.sum()) least = &loss;
  }
  others_ += least->bytes;
  *least = {key, stream.direction, bytes};
}

UnreadReport UnreadStreams::take() {
  std::sort(losses_.begin(), losses_.end(), [](const Loss& a, const Loss& b) { return a.bytes.sum() > b.bytes.sum(); });
  UnreadReport report;
  report.others = std::exchange(others_, {});
  for (const Loss& loss : losses_) {
    if (loss.bytes.sum() == 0) break;
    if (report.streams.size() < kShown) {
      report.streams.push_back({tcp::flow_of(loss.key, loss.direction), loss.bytes});
    } else {
      report.others += loss.bytes;
    }
  }
  losses_ = {};
  return report;
}

}  // namespace logsniffd::record_path

// Numbers the periods of local time (TZ honoured): the hours, the days from midnight on, the weeks from Monday on;
// periods that divide neither are counted from a Monday in 1970.
//
// Where clocks are set back in autumn, the repeated hour belongs to the period that it repeats.
//
// THREAD  confined to one: the offset from UTC is kept for a quarter of an hour, as zones change at these alone.
#pragma once

#include <cstdint>

#include "daemon/base/time.hpp"

namespace logsniffd::sink {

class LocalPeriods {
 public:
  // REQUIRED: `length` is positive.
  explicit LocalPeriods(Duration length) : length_(length) {}

  [[nodiscard]] std::int64_t index(PacketTime time);
  // Until the period that `time` lies in is over, where no clock is set in the meantime.
  [[nodiscard]] Duration rest(PacketTime time);

 private:
  [[nodiscard]] Duration local(PacketTime time);

  Duration length_;
  PacketTime quarter_ = PacketTime::min();
  Duration offset_{};
};

}  // namespace logsniffd::sink

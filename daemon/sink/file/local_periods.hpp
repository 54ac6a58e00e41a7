// Numbers the periods of local time (TZ honoured): the hours, the days from midnight, the weeks from Monday. Periods
// that divide neither are counted from a Monday in 1970.
//
// When clocks are set back in autumn, the repeated hour belongs to the period that it repeats.
//
// THREAD  confined to one thread. The offset from UTC is cached for a quarter of an hour, as zones change only at
//         quarter hours.
#pragma once

#include <cstdint>

#include "daemon/base/time.hpp"

namespace logsniffd::sink::file {

class LocalPeriods {
 public:
  // REQUIRED: `length` is positive.
  explicit LocalPeriods(Duration length) : length_(length) {}

  [[nodiscard]] std::int64_t index(PacketTime time);
  // The time until the period of `time` is over, if no clock is set in the meantime.
  [[nodiscard]] Duration rest(PacketTime time);

 private:
  [[nodiscard]] Duration local(PacketTime time);

  Duration length_;
  PacketTime quarter_ = PacketTime::min();
  Duration offset_{};
};

}  // namespace logsniffd::sink::file

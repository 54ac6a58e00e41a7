// Whether the target of a sink takes records, as of the latest try.
//
// THREAD  failed() and worked() on the sink's worker, or before it starts; read() on any.
// COST    worked() takes no lock while the target works.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd::sink {

struct SinkHealth {
  bool failing = false;
  PacketTime since{};   // wall clock: when it began to fail, or to work (for a new sink: when it was made)
  std::string trouble;  // the latest reason; empty unless failing
};

class TargetHealth {
 public:
  explicit TargetHealth(PacketTime now) : health_{false, now, {}} {}

  // An empty `trouble` leaves what is known already.
  void failed(PacketTime now, std::string_view trouble);
  void worked(PacketTime now);
  [[nodiscard]] bool failing() const { return health_.failing; }  // on the writer's thread
  [[nodiscard]] SinkHealth read() const;

 private:
  mutable std::mutex mutex_;  // for changes of health_, and for reading it on another thread
  SinkHealth health_;
};

}  // namespace logsniffd::sink

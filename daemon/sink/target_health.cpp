#include "daemon/sink/target_health.hpp"

namespace logsniffd::sink {

// The writer reads what only it changes, so it needs the lock only for changes.
void TargetHealth::failed(PacketTime now, std::string_view trouble) {
  if (health_.failing && (trouble.empty() || trouble == health_.trouble)) return;
  const std::scoped_lock lock(mutex_);
  if (!health_.failing) health_.since = now;
  health_.failing = true;
  if (!trouble.empty()) health_.trouble = trouble;
}

void TargetHealth::worked(PacketTime now) {
  if (!health_.failing) return;
  const std::scoped_lock lock(mutex_);
  health_ = {false, now, {}};
}

SinkHealth TargetHealth::read() const {
  const std::scoped_lock lock(mutex_);
  return health_;
}

}  // namespace logsniffd::sink

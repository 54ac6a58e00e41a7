#include "daemon/tcp/waiting_room.hpp"

namespace logsniffd::tcp {

void WaitingRoom::enter(Wait& wait, PacketTime now) {
  wait.unlink();
  wait.since_ = now;
  wait.acknowledged_ = false;
  patient_.push_back(wait);
}

void WaitingRoom::acknowledged(Wait& wait, PacketTime now) {
  if (wait.acknowledged_) return;
  wait.unlink();
  wait.since_ = now;
  wait.acknowledged_ = true;
  wait.acknowledged_first_ = wait.acked_until;
  acknowledged_.push_back(wait);
}

const Wait* WaitingRoom::expired(PacketTime now) const {
  if (!acknowledged_.empty() && acknowledged_.front().since_ + kAckGrace <= now) return &acknowledged_.front();
  if (!patient_.empty() && patient_.front().since_ + hole_wait_ <= now) return &patient_.front();
  return nullptr;
}

const Wait* WaitingRoom::oldest() const {
  if (!patient_.empty()) return &patient_.front();
  if (!acknowledged_.empty()) return &acknowledged_.front();
  return nullptr;
}

}  // namespace logsniffd::tcp

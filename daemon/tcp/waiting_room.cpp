#include "daemon/tcp/waiting_room.hpp"

#include <algorithm>

namespace logsniffd::tcp {

void Wait::pop_first() {
  const auto first = pieces_.begin();
  held_bytes_ -= first->second.size() + kPieceOverhead;
  pieces_.erase(first);
}

Wait::Held Wait::hold(StreamOffset offset, Bytes payload) {
  Held result;
  // The first piece that ends behind `offset`: the one before the first that starts behind it may reach into the
  // payload.
  auto piece = pieces_.upper_bound(offset);
  if (piece != pieces_.begin()) {
    const auto before = std::prev(piece);
    if (before->first + static_cast<StreamOffset>(before->second.size()) > offset) piece = before;
  }
  while (!payload.empty()) {
    const StreamOffset end = offset + static_cast<StreamOffset>(payload.size());
    const bool covered = piece != pieces_.end() && piece->first <= offset;
    if (covered) {
      const Bytes held = Bytes(piece->second).subspan(static_cast<std::size_t>(offset - piece->first));
      const std::size_t overlap = std::min(held.size(), payload.size());
      result.duplicate += overlap;
      if (!std::equal(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(overlap), payload.begin()))
        ++result.conflicts;
      payload = payload.subspan(overlap);
      offset += static_cast<StreamOffset>(overlap);
      ++piece;
      continue;
    }
    const StreamOffset until = piece == pieces_.end() ? end : std::min(end, piece->first);
    const auto size = static_cast<std::size_t>(until - offset);
    piece = std::next(
        pieces_.emplace_hint(piece, offset, std::vector(payload.begin(), payload.begin() + (until - offset))));
    held_bytes_ += size + kPieceOverhead;
    result.kept += size;
    payload = payload.subspan(size);
    offset = until;
  }
  return result;
}

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

#include "daemon/tcp/held_pieces.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace logsniffd::tcp {
namespace {

// Takes from the start of `payload` what overlaps `held`, which came first. Returns false if they differ.
bool compare(Bytes held, Bytes& payload, HeldPieces::Held& result) {
  const std::size_t overlap = std::min(held.size(), payload.size());
  result.duplicate += overlap;
  const bool same = std::equal(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(overlap), payload.begin());
  if (!same) ++result.conflicts;
  payload = payload.subspan(overlap);
  return same;
}

}  // namespace

HeldPieces::Held HeldPieces::hold(StreamOffset offset, Bytes payload, PacketTime seen_at) {
  Held result;
  bool disputed = false;  // the rest lies behind a conflict
  const StreamOffset end = offset + static_cast<StreamOffset>(payload.size());
  while (!payload.empty()) {
    auto piece = at_or_behind(offset);
    if (piece == pieces_.end() || piece->first > offset) {  // free space before the next piece
      const StreamOffset until = piece == pieces_.end() ? end : std::min(end, piece->first);
      const Bytes fresh = payload.first(static_cast<std::size_t>(until - offset));
      piece = pieces_.emplace_hint(piece, offset, Piece{PieceBytes(memory_, fresh), seen_at, false, disputed});
      charged_bytes_ += charge_of(piece->second);
      result.kept += fresh.size();
      payload = payload.subspan(fresh.size());
      if (payload.empty()) break;
      ++piece;
      offset = until;
    }
    const auto inside = static_cast<std::size_t>(offset - piece->first);
    if (!compare(piece->second.bytes.view().subspan(inside), payload, result)) piece->second.disputed = true;
    offset = grow_over(piece, end, payload, seen_at, result);
    disputed = disputed || result.conflicts > 0;
  }
  return result;
}

// The rest of a payload begins where `piece` ends. The piece grows over those that the payload covers, until one is
// disputed. Returns where the rest begins.
StreamOffset HeldPieces::grow_over(Pieces::iterator piece, StreamOffset end, Bytes& payload, PacketTime seen_at,
                                   Held& result) {
  while (!payload.empty() && !piece->second.disputed) {
    const auto next = std::next(piece);
    const StreamOffset until = next == pieces_.end() ? end : std::min(end, next->first);
    const Bytes fresh = payload.first(static_cast<std::size_t>(until - end_of(*piece)));
    grow(piece, fresh, seen_at);
    result.kept += fresh.size();
    payload = payload.subspan(fresh.size());
    if (payload.empty()) break;
    const bool covered = end_of(*next) <= end;
    if (!compare(next->second.bytes.view(), payload, result)) next->second.disputed = true;
    if (!covered || next->second.disputed) return end_of(*next);
    const Piece swallowed = std::move(next->second);
    charged_bytes_ -= charge_of(swallowed);
    piece = std::prev(pieces_.erase(next));
    grow(piece, swallowed.bytes.view(), swallowed.seen_at);
  }
  return end_of(*piece);
}

bool HeldPieces::first_is_lone() const {
  const auto first = pieces_.begin();
  const auto second = std::next(first);
  return !first->second.grown && (second == pieces_.end() || second->first != end_of(*first));
}

void HeldPieces::pop_first() {
  const auto first = pieces_.begin();
  charged_bytes_ -= charge_of(first->second);
  pieces_.erase(first);
}

// The piece that holds `offset`, otherwise the first after it.
HeldPieces::Pieces::iterator HeldPieces::at_or_behind(StreamOffset offset) {
  const auto behind = pieces_.upper_bound(offset);
  if (behind == pieces_.begin()) return behind;
  const auto before = std::prev(behind);
  return end_of(*before) > offset ? before : behind;
}

void HeldPieces::grow(Pieces::iterator piece, Bytes more, PacketTime seen_at) {
  if (more.empty()) return;
  Piece& grown = piece->second;
  charged_bytes_ -= charge_of(grown);
  grown.bytes.append(more);
  grown.seen_at = std::max(grown.seen_at, seen_at);
  grown.grown = true;
  charged_bytes_ += charge_of(grown);
}

}  // namespace logsniffd::tcp

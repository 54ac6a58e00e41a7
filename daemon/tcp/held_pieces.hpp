// What one direction of a connection sent ahead of its turn: disjoint pieces of payload, sorted by offset.
//
// Of two copies of a byte the first wins. A segment that reaches from one piece over others is merged with them
// into one piece, so that the overlap is compared once. But a piece is disputed after a differing copy arrived, and
// is never merged.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  none of its own: the owner keeps charged_bytes() within the limits.
#pragma once

#include <absl/container/btree_map.h>

#include <cstdint>

#include "daemon/base/bytes.hpp"
#include "daemon/base/time.hpp"
#include "daemon/tcp/piece_memory.hpp"
#include "daemon/tcp/sequence.hpp"

namespace logsniffd::tcp {

class HeldPieces {
 public:
  // The cost of a piece in addition to its block: its part of a tree node that is half full. It is charged so that
  // pieces of one byte cannot evade the limits.
  static constexpr std::uint64_t kPieceOverhead = 96;

  explicit HeldPieces(PieceMemory& memory) : memory_(memory) {}  // must outlive it

  struct Held {
    std::uint64_t kept = 0;       // bytes that were new
    std::uint64_t duplicate = 0;  // bytes that were already held
    std::uint64_t conflicts = 0;  // pieces among them that differ
  };
  // Keeps those bytes of `payload` that are not held yet. REQUIRED: payload is not empty.
  Held hold(StreamOffset offset, Bytes payload, PacketTime seen_at);

  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  [[nodiscard]] std::size_t pieces() const { return pieces_.size(); }
  [[nodiscard]] std::uint64_t charged_bytes() const { return charged_bytes_; }

  // For the first piece and the last. REQUIRED: !empty(). The view is valid until the next change.
  [[nodiscard]] StreamOffset first_offset() const { return pieces_.begin()->first; }
  [[nodiscard]] Bytes first_bytes() const { return pieces_.begin()->second.bytes.view(); }
  [[nodiscard]] PacketTime first_seen_at() const { return pieces_.begin()->second.seen_at; }
  [[nodiscard]] StreamOffset end_offset() const { return end_of(*pieces_.rbegin()); }
  // True if the first piece is of a single segment, and no other piece continues it.
  [[nodiscard]] bool first_is_lone() const;
  // True if a differing copy of the first piece arrived.
  [[nodiscard]] bool first_is_disputed() const { return pieces_.begin()->second.disputed; }
  void pop_first();

 private:
  struct Piece {
    PieceBytes bytes;
    PacketTime seen_at;     // when the last of them was captured
    bool grown = false;     // by a second segment
    bool disputed = false;  // a copy differs
  };
  using Pieces = absl::btree_map<StreamOffset, Piece>;

  static StreamOffset end_of(const Pieces::value_type& piece) {
    return piece.first + static_cast<StreamOffset>(piece.second.bytes.size());
  }
  static std::uint64_t charge_of(const Piece& piece) { return piece.bytes.block_bytes() + kPieceOverhead; }
  Pieces::iterator at_or_behind(StreamOffset offset);
  StreamOffset grow_over(Pieces::iterator piece, StreamOffset end, Bytes& payload, PacketTime seen_at, Held& result);
  void grow(Pieces::iterator piece, Bytes more, PacketTime seen_at);

  PieceMemory& memory_;
  Pieces pieces_;
  std::uint64_t charged_bytes_ = 0;
};

}  // namespace logsniffd::tcp

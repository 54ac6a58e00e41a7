// What one direction of a connection sent ahead of its turn: disjoint pieces of payload, sorted by their offset.
//
// Of two copies of a byte the first wins. A segment that reaches from one piece over others becomes one piece with
// them, so that what overlaps is looked at once; but a piece of which a differing copy came is disputed, and becomes
// one with nothing.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  none of its own: its owner keeps charged_bytes() within the limits.
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
  // What a piece costs beside its block, charged so that pieces of one byte cannot evade the limits: its part of a tree
  // node that is half full.
  static constexpr std::uint64_t kPieceOverhead = 96;

  explicit HeldPieces(PieceMemory& memory) : memory_(memory) {}  // must outlive it

  struct Held {
    std::uint64_t kept = 0;       // bytes that were new
    std::uint64_t duplicate = 0;  // bytes that were held already
    std::uint64_t conflicts = 0;  // pieces among them that differ
  };
  // Keeps what of `payload` is not held yet. REQUIRED: payload is not empty.
  Held hold(StreamOffset offset, Bytes payload, PacketTime seen_at);

  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  [[nodiscard]] std::size_t pieces() const { return pieces_.size(); }
  [[nodiscard]] std::uint64_t charged_bytes() const { return charged_bytes_; }

  // Of the first piece and the last. REQUIRED: !empty(). The view is valid until the next change.
  [[nodiscard]] StreamOffset first_offset() const { return pieces_.begin()->first; }
  [[nodiscard]] Bytes first_bytes() const { return pieces_.begin()->second.bytes.view(); }
  [[nodiscard]] PacketTime first_seen_at() const { return pieces_.begin()->second.seen_at; }
  [[nodiscard]] StreamOffset end_offset() const { return end_of(*pieces_.rbegin()); }
  // Whether the first piece is of a single segment, and no other continues it.
  [[nodiscard]] bool first_is_lone() const;
  // Whether a copy of it came that differs.
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

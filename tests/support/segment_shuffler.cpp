#include "tests/support/segment_shuffler.hpp"

#include <algorithm>

namespace logsniffd::test {
namespace {

// The parts of [0, size) that the pieces, in any order, do not cover.
std::vector<StreamPiece> holes_between(std::vector<StreamPiece> pieces, std::size_t size, std::uint32_t first_seq) {
  std::sort(pieces.begin(), pieces.end(),
            [](const StreamPiece& a, const StreamPiece& b) { return a.offset < b.offset; });
  std::vector<StreamPiece> holes;
  std::size_t covered = 0;
  const auto note = [&](std::size_t until) {
    if (until > covered) holes.push_back({covered, until - covered, first_seq + static_cast<std::uint32_t>(covered)});
  };
  for (const StreamPiece& piece : pieces) {
    note(piece.offset);
    covered = std::max(covered, piece.offset + piece.size);
  }
  note(size);
  return holes;
}

}  // namespace

ShuffledStream SegmentShuffler::shuffle(std::size_t size, const ShufflePlan& plan) {
  ShuffledStream stream;
  stream.pieces = cut(size, plan);
  std::erase_if(stream.pieces, [&](const StreamPiece&) { return chance(plan.lost); });
  stream.holes = holes_between(stream.pieces, size, plan.first_seq);
  repeat_and_delay(stream.pieces, plan);
  return stream;
}

std::vector<StreamPiece> SegmentShuffler::cut(std::size_t size, const ShufflePlan& plan) {
  std::vector<StreamPiece> pieces;
  for (std::size_t next = 0; next < size;) {
    // Senders fill their segments, or send what the application just wrote.
    const std::size_t wanted = chance(400) ? plan.largest : 1 + below(plan.largest);
    const std::size_t end = next + std::min(wanted, size - next);
    const std::size_t again = chance(plan.overlapping) ? below(std::min(next, plan.largest) + 1) : 0;
    const std::size_t offset = next - again;
    pieces.push_back({offset, end - offset, plan.first_seq + static_cast<std::uint32_t>(offset)});
    next = end;
  }
  return pieces;
}

void SegmentShuffler::repeat_and_delay(std::vector<StreamPiece>& pieces, const ShufflePlan& plan) {
  struct Arrival {
    std::size_t place;
    StreamPiece piece;
  };
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    arrivals.push_back({i + below(plan.window + 1), pieces[i]});
    if (chance(plan.duplicated)) arrivals.push_back({i + 1 + below(plan.window + 1), pieces[i]});
  }
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const Arrival& a, const Arrival& b) { return a.place < b.place; });
  pieces.clear();
  for (const Arrival& arrival : arrivals) pieces.push_back(arrival.piece);
}

}  // namespace logsniffd::test

#include "daemon/sink/net/in_flight.hpp"

#include <algorithm>

namespace logsniffd::sink::net {

void InFlight::add(std::uint64_t wire_end) {
  const bool fits = !chunks_.empty() && !chunks_.back().acknowledged_at && wire_end - chunks_.back().begin <= kChunk;
  if (!fits) chunks_.push_back({end_, wire_end, 0, std::nullopt});
  chunks_.back().end = wire_end;
  ++chunks_.back().lines;
  ++lines_;
  end_ = wire_end;
}

void InFlight::acknowledged(std::uint64_t wire_bytes, SteadyTime now) {
  for (Chunk& chunk : chunks_) {
    if (chunk.end > wire_bytes) break;
    if (!chunk.acknowledged_at) chunk.acknowledged_at = now;
  }
  while (!chunks_.empty() && chunks_.front().acknowledged_at) {
    const Chunk& oldest = chunks_.front();
    if (now - *oldest.acknowledged_at < kDoubt && wire_bytes - oldest.end < kDoubtBytes) break;
    lines_ -= oldest.lines;
    chunks_.pop_front();
  }
}

std::uint64_t InFlight::unacknowledged() const {
  std::uint64_t lines = 0;
  for (auto chunk = chunks_.rbegin(); chunk != chunks_.rend() && !chunk->acknowledged_at; ++chunk)
    lines += chunk->lines;
  return lines;
}

void InFlight::clear() {
  chunks_.clear();
  lines_ = 0;
  end_ = 0;
}

}  // namespace logsniffd::sink::net

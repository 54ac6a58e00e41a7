#include "daemon/tcp/gap_memory.hpp"

#include <algorithm>

namespace logsniffd::tcp {

void StreamGaps::add(StreamOffset from, StreamOffset until) {
  if (!gaps_.empty() && gaps_.back().until == from) {
    gaps_.back().until = until;
    return;
  }
  if (gaps_.size() == kGaps) gaps_.erase(gaps_.begin());
  gaps_.push_back({from, until});
}

std::uint64_t StreamGaps::late_bytes(StreamOffset offset, StreamOffset end) const {
  StreamOffset late = 0;
  for (const Gap& gap : gaps_) late += std::max<StreamOffset>(0, std::min(end, gap.until) - std::max(offset, gap.from));
  return static_cast<std::uint64_t>(late);
}

bool StreamGaps::within_long_gap(StreamOffset offset, StreamOffset end, StreamOffset length) const {
  return std::any_of(gaps_.begin(), gaps_.end(), [&](const Gap& gap) {
    return gap.until - gap.from > length && gap.from <= offset && end <= gap.until;
  });
}

Duration StreamGaps::follow(StreamOffset offset, StreamOffset end, StreamOffset expected, PacketTime seen_at) {
  if (offset != run_until_ || expected != run_expected_ || run_bytes() == 0) {
    run_from_ = offset;
    run_expected_ = expected;
    run_since_ = seen_at;
  }
  run_until_ = end;
  return seen_at - run_since_;
}

}  // namespace logsniffd::tcp

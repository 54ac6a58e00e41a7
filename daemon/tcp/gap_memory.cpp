#include "daemon/tcp/gap_memory.hpp"

#include <algorithm>

namespace logsniffd::tcp {

void StreamGaps::add(StreamOffset from, StreamOffset until) {
  if (!gaps_.empty() && gaps_.back().until == from && from != 0) {
    gaps_.back().until = until;
    return;
  }
  if (gaps_.size() == kGaps) gaps_.erase(gaps_.begin());
  gaps_.push_back({from, until});
}

const Gap* StreamGaps::at_or_behind(StreamOffset offset) const {
  const auto found = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& gap) { return gap.until > offset; });
  return found == gaps_.end() ? nullptr : &*found;
}

void StreamGaps::fill(StreamOffset from, StreamOffset until) {
  const auto gap = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& each) { return each.until > from; });
  const Gap before{gap->from, from};
  const Gap behind{until, gap->until};
  if (before.from == before.until && behind.from == behind.until) {
    gaps_.erase(gap);
  } else if (before.from == before.until) {
    *gap = behind;
  } else {
    *gap = before;
    if (behind.from == behind.until) return;
    gaps_.insert(std::next(gap), behind);
    if (gaps_.size() > kGaps) gaps_.erase(gaps_.begin());
  }
}

void StreamGaps::open(StreamOffset from, StreamOffset until) {
  const auto behind = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& each) { return each.until >= from; });
  if (behind != gaps_.end() && behind->until == from && from != 0) {
    behind->until = until;
    return;
  }
  const auto next = std::find_if(behind, gaps_.end(), [&](const Gap& each) { return each.from >= until; });
  gaps_.insert(next, {from, until});
  if (gaps_.size() > kGaps) gaps_.erase(gaps_.begin());
}

void StreamGaps::believe(const Believed& believed) {
  if (believed_.size() == kBelieved) believed_.erase(believed_.begin());
  believed_.push_back(believed);
}

bool StreamGaps::refute(StreamOffset offset, Bytes payload) {
  for (auto believed = believed_.begin(); believed != believed_.end(); ++believed) {
    const StreamOffset known_until = believed->from + static_cast<StreamOffset>(believed->known);
    if (offset < believed->from || offset >= known_until) continue;
    const std::size_t known = std::min(payload.size(), static_cast<std::size_t>(known_until - offset));
    if (std::equal(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(known),
                   believed->first.begin() + (offset - believed->from))) {
      return false;
    }
    const StreamOffset until = believed->until;
    believed_.erase(believed);
    open(offset, until);
    return true;
  }
  return false;
}

bool StreamGaps::follow(StreamOffset offset, StreamOffset end, StreamOffset expected) {
  const bool follows = offset == run_until_ && expected == run_expected_;
  run_until_ = end;
  run_expected_ = expected;
  return follows;
}

void StreamGaps::hint(StreamOffset acked, StreamOffset expected) {
  hinted_until_ = acked;
  hinted_at_ = expected;
}

StreamOffset StreamGaps::hinted_until(StreamOffset expected) const {
  return hinted_at_ == expected ? hinted_until_ : expected;
}

}  // namespace logsniffd::tcp

#include "daemon/filter/volume_control.hpp"

#include <algorithm>
#include <utility>

namespace logsniffd::filter {

void VolumeControl::configure(const std::vector<FilterOptions>& filters) {
  std::vector<State> before = std::exchange(states_, {});
  acting_ = 0;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const VolumeOptions& volume = filters[i].volume;
    if (volume.any()) acting_ |= FilterMask{1} << i;
    State& state = states_.emplace_back(State{filters[i].name, {}, volume.repeat, {}});
    if (volume.sample) state.sampler.emplace(*volume.sample, secret_);
    if (!volume.rate) continue;
    const auto same = std::find_if(before.begin(), before.end(), [&](const State& old) {
      return old.name == state.name && old.limiter && old.limiter->options() == *volume.rate;
    });
    if (same != before.end()) {
      state.limiter = std::move(same->limiter);
    } else {
      state.limiter.emplace(*volume.rate);
    }
  }
}

RouteVerdict VolumeControl::admit(std::uint16_t filter, const record::LogRecord& record, std::uint32_t stream,
                                  PacketTime now, NoteObserver& observer) {
  now = latest_ = std::max(latest_, now);
  State& state = states_[filter];
  if (state.sampler && !state.sampler->keeps(record)) return RouteVerdict::sampled;
  if (state.repeat && folder_.folds(filter, *state.repeat, record, stream, now, observer)) {
    next_due_ = std::min(next_due_, *folder_.due());
    return RouteVerdict::repeated;
  }
  if (state.limiter && !state.limiter->admits(record, now)) {
    next_due_ = std::min(next_due_, *state.limiter->note_due());
    return RouteVerdict::limited;
  }
  return RouteVerdict::routed;
}

void VolumeControl::write_due(PacketTime now, NoteObserver& observer) {
  folder_.expire(now, observer);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    std::optional<RateLimiter>& limiter = states_[i].limiter;
    if (!limiter) continue;
    if (const auto due = limiter->note_due(); due && *due <= now) {
      limiter->write_note(static_cast<std::uint16_t>(i), observer);
    }
  }
  find_next_due();
}

void VolumeControl::find_next_due() {
  next_due_ = folder_.due().value_or(PacketTime::max());
  for (const State& state : states_) {
    const auto due = state.limiter ? state.limiter->note_due() : std::nullopt;
    if (due) next_due_ = std::min(next_due_, *due);
  }
}

void VolumeControl::finish(NoteObserver& observer) {
  folder_.finish(observer);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i].limiter) states_[i].limiter->write_note(static_cast<std::uint16_t>(i), observer);
  }
  next_due_ = PacketTime::max();
}

}  // namespace logsniffd::filter

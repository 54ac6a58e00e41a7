#include "daemon/base/own_flows.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace logsniffd {

std::uint64_t OwnFlows::key_of(const Flow& flow) {
  std::array<std::uint8_t, 1 + 2 * (sizeof flow.src.port + Address::kSize)> bytes;
  std::uint8_t* to = bytes.data();
  *to++ = static_cast<std::uint8_t>(flow.transport);
  for (const Endpoint& end : {std::min(flow.src, flow.dst), std::max(flow.src, flow.dst)}) {
    std::memcpy(to, &end.port, sizeof end.port);
    std::memcpy(to + sizeof end.port, end.address.bytes().data(), Address::kSize);
    to += sizeof end.port + Address::kSize;
  }
  return XXH3_64bits(bytes.data(), bytes.size()) | 1;
}

OwnFlows::Entry OwnFlows::add(const Flow& flow) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < kFlows; ++i) {
    if (slots_[i].load(std::memory_order_relaxed) != 0 && is_held(i)) continue;
    slots_[i].store(0, std::memory_order_release);
    ended_[i].store(kOpen, std::memory_order_release);
    slots_[i].store(key_of(flow), std::memory_order_release);
    if (i >= used_.load(std::memory_order_relaxed)) used_.store(i + 1, std::memory_order_release);
    return {&slots_[i], End{this}};
  }
  return {nullptr, End{this}};
}

bool OwnFlows::finds(std::uint64_t key, std::size_t used) const {
  for (std::size_t i = 0; i < used; ++i) {
    if (slots_[i].load(std::memory_order_acquire) == key && is_held(i)) return true;
  }
  return false;
}

bool OwnFlows::is_held(std::size_t slot) const {
  const SteadyTime ended = ended_[slot].load(std::memory_order_acquire);
  return ended == kOpen || now_() - ended < kLinger;
}

void OwnFlows::end(Slot* slot) {
  ended_[static_cast<std::size_t>(slot - slots_.data())].store(now_(), std::memory_order_release);
}

OwnFlows& own_flows() {
  static OwnFlows flows;
  return flows;
}

}  // namespace logsniffd

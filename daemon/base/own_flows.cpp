#include "daemon/base/own_flows.hpp"

#include <xxhash.h>

#include <cstring>
#include <utility>

namespace logsniffd {
namespace {

using PackedEnd = std::array<std::uint8_t, Address::kSize + sizeof(Endpoint::port)>;

PackedEnd packed(const Endpoint& end) {
  PackedEnd bytes;
  std::memcpy(bytes.data(), end.address.bytes().data(), Address::kSize);
  std::memcpy(bytes.data() + Address::kSize, &end.port, sizeof end.port);
  return bytes;
}

}  // namespace

std::uint64_t OwnFlows::key_of(const Flow& flow) {
  std::array<PackedEnd, 2> ends{packed(flow.src), packed(flow.dst)};
  if (std::memcmp(ends[1].data(), ends[0].data(), sizeof(PackedEnd)) < 0) std::swap(ends[0], ends[1]);
  return XXH3_64bits_withSeed(ends.data(), sizeof ends, static_cast<std::uint64_t>(flow.transport)) | 1;
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

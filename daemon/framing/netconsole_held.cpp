#include "daemon/framing/netconsole_held.hpp"

#include <iterator>

namespace logsniffd::framing {
namespace {

constexpr std::uint64_t kCost =
    sizeof(HeldNetconsole) + 6 * sizeof(void*) + SourceShare::kSourceBytes;  // including its node and its places

}  // namespace

HeldNetconsoles::~HeldNetconsoles() {
  for (HeldNetconsole& held : list_) share_.remove(held);
}

HeldNetconsoles::Place HeldNetconsoles::add(NetconsoleSender& sender, std::uint64_t seq, const RecordOrigin& origin) {
  if (spares_.empty()) spares_.emplace_back();
  list_.splice(list_.end(), spares_, spares_.begin());
  const Place held = std::prev(list_.end());
  held->sender = &sender;
  held->seq = seq;
  held->origin = origin;
  held->waits_since = origin.seen_at;
  held->integrity = Integrity::whole;
  held->datagrams = 0;
  held->fragmented = false;
  held->charged_bytes = 0;
  share_.add(*held, origin.flow.src.address, 0);
  return held;
}

void HeldNetconsoles::count(Place held, std::uint64_t datagrams) {
  held->datagrams += datagrams;
  datagrams_.add(datagrams);
  bytes_.subtract(held->charged_bytes);
  held->charged_bytes = kCost + held->bytes.capacity() + held->dictionary.capacity() + held->fragments.capacity_bytes();
  bytes_.add(held->charged_bytes);
  share_.resize(*held, held->charged_bytes);
}

void HeldNetconsoles::renew(Place held, PacketTime now) {
  held->waits_since = now;
  share_.renew(*held);
  list_.splice(list_.end(), list_, held);
}

void HeldNetconsoles::take(Place held, List& taken) {
  datagrams_.subtract(held->datagrams);
  bytes_.subtract(held->charged_bytes);
  share_.remove(*held);
  taken.splice(taken.begin(), list_, held);
}

void HeldNetconsoles::give_back(List& taken) {
  if (spares_.size() >= kSpares) return;
  HeldNetconsole& done = taken.front();
  const std::size_t buffers = done.bytes.capacity() + done.dictionary.capacity() + done.fragments.capacity_bytes();
  if (buffers > kSpareBytes) {
    done.bytes = Buffer();
    done.dictionary = Buffer();
    done.fragments.release();
  }
  spares_.splice(spares_.begin(), taken);
}

}  // namespace logsniffd::framing

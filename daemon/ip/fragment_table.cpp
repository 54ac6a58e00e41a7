#include "daemon/ip/fragment_table.hpp"

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>

#include <algorithm>
#include <list>
#include <map>
#include <random>
#include <vector>

#include "daemon/base/source_share.hpp"
#include "daemon/ip/extension_headers.hpp"

namespace logsniffd::ip {
namespace {

constexpr std::size_t kLargestDatagram = 65'535;
static_assert((kLargestDatagram + 7) / 8 == kMaxFragments);  // follows from the rules of malformed() and fit()

struct Key {
  Address src;
  Address dst;
  std::uint32_t identification;
  std::uint8_t protocol;  // 0 for IPv6

  bool operator==(const Key&) const = default;
};

struct KeyHash {
  std::uint64_t secret;  // so that a sender cannot choose collisions

  std::size_t operator()(const Key& key) const {
    return absl::HashOf(secret, key.src, key.dst, key.identification, key.protocol);
  }
};

Key key_of(const Datagram& fragment) {
  const std::uint8_t protocol = fragment.src.is_ipv4() ? fragment.protocol : std::uint8_t{0};
  return {fragment.src, fragment.dst, fragment.fragment->identification, protocol};
}

using Parts = std::map<std::uint32_t, std::vector<std::uint8_t>>;  // by offset, never overlapping

// A datagram that waits for its missing fragments. A refused one holds none and refuses those that follow.
struct Pending : SourceShare::Held {
  Pending(const Key& whose, PacketTime seen_at) : key(whose), first_seen(seen_at) {}

  Key key;
  PacketTime first_seen;
  Parts parts = {};
  std::uint64_t received = 0;              // bytes in parts
  std::optional<std::uint32_t> size = {};  // known once the last fragment was seen
  std::uint8_t protocol = 0;               // from the fragment at offset 0
  bool refused = false;
};

using Arrivals = std::list<Pending>;  // oldest first
using ByKey = absl::flat_hash_map<Key, Arrivals::iterator, KeyHash>;

// The cost of one entry in addition to its payload. A list or map node has up to four words before its value, and an
// allocation two words before it; the slots of a hash table are half empty just after it grew.
constexpr std::size_t kNodeOverhead = 6 * sizeof(void*);
constexpr std::size_t kDatagramCost =
    sizeof(Pending) + kNodeOverhead + 2 * (sizeof(ByKey::value_type) + 1) + SourceShare::kSourceBytes;
constexpr std::size_t kPartCost = sizeof(Parts::value_type) + kNodeOverhead + 2 * sizeof(void*);

std::uint64_t cost(const Pending& pending) {
  return kDatagramCost + pending.parts.size() * kPartCost + pending.received;
}

bool malformed(const Datagram& fragment) {
  const std::size_t size = fragment.payload.size();
  return size == 0 || fragment.missing_bytes != 0 || fragment.fragment->offset + size > kLargestDatagram ||
         (fragment.fragment->more_fragments && size % 8 != 0);
}

enum class Fit { fits, duplicate, conflict };

// How a fragment relates to those already held.
Fit fit(const Pending& pending, const Datagram& fragment) {
  const std::uint32_t begin = fragment.fragment->offset;
  const std::size_t end = begin + fragment.payload.size();
  const bool last = !fragment.fragment->more_fragments;
  const auto next = pending.parts.lower_bound(begin);
  if (next != pending.parts.end() && next->first == begin) {
    const bool ends_it = pending.size == end;
    return ends_it == last && std::ranges::equal(next->second, fragment.payload) ? Fit::duplicate : Fit::conflict;
  }
  if (next != pending.parts.end() && (last || next->first < end)) return Fit::conflict;
  if (next != pending.parts.begin()) {
    const auto& [offset, bytes] = *std::prev(next);
    if (offset + bytes.size() > begin) return Fit::conflict;
  }
  // Nothing may lie after the end. A second end is a conflict; so is a fragment that crosses the end or, with more to
  // follow, touches it.
  if (pending.size && (last || end >= *pending.size)) return Fit::conflict;
  return Fit::fits;
}

}  // namespace

struct FragmentTable::State {
  explicit State(FragmentLimits given)
      : limits(given), by_key(0, KeyHash{std::random_device{}()}), share(std::random_device{}()) {}
  ~State() {
    for (Pending& pending : arrivals) share.remove(pending);
  }

  // Forgets any datagram; its fragments are counted as `reason`.
  void discard(Arrivals::iterator pending, Counter& reason) {
    reason.add(pending->parts.size());
    forget(pending);
  }

  void forget(Arrivals::iterator pending) {
    release(*pending);
    share.remove(*pending);
    by_key.erase(pending->key);
    arrivals.erase(pending);
  }

  void release(const Pending& pending) {
    counters.held.set(counters.held.get() - pending.parts.size());
    counters.held_bytes.set(counters.held_bytes.get() - cost(pending));
  }

  // Keeps only the refusal (RFC 5722: fragments not yet received are discarded, too).
  void refuse(Pending& pending, Counter& reason) {
    reason.add(pending.parts.size());
    release(pending);
    pending.parts.clear();
    pending.received = 0;
    pending.refused = true;
    counters.held_bytes.add(cost(pending));
    share.resize(pending, cost(pending));
  }

  // Discards the oldest datagrams, or those of a source that holds too much, until `bytes` more fit. False if they
  // never will, or if `keep` itself was discarded.
  bool make_room(std::uint64_t bytes, Arrivals::iterator keep) {
    while (counters.held_bytes.get() + bytes > limits.bytes) {
      if (arrivals.empty()) return false;
      SourceShare::Held* const heavy = share.gives_way();
      const auto goes = heavy == nullptr ? arrivals.begin() : by_key.at(static_cast<Pending*>(heavy)->key);
      const bool kept_goes = keep == goes;
      discard(goes, heavy == nullptr ? counters.discarded_limit : counters.discarded_share);
      if (kept_goes) return false;
    }
    return true;
  }

  Arrivals::iterator begin_datagram(const Key& key, PacketTime seen_at) {
    const auto pending = arrivals.emplace(arrivals.end(), key, seen_at);
    by_key.emplace(key, pending);
    counters.held_bytes.add(cost(*pending));
    share.add(*pending, key.src, cost(*pending));
    return pending;
  }

  void keep(Pending& pending, const Datagram& fragment) {
    const FragmentInfo& info = *fragment.fragment;
    pending.parts.emplace(info.offset, std::vector<std::uint8_t>(fragment.payload.begin(), fragment.payload.end()));
    pending.received += fragment.payload.size();
    if (!info.more_fragments) pending.size = info.offset + static_cast<std::uint32_t>(fragment.payload.size());
    if (info.offset == 0) pending.protocol = fragment.protocol;
    counters.held.add();
    counters.held_bytes.add(kPartCost + fragment.payload.size());
    share.resize(pending, cost(pending));
  }

  std::optional<Datagram> put_together(Arrivals::iterator pending);

  FragmentLimits limits;
  FragmentCounters counters;
  Arrivals arrivals;
  ByKey by_key;
  SourceShare share;
  std::vector<std::uint8_t> whole;  // holds the payload of the last datagram returned
};

// REQUIRED: no part is missing. Its fragments leave the table.
std::optional<Datagram> FragmentTable::State::put_together(Arrivals::iterator pending) {
  whole.clear();
  for (const auto& [offset, bytes] : pending->parts) whole.insert(whole.end(), bytes.begin(), bytes.end());
  ByteReader reader{Bytes(whole)};
  ExtensionWalk walk{.protocol = pending->protocol};
  if (!pending->key.src.is_ipv4()) walk = walk_extension_headers(reader, pending->protocol);
  if (walk.verdict != IpVerdict::datagram || walk.fragment) {  // hosts do not send a fragment within a fragment
    discard(pending, counters.discarded_malformed);
    return std::nullopt;
  }
  Datagram datagram;
  datagram.src = pending->key.src;
  datagram.dst = pending->key.dst;
  datagram.protocol = walk.protocol;
  datagram.payload = reader.rest();
  counters.datagrams.add();
  discard(pending, counters.absorbed);
  return datagram;
}

FragmentTable::FragmentTable(FragmentLimits limits) : state_(std::make_unique<State>(limits)) {}
FragmentTable::~FragmentTable() = default;

void FragmentTable::set_limits(FragmentLimits limits) { state_->limits = limits; }

std::optional<Datagram> FragmentTable::add(const Datagram& fragment, PacketTime seen_at) {
  State& state = *state_;
  FragmentCounters& counters = state.counters;
  expire(seen_at);
  counters.fragments.add();
  if (malformed(fragment)) {
    counters.discarded_malformed.add();
    return std::nullopt;
  }
  const Key key = key_of(fragment);
  const auto found = state.by_key.find(key);
  auto pending = found == state.by_key.end() ? state.arrivals.end() : found->second;
  const bool known = pending != state.arrivals.end();
  if (known) {
    const Fit how = pending->refused ? Fit::conflict : fit(*pending, fragment);
    if (how == Fit::duplicate) {
      counters.duplicate.add();
      return std::nullopt;
    }
    if (how == Fit::conflict) {
      counters.discarded_overlap.add();
      state.refuse(*pending, counters.discarded_overlap);
      return std::nullopt;
    }
  }
  if (!state.make_room(kPartCost + fragment.payload.size() + (known ? 0 : kDatagramCost), pending)) {
    counters.discarded_limit.add();
    return std::nullopt;
  }
  if (!known) pending = state.begin_datagram(key, seen_at);
  state.keep(*pending, fragment);
  if (pending->size != pending->received) return std::nullopt;
  return state.put_together(pending);
}

void FragmentTable::expire(PacketTime now) {
  Arrivals& arrivals = state_->arrivals;
  while (!arrivals.empty() && now - arrivals.front().first_seen > state_->limits.wait) {
    state_->discard(arrivals.begin(), state_->counters.discarded_timeout);
  }
}

void FragmentTable::finish() {
  while (!state_->arrivals.empty()) state_->discard(state_->arrivals.begin(), state_->counters.discarded_unfinished);
}

const FragmentCounters& FragmentTable::counters() const { return state_->counters; }

}  // namespace logsniffd::ip

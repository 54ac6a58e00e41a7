#include "daemon/framing/gelf_chunks.hpp"

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>

#include <algorithm>
#include <iterator>
#include <list>
#include <random>
#include <vector>

#include "daemon/base/byte_reader.hpp"
#include "daemon/base/source_share.hpp"

namespace logsniffd::framing {
namespace {

struct Key {
  Flow flow;
  std::uint64_t id;

  bool operator==(const Key&) const = default;
};

struct KeyHash {
  std::uint64_t secret;  // so that a sender cannot choose collisions

  std::size_t operator()(const Key& key) const {
    const Flow& flow = key.flow;
    return absl::HashOf(secret, flow.src.address, flow.src.port, flow.dst.address, flow.dst.port, key.id);
  }
};

struct Chunk {
  std::uint64_t id = 0;
  std::uint8_t number = 0;
  std::uint8_t count = 0;
  Bytes payload;
};

std::optional<Chunk> read_chunk(Bytes bytes) {
  ByteReader reader(bytes);
  Chunk chunk;
  reader.skip(2);
  chunk.id = std::uint64_t{reader.u32be()} << 32;
  chunk.id |= reader.u32be();
  chunk.number = reader.u8();
  chunk.count = reader.u8();
  chunk.payload = reader.rest();
  if (!reader.ok() || chunk.payload.empty() || chunk.count > kMaxGelfChunks || chunk.number >= chunk.count) {
    return std::nullopt;
  }
  return chunk;
}

// Where the payload of a chunk lies in the bytes of its message, which are in the order of arrival.
struct Part {
  std::size_t offset = 0;
  std::size_t size = 0;  // 0: not received yet
};

std::size_t wire_size(const Chunk& chunk) { return kGelfChunkHeader + chunk.payload.size(); }

// A message that waits for its missing chunks.
struct Pending : SourceShare::Held {
  Key key;
  PacketTime first_seen;
  std::vector<Part> parts;   // by sequence number
  std::size_t received = 0;  // chunks
  bool in_order = true;      // so far the bytes are those of the message
  std::vector<std::uint8_t> bytes;
};

using Arrivals = std::list<Pending>;  // oldest first
using ByKey = absl::flat_hash_map<Key, Arrivals::iterator, KeyHash>;

// What one entry costs in addition to its payload: a list node has two words before its value and an allocation two
// before it; the slots of a hash table are half empty just after it grew. Its parts are counted as if all were used.
constexpr std::size_t kMessageCost = sizeof(Pending) + 4 * sizeof(void*) + 2 * (sizeof(ByKey::value_type) + 1) +
                                     SourceShare::kSourceBytes + kMaxGelfChunks * sizeof(Part) + 4 * sizeof(void*);

std::uint64_t wire_bytes(const Pending& pending) { return pending.bytes.size() + pending.received * kGelfChunkHeader; }

// The smallest capacity that its bytes can grow to for the next chunk.
std::size_t capacity_for(const Pending& pending, const Chunk& chunk) {
  const std::size_t needed = pending.bytes.size() + chunk.payload.size();
  const std::size_t capacity = pending.bytes.capacity();
  return needed <= capacity ? capacity : std::max(needed, 2 * capacity);
}

std::uint64_t cost(const Pending& pending) { return kMessageCost + pending.bytes.capacity(); }

}  // namespace

struct GelfChunks::State {
  explicit State(GelfChunkLimits given)
      : limits(given), by_key(0, KeyHash{std::random_device{}()}), share(std::random_device{}()) {}
  ~State() {
    for (Pending& pending : arrivals) share.remove(pending);
  }

  // Removes the message from the table, and all that is counted for it. The caller decides what becomes of it.
  void forget(Arrivals::iterator pending) {
    counters.held_bytes.subtract(wire_bytes(*pending));
    counters.memory_bytes.subtract(cost(*pending));
    counters.waiting.subtract(1);
    share.remove(*pending);
    by_key.erase(pending->key);
  }

  void discard(Arrivals::iterator pending, Counter& reason) {
    reason.add(wire_bytes(*pending));
    counters.incomplete.add();
    forget(pending);
    recycle(arrivals, pending);
  }

  // Keeps its buffers for other messages if they have a common size.
  void recycle(Arrivals& from, Arrivals::iterator done) {
    if (spares.size() < kSpares && done->bytes.capacity() <= kSpareBytes) {
      spares.splice(spares.begin(), from, done);
    } else {
      from.erase(done);
    }
  }

  // Discards the oldest messages (of the source that holds too much, if there is one) until `bytes` more bytes and
  // `messages` more messages fit. Returns false if they never will, or if `keep` itself had to go.
  bool make_room(std::uint64_t bytes, std::uint64_t messages, Arrivals::iterator keep) {
    while (counters.memory_bytes.get() + bytes > limits.bytes || arrivals.size() + messages > limits.messages) {
      if (arrivals.empty()) return false;
      SourceShare::Held* const heavy = share.gives_way();
      const auto goes = heavy == nullptr ? arrivals.begin() : by_key.at(static_cast<Pending*>(heavy)->key);
      const bool kept_goes = keep == goes;
      discard(goes, heavy == nullptr ? counters.discarded_limit_bytes : counters.discarded_share_bytes);
      if (kept_goes) return false;
    }
    return true;
  }

  // Uses a spare message if it fits within the limit.
  void take_spare(std::size_t payload) {
    const bool fits =
        !spares.empty() &&
        counters.memory_bytes.get() + kMessageCost + std::max(payload, spares.front().bytes.capacity()) <= limits.bytes;
    if (fits) {
      arrivals.splice(arrivals.end(), spares, spares.begin());
    } else {
      arrivals.emplace_back();
    }
  }

  Arrivals::iterator begin_message(const Key& key, const Chunk& chunk, PacketTime seen_at) {
    take_spare(chunk.payload.size());
    const auto pending = std::prev(arrivals.end());
    pending->key = key;
    pending->first_seen = seen_at;
    pending->parts.assign(chunk.count, Part{});
    pending->received = 0;
    pending->in_order = true;
    pending->bytes.clear();
    by_key.emplace(key, pending);
    counters.memory_bytes.add(cost(*pending));
    share.add(*pending, key.flow.src.address, cost(*pending));
    counters.waiting.add();
    return pending;
  }

  void keep(Pending& pending, const Chunk& chunk) {
    const std::uint64_t before = pending.bytes.capacity();
    pending.in_order = pending.in_order && chunk.number == pending.received;
    pending.parts[chunk.number] = {pending.bytes.size(), chunk.payload.size()};
    pending.bytes.reserve(capacity_for(pending, chunk));
    pending.bytes.insert(pending.bytes.end(), chunk.payload.begin(), chunk.payload.end());
    ++pending.received;
    counters.held_bytes.add(wire_size(chunk));
    counters.memory_bytes.add(pending.bytes.capacity() - before);
    share.resize(pending, cost(pending));
  }

  // REQUIRED: no chunk is missing.
  Bytes deliver(Arrivals::iterator pending) {
    counters.delivered_bytes.add(wire_bytes(*pending));
    counters.messages.add();
    forget(pending);
    delivered.splice(delivered.begin(), arrivals, pending);
    if (pending->in_order) return pending->bytes;
    reordered.clear();
    for (const Part& part : pending->parts) {
      const Bytes bytes = Bytes(pending->bytes).subspan(part.offset, part.size);
      reordered.insert(reordered.end(), bytes.begin(), bytes.end());
    }
    return reordered;
  }

  GelfChunkLimits limits;
  GelfChunkCounters counters;
  Arrivals arrivals;
  Arrivals spares;
  Arrivals delivered;  // the last message returned, if any
  std::vector<std::uint8_t> reordered;
  ByKey by_key;
  SourceShare share;
};

GelfChunks::GelfChunks(GelfChunkLimits limits) : state_(std::make_unique<State>(limits)) {}
GelfChunks::~GelfChunks() = default;

void GelfChunks::set_limits(GelfChunkLimits limits) { state_->limits = limits; }

std::optional<Bytes> GelfChunks::add(const Flow& flow, Bytes bytes, bool cut_short, PacketTime seen_at) {
  State& state = *state_;
  GelfChunkCounters& counters = state.counters;
  if (!state.delivered.empty()) state.recycle(state.delivered, state.delivered.begin());
  expire(seen_at);
  counters.chunks.add();
  counters.seen_bytes.add(bytes.size());
  const std::optional<Chunk> chunk = cut_short ? std::nullopt : read_chunk(bytes);
  const Key key{flow, chunk ? chunk->id : 0};
  const auto found = chunk ? state.by_key.find(key) : state.by_key.end();
  const bool known = found != state.by_key.end();
  auto pending = known ? found->second : state.arrivals.end();
  if (!chunk || (known && pending->parts.size() != chunk->count)) {
    counters.discarded_malformed_bytes.add(bytes.size());
    return std::nullopt;
  }
  if (known && pending->parts[chunk->number].size != 0) {
    counters.duplicate_bytes.add(bytes.size());
    return std::nullopt;
  }
  const std::size_t growth =
      known ? capacity_for(*pending, *chunk) - pending->bytes.capacity() : kMessageCost + chunk->payload.size();
  if (!state.make_room(growth, known ? 0 : 1, pending)) {
    counters.discarded_limit_bytes.add(bytes.size());
    return std::nullopt;
  }
  if (!known) pending = state.begin_message(key, *chunk, seen_at);
  state.keep(*pending, *chunk);
  if (pending->received != pending->parts.size()) return std::nullopt;
  return state.deliver(pending);
}

void GelfChunks::expire(PacketTime now) {
  Arrivals& arrivals = state_->arrivals;
  while (!arrivals.empty() && now - arrivals.front().first_seen > state_->limits.wait) {
    state_->discard(arrivals.begin(), state_->counters.discarded_timeout_bytes);
  }
}

void GelfChunks::finish() {
  State& state = *state_;
  while (!state.arrivals.empty()) state.discard(state.arrivals.begin(), state.counters.discarded_unfinished_bytes);
}

const GelfChunkCounters& GelfChunks::counters() const { return state_->counters; }

}  // namespace logsniffd::framing

#include "daemon/framing/pending_records.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace logsniffd::framing {
namespace {

// Packet times may lie at the ends of the representable range.
PacketTime add(PacketTime time, Duration duration) {
  Duration::rep sum = 0;
  if (__builtin_add_overflow(time.time_since_epoch().count(), duration.count(), &sum)) {
    sum = std::numeric_limits<Duration::rep>::max();  // durations here are not negative
  }
  return PacketTime(Duration(sum));
}

// From `now` to `due`; zero if that is over.
Duration left(PacketTime due, PacketTime now) {
  Duration::rep difference = 0;
  if (due <= now) return Duration::zero();
  if (__builtin_sub_overflow(due.time_since_epoch().count(), now.time_since_epoch().count(), &difference)) {
    difference = std::numeric_limits<Duration::rep>::max();
  }
  return Duration(difference);
}

}  // namespace

PendingRecord* PendingRecords::find(JoinKey key) {
  const auto found = numbers_.find(key);
  return found == numbers_.end() ? nullptr : &pool_[found->second];
}

PendingRecord* PendingRecords::open(const RecordOrigin& origin) {
  if (!charge(kPendingCost)) return nullptr;
  const std::uint32_t number = pool_.acquire();
  numbers_.emplace(origin.key, number);
  PendingRecord& record = pool_[number];
  record.origin = origin;
  record.number = number;
  record.queue = kNoQueue;
  return &record;
}

void PendingRecords::close(PendingRecord& record) {
  leave_queue(record);
  empty(record);
  give_back(take_doubtful(record));
  numbers_.erase(record.origin.key);
  held_bytes_.subtract(kPendingCost);
  pool_.release(record.number);
}

bool PendingRecords::reserve(PendingRecord& record, std::size_t bytes) { return grow(record.text, bytes); }

bool PendingRecords::grow(Buffer& buffer, std::size_t bytes) {
  const std::size_t capacity = buffer.capacity();
  if (bytes <= capacity) return true;
  const std::size_t wanted = BufferShelf::capacity_for(bytes);
  if (!charge(wanted - capacity)) return false;
  Buffer larger = shelf_.take(wanted);
  larger.assign(buffer.begin(), buffer.end());
  shelf_.give(std::exchange(buffer, std::move(larger)));
  return true;
}

bool PendingRecords::add_doubtful(PendingRecord& record, Bytes line, PacketTime seen_at) {
  if (!grow(record.doubtful.buffer(), record.doubtful.held_with(line))) return false;
  record.doubtful.add(line, seen_at);
  return true;
}

DoubtfulLines PendingRecords::take_doubtful(PendingRecord& record) {
  return std::exchange(record.doubtful, DoubtfulLines());
}

void PendingRecords::give_back(DoubtfulLines lines) {
  held_bytes_.subtract(lines.buffer().capacity());
  shelf_.give(std::move(lines.buffer()));
}

bool PendingRecords::refit(PendingRecord& record, std::size_t bytes) {
  if (bytes > 0 && record.text.capacity() == BufferShelf::capacity_for(bytes)) [[likely]] {
    record.text.clear();
    return true;
  }
  empty(record);
  return reserve(record, bytes);
}

void PendingRecords::empty(PendingRecord& record) {
  held_bytes_.subtract(record.text.capacity());
  shelf_.give(std::exchange(record.text, Buffer()));
}

void PendingRecords::wait(PendingRecord& record, PacketTime seen_at, Duration timeout) {
  record.last_seen_at = seen_at;
  leave_queue(record);
  record.queue = queue_of(timeout);
  queues_[record.queue].records.push_back(record);
}

bool PendingRecords::wait_on(PendingRecord& record, PacketTime now) {
  const Duration timeout = queues_[record.queue].timeout;
  if (timeout == Duration::zero()) return false;
  wait(record, now, timeout);
  return true;
}

bool PendingRecords::is_due(const PendingRecord& record, PacketTime now) const {
  const Duration timeout = queues_[record.queue].timeout;
  return add(record.last_seen_at, timeout) <= now;
}

PendingRecord* PendingRecords::first() {
  PendingRecord* result = nullptr;
  PacketTime due_at{};
  for (Queue& queue : queues_) {
    if (queue.records.empty()) continue;
    const PacketTime at = add(queue.records.front().last_seen_at, queue.timeout);
    if (result != nullptr && at >= due_at) continue;
    result = &queue.records.front();
    due_at = at;
  }
  return result;
}

PendingRecord* PendingRecords::first_due(PacketTime now) {
  PendingRecord* const next = first();
  return next != nullptr && is_due(*next, now) ? next : nullptr;
}

std::optional<Duration> PendingRecords::due_within(PacketTime now) const {
  std::optional<Duration> within;
  for (const Queue& queue : queues_) {
    if (queue.records.empty()) continue;
    const PendingRecord& front = queue.records.front();
    const Duration wait = left(add(front.last_seen_at, queue.timeout), now);
    within = std::min(within.value_or(wait), wait);
  }
  return within;
}

std::uint32_t PendingRecords::queue_of(Duration timeout) {
  std::uint32_t unused = kNoQueue;
  for (std::uint32_t i = 0; i < queues_.size(); ++i) {
    if (queues_[i].timeout == timeout) return i;
    if (queues_[i].records.empty()) unused = i;
  }
  if (unused == kNoQueue) {
    queues_.push_back({timeout, {}});
    return static_cast<std::uint32_t>(queues_.size() - 1);
  }
  queues_[unused].timeout = timeout;
  return unused;
}

void PendingRecords::leave_queue(PendingRecord& record) {
  if (record.queue == kNoQueue) return;
  List& list = queues_[record.queue].records;
  list.erase(list.iterator_to(record));
  record.queue = kNoQueue;
}

bool PendingRecords::charge(std::uint64_t bytes) {
  const std::uint64_t used = held_bytes_.get();
  if (used > held_limit_ || bytes > held_limit_ - used) return false;
  held_bytes_.add(bytes);
  return true;
}

}  // namespace logsniffd::framing

// Hands immutable objects from one capture worker to one sink worker: a bounded lock-free queue with a byte budget.
//
// When the queue is full, the producer either drops the newest object or waits for room. It drops in live capture,
// which never waits for a sink; the consumer learns of the loss with the next object that gets through. It waits in the
// replay of a file.
//
// THREAD    offer(), offer_waiting(), wait_until_taken() and close() on the producer's thread; take(), release() and
//           drained() on the consumer's; counters on any.
// BOUNDS    at most `byte_budget` bytes (but always one object), and at most kDepth objects.
// COUNTERS  offered = accepted + dropped whenever counters() is read; an object is accepted before it is taken.
#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "daemon/base/counter_block.hpp"
#include "daemon/base/published.hpp"
#include "daemon/base/time.hpp"
#include "daemon/queue/spsc_ring.hpp"
#include "daemon/queue/wakeup.hpp"

namespace logsniffd::queue {

// What a consumer did not receive.
struct Loss {
  std::uint64_t records = 0;
  PacketTime first{};
  PacketTime last{};
};

// What the queue needs to know about an object.
struct Weight {
  std::size_t bytes = 0;
  std::uint64_t records = 0;  // in the object, for this consumer
  PacketTime first{};
  PacketTime last{};
};

// The producer's counters, in records.
struct HandOverCounters {
  Counter offered;
  Counter accepted;
  Counter dropped;
  Counter dropped_share;  // among dropped: refused by the producer, because their source held more than its share

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("offered"), self.offered);
    visit(part("accepted"), self.accepted);
    visit(part("dropped"), self.dropped);
    visit("dropped_share", self.dropped_share);
  }
};
static_assert(names_every_counter<HandOverCounters>());

template <class T>
class HandOver {
 public:
  static constexpr std::size_t kDepth = 16'384;

  struct Item {
    std::shared_ptr<const T> object;  // null: only the loss is reported
    Weight weight;
    Loss lost_before;
  };

  // The consumer sleeps on `consumer`, which must outlive this.
  HandOver(std::uint64_t byte_budget, Wakeup& consumer)
      : byte_budget_(byte_budget), consumer_(consumer), ring_(kDepth) {}

  // Returns false if the object was dropped and counted.
  bool offer(std::shared_ptr<const T> object, const Weight& weight) {
    const bool fits = has_room(weight);
    count(weight, fits ? counters_.accepted : counters_.dropped);
    if (fits) {
      push(std::move(object), weight);
      return true;
    }
    lose(weight);
    return false;
  }

  // Records that the producer keeps back for the sake of others: dropped, and their loss is reported like any other.
  void refuse(const Weight& weight) {
    counters_.dropped_share.add(weight.records);
    count(weight, counters_.dropped);
    lose(weight);
  }

  // Waits for room, however long. Returns false if `give_up` became true meanwhile (the object is then
  // dropped and counted).
  template <class Predicate>
  bool offer_waiting(std::shared_ptr<const T> object, const Weight& weight, Predicate give_up) {
    while (!has_room(weight) && !give_up()) {
      room_.prepare();
      if (!has_room(weight)) room_.wait(std::chrono::milliseconds(100));
      room_.finish();
    }
    return offer(std::move(object), weight);
  }

  // Waits until the consumer is done with everything it received. REQUIRED: the producer's thread, and a
  // running consumer.
  void wait_until_taken() {
    while (counters_.accepted.get() != taken_.get()) {
      room_.prepare();
      if (counters_.accepted.get() != taken_.get()) room_.wait(std::chrono::milliseconds(100));
      room_.finish();
    }
  }

  // Nothing follows. Loss that could not be reported yet is left for last_loss().
  void close() {
    closed_.store(true, std::memory_order_release);  // partner: drained()
    consumer_.wake();
  }

  [[nodiscard]] bool take(Item& item) { return ring_.try_pop(item); }
  // The consumer is done with an item that it took: its room is free again.
  void release(Item& item) {
    taken_.add(item.weight.records);
    queued_bytes_.fetch_sub(item.weight.bytes, std::memory_order_release);  // partner: has_room()
    item = {};
    room_.wake();
  }
  [[nodiscard]] bool empty() const { return ring_.empty(); }
  // True if closed, and everything was taken. From then on last_loss() may be read.
  [[nodiscard]] bool drained() const { return closed_.load(std::memory_order_acquire) && ring_.empty(); }
  [[nodiscard]] const Loss& last_loss() const { return loss_; }

  [[nodiscard]] HandOverCounters counters() const { return published_.read(); }
  [[nodiscard]] std::uint64_t taken() const { return taken_.get(); }
  [[nodiscard]] std::uint64_t byte_budget() const { return byte_budget_; }
  [[nodiscard]] std::uint64_t queued_bytes() const { return queued_bytes_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] bool has_room(const Weight& weight) const {
    const std::uint64_t queued = queued_bytes_.load(std::memory_order_acquire);  // partner: release()
    return !ring_.full() && (queued == 0 || queued + weight.bytes <= byte_budget_);
  }

  void lose(const Weight& weight) {
    if (loss_.records == 0) loss_.first = weight.first;
    loss_.last = weight.last;
    loss_.records += weight.records;
  }

  // Called before the consumer can see the object, so that nobody sees more taken than accepted.
  void count(const Weight& weight, Counter& fate) {
    counters_.offered.add(weight.records);
    fate.add(weight.records);
    published_.publish([this](HandOverCounters& published) { published = counters_; });
  }

  // REQUIRED: has_room(weight).
  void push(std::shared_ptr<const T> object, const Weight& weight) {
    queued_bytes_.fetch_add(weight.bytes, std::memory_order_relaxed);
    [[maybe_unused]] const bool pushed = ring_.try_push({std::move(object), weight, loss_});
    assert(pushed);
    loss_ = {};
    consumer_.wake();
  }

  std::uint64_t byte_budget_;
  Wakeup& consumer_;
  Wakeup room_;
  SpscRing<Item> ring_;
  Loss loss_;  // not reported yet; the producer's until closed
  std::atomic<std::uint64_t> queued_bytes_{0};
  std::atomic<bool> closed_{false};
  HandOverCounters counters_;
  Published<HandOverCounters> published_;
  Counter taken_;  // the consumer's
};

}  // namespace logsniffd::queue

// Puts what netconsole senders say into the order of their sequence: fragments of one message (ncfrag) are put
// together, fragments of one line (LOG_CONT) are joined, and the numbers that never came are counted.
//
// A message that is whole and next in its sender's sequence passes through uncopied. One behind a hole waits for what
// is missing; so does a message without all of its fragments. What has waited for limits.wait, or is the oldest beyond
// another limit (of the source that holds most, where that is an eighth or more: SourceShare), is given out as it
// is, with everything of that sender in front of it: nothing is discarded but exact copies of fragments.
//
//   - An incomplete message is given out as one record for each piece of it without a hole, marked gap, with ncfrag in
//     its header, so that nothing is spliced over what is missing.
//   - A line begins with flag "c" and goes on with each "+" that is next in the sequence, of the same caller=. It ends
//     in front of every other message, and when nothing came for limits.wait; where a hole lies behind it, it is marked
//     gap. A "+" that continues nothing is a record of its own, marked gap, or joined_late as the first of its sender.
//     A "c" behind a "c" begins anew: today's kernels flag so what could not be merged, which may be any line's.
//   - Behind a hole the next record says in its header how many numbers are missing: the key missing_before. They were
//     lost on the way, or the sender kept them from its console (console_loglevel).
//   - A number that comes after it was given up is passed on at once, and no longer counts as missing.
//   - A sender that restarts begins another sequence: its time goes back, or its numbers do by more than kWindow, or
//   they
//     leap by more than kMaxHole. The second such datagram proves it; the first is passed on as it came. Nothing counts
//     as missing.
//
// THREAD     confined to the capture worker that owns it.
// LIFETIME   what the observer gets is valid during the call. REQUIRED: it calls nothing here.
// BOUNDS     after each add() it holds at most limits.bytes (payload and bookkeeping) in at most limits.messages
// messages,
//            of one sender at most kWindow; knows at most limits.senders senders, of which the quietest one is
//            forgotten, and what it left is given out. A message has at most kMaxNetconsoleMessage bytes and
//            kMaxNetconsoleParts fragments, a line kMaxNetconsoleMessage bytes.
// TIME       steady (PacketClock), that of RecordOrigin too.
// COST       linear in the datagram, and kWindow at worst to find its place; allocates nothing for one that is passed
// on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/base/endpoint.hpp"
#include "daemon/base/integrity.hpp"
#include "daemon/base/time.hpp"
#include "daemon/framing/record_origin.hpp"

namespace logsniffd::framing {

inline constexpr Duration kNetconsoleWait = std::chrono::milliseconds(500);

struct NetconsoleLimits {
  std::uint64_t bytes;
  std::uint64_t messages;
  std::uint64_t senders;
  Duration wait = kNetconsoleWait;
};

// INVARIANT  datagrams = records + merged + duplicate + held.
struct NetconsoleCounters {
  Counter datagrams;  // taken by add()
  Counter records;    // given out
  Counter merged;     // datagrams that are in a record which another datagram began
  Counter duplicate;  // copies of fragments
  Counter held;       // a gauge: datagrams that wait now

  // No part of the sum.
  Counter messages;        // put together from fragments
  Counter incomplete;      // given out without all of their fragments
  Counter lines;           // begun with flag "c", and given out
  Counter sender_missing;  // numbers of the senders' sequences that did not come
  Counter late;            // came after they had been given up, or from before the first one seen
  Counter restarts;
  Counter malformed;     // ncfrag that cannot be; passed on as they came
  Counter by_limit;      // given out before their time because of a limit
  Counter by_share;      // of these: their source held more than its share
  Counter memory_bytes;  // a gauge: what counts against limits.bytes now

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("datagrams"), self.datagrams);
    visit(part("records"), self.records);
    visit(part("merged"), self.merged);
    visit(part("duplicate"), self.duplicate);
    visit(part("held").gauge(), self.held);
    visit("messages", self.messages);
    visit("incomplete", self.incomplete);
    visit("lines", self.lines);
    visit("sender_missing", self.sender_missing);
    visit("late", self.late);
    visit("restarts", self.restarts);
    visit("malformed", self.malformed);
    visit("by_limit", self.by_limit);
    visit("by_share", self.by_share);
    visit(CounterName("memory_bytes").gauge().unlisted(), self.memory_bytes);
  }
};
static_assert(names_every_counter<NetconsoleCounters>());

class NetconsoleObserver {
 public:
  // `message` has a header that read_netconsole_header() takes.
  virtual void on_netconsole(const RecordOrigin& origin, Bytes message, Integrity integrity) = 0;

 protected:
  ~NetconsoleObserver() = default;
};

class NetconsoleOrder {
 public:
  explicit NetconsoleOrder(NetconsoleLimits limits);
  ~NetconsoleOrder();

  // A reload: what is held beyond a lower limit is given out as soon as more is added.
  void set_limits(NetconsoleLimits limits);

  // The payload of a datagram. `cut_short`: the snapshot length cut it. False, and nothing done, where it is not of an
  // extended console.
  [[nodiscard]] bool add(const RecordOrigin& origin, Bytes payload, bool cut_short, NetconsoleObserver& observer);
  // Gives out what has waited long enough; constant time when there is none.
  void expire(PacketTime now, NetconsoleObserver& observer);
  // Within which time expire() wants to be called; nullopt: nothing waits.
  [[nodiscard]] std::optional<Duration> expire_within(PacketTime now) const;
  // Gives out everything.
  void finish(NetconsoleObserver& observer);

  [[nodiscard]] const NetconsoleCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::framing

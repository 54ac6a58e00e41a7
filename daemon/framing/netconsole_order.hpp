// Puts the messages of netconsole senders into the order of their sequence: fragments of one message (ncfrag) are put
// together, fragments of one line (LOG_CONT) are joined, and the numbers that never came are counted.
//
// A message that is whole and next in its sender's sequence passes through uncopied. A message after a hole waits for
// what is missing, and so does a message without all of its fragments. A message that has waited for limits.wait, or is
// the oldest beyond another limit (of the source that holds most, if that is an eighth or more: SourceShare), is given
// out as it is, with everything of that sender before it. Nothing is discarded except exact copies of fragments.
//
//   - An incomplete message is given out as one record for each piece of it without a hole, marked gap, with ncfrag in
//     its header, so that nothing is spliced over what is missing.
//   - A line begins with flag "c" and continues with each "+" that is next in the sequence, of the same caller=. It
//     ends before every other message, and when nothing came for limits.wait. If a hole follows it, it is marked gap. A
//     "+" that continues nothing is a record of its own, marked gap, or joined_late as the first of its sender. A "c"
//     after a "c" begins a new line: today's kernels flag so what could not be merged, which may be part of any line.
//   - After a hole the header of the next record says how many numbers are missing: the key missing_before. They were
//     lost on the way, or the sender kept them from its console (console_loglevel).
//   - A number that comes after it was given up is passed on immediately, and no longer counts as missing.
//   - A sender that restarts begins another sequence: its time goes back, or its numbers go back by more than kWindow,
//     or leap by more than kMaxHole. The second such datagram proves it; the first is passed on as it came. Nothing
//     counts as missing.
//
// THREAD     confined to the capture worker that owns it.
// LIFETIME   what the observer gets is valid during the call. REQUIRED: the observer calls nothing here.
// BOUNDS     after each add() it holds at most limits.bytes (payload and bookkeeping) in at most limits.messages
//            messages, at most kWindow of one sender. It knows at most limits.senders senders; beyond that the quietest
//            one is forgotten, and its messages are given out. A message has at most kMaxNetconsoleMessage bytes and
//            kMaxNetconsoleParts fragments, a line kMaxNetconsoleMessage bytes.
// TIME       steady (PacketClock), that of RecordOrigin too.
// COST       linear in the datagram, and kWindow at worst to find its place. Allocates nothing for a datagram that is
//            passed on.
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
  Counter merged;     // datagrams in a record that another datagram began
  Counter duplicate;  // copies of fragments
  Counter held;       // a gauge: datagrams that wait now

  // Not part of the sum.
  Counter messages;        // put together from fragments
  Counter incomplete;      // given out without all of their fragments
  Counter lines;           // begun with flag "c", and given out
  Counter sender_missing;  // numbers of the senders' sequences that did not come
  Counter late;            // came after they had been given up, or from before the first one seen
  Counter restarts;
  Counter malformed;     // impossible ncfrag; passed on as they came
  Counter by_limit;      // given out early because of a limit
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
  // `message` has a header that read_netconsole_header() accepts.
  virtual void on_netconsole(const RecordOrigin& origin, Bytes message, Integrity integrity) = 0;

 protected:
  ~NetconsoleObserver() = default;
};

class NetconsoleOrder {
 public:
  explicit NetconsoleOrder(NetconsoleLimits limits);
  ~NetconsoleOrder();

  // On a reload: what is held beyond a lower limit is given out as soon as more is added.
  void set_limits(NetconsoleLimits limits);

  // Adds the payload of a datagram. `cut_short`: the snapshot length cut it. Returns false, and does nothing, if it
  // does not come from an extended console.
  [[nodiscard]] bool add(const RecordOrigin& origin, Bytes payload, bool cut_short, NetconsoleObserver& observer);
  // Gives out what has waited long enough; constant time when there is none.
  void expire(PacketTime now, NetconsoleObserver& observer);
  // The time within which expire() has to be called; nullopt: nothing waits.
  [[nodiscard]] std::optional<Duration> expire_within(PacketTime now) const;
  // Gives out everything.
  void finish(NetconsoleObserver& observer);

  [[nodiscard]] const NetconsoleCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::framing

// Reassembles IP fragments (RFC 791, 3.2; RFC 8200, 4.5; RFC 5722).
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  a whole datagram's payload is valid until the next call of a non-const member.
// BOUNDS    holds at most limits.bytes (payload and bookkeeping). Beyond that the oldest unfinished datagram is
//           discarded, or the oldest of the source that holds most, if that is more than a tenth (SourceShare). A
//           datagram waits at most limits.wait, and has at most kMaxFragments fragments: 8 bytes each,
//           the smallest possible. Also: one buffer for the last whole datagram, at most 64 KiB.
// TIME      steady (PacketClock).
// OVERLAP   the whole datagram is discarded and counted, with those of its fragments that follow within limits.wait
//           (RFC 5722, applied to both families); so is a datagram whose fragments disagree about its end. An exact
//           duplicate is ignored.
// IDENTITY  IPv4: both addresses, protocol and identification. IPv6: the same without the protocol, which the first
//           fragment carries (RFC 8200, 4.5). Extension headers at the start of a whole IPv6 datagram are removed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/base/counter_block.hpp"
#include "daemon/base/time.hpp"
#include "daemon/ip/datagram.hpp"

namespace logsniffd::ip {

inline constexpr std::size_t kMaxFragments = 8192;

struct FragmentLimits {
  std::uint64_t bytes;
  Duration wait;
};

// fragments = absorbed + duplicate + held + discarded(by reason)
struct FragmentCounters {
  Counter fragments;  // passed to add()
  Counter absorbed;   // became part of a whole datagram
  Counter duplicate;
  Counter held;        // a gauge: fragments waiting now
  Counter held_bytes;  // a gauge: what counts against limits.bytes now (not part of the sum)
  Counter discarded_timeout;
  Counter discarded_limit;       // the byte limit
  Counter discarded_share;       // the byte limit, and its source held more than its share
  Counter discarded_unfinished;  // still waiting at the end of the capture
  Counter discarded_overlap;
  Counter discarded_malformed;  // empty, beyond 65,535 bytes, of a length not divisible by 8, cut by the snapshot
                                // length; all of a datagram whose extension headers are broken
  Counter datagrams;            // reassembled

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("seen"), self.fragments);
    visit(part("absorbed"), self.absorbed);
    visit(part("duplicate"), self.duplicate);
    visit(part("held").gauge(), self.held);
    visit(CounterName("held_bytes").gauge().unlisted(), self.held_bytes);
    visit(part("discarded_timeout"), self.discarded_timeout);
    visit(part("discarded_limit"), self.discarded_limit);
    visit(part("discarded_share"), self.discarded_share);
    visit(part("discarded_unfinished"), self.discarded_unfinished);
    visit(part("discarded_overlap"), self.discarded_overlap);
    visit(part("discarded_malformed"), self.discarded_malformed);
    visit("datagrams", self.datagrams);
  }
};
static_assert(names_every_counter<FragmentCounters>());

class FragmentTable {
 public:
  explicit FragmentTable(FragmentLimits limits);
  ~FragmentTable();

  // A reload: fragments beyond a lower limit are discarded as soon as more are added.
  void set_limits(FragmentLimits limits);

  // REQUIRED: fragment.fragment. Returns the whole datagram when this fragment completes it.
  [[nodiscard]] std::optional<Datagram> add(const Datagram& fragment, PacketTime seen_at);
  // Discards what has waited longer than limits.wait; constant time if there is none.
  void expire(PacketTime now);
  // The capture has ended: discards everything that waits.
  void finish();

  [[nodiscard]] const FragmentCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::ip

// Counts the payload bytes of TCP segments by their fate. One writer: the capture worker.
//
// INVARIANT  seen = delivered + duplicate + late + outside_window + buffered + discarded
#pragma once

#include "daemon/base/counter_block.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp {

struct StreamCounters {
  Counter seen;                 // payload bytes captured
  Counter delivered;            // handed to the observer
  Counter duplicate;            // seen before: retransmissions, keep-alives, copies
  Counter late;                 // arrived after their place was given up: in a gap, or before the place of joining
  Counter outside_window;       // far from what is expected, or with a SYN that does not belong; not confirmed
  Counter buffered;             // a gauge: waiting behind a hole
  Counter discarded_unwanted;   // in a direction that no filter wants
  Counter discarded_reset;      // the text that a RST may carry (RFC 9293, 3.5.3)
  Counter discarded_after_end;  // after a reset or an acknowledged FIN

  Counter gaps;            // holes given up
  Counter gap_bytes;       // bytes that never arrived, or arrived late
  Counter recovered;       // bytes of declared gaps that were delivered after all: their sender continued there
  Counter conflicts;       // retransmitted bytes that differ from the held first copy
  Counter early_fins;      // FINs refuted by data that followed them
  Counter ignored_resets;  // RSTs outside the window, or refuted by data that followed them
  Counter reopened;        // streams that continued after their end
  Counter doubted_acks;    // acknowledgements far beyond everything seen
  Counter doubted_syns;    // SYNs into a running connection, which continues unless its other side answers them
  Counter returns;         // times a stream returned to its sender, which continued inside a supposed gap

  Counter connections_opened;
  Counter connections_open;  // a gauge
  Counter evicted_idle;
  Counter evicted_ceiling;  // limits.connections was reached
  Counter evicted_share;    // among these, of a source that had opened more than its share
  Counter gave_up_bytes;    // holes given up because limits.reassembly or per_connection was reached

  [[nodiscard]] Counter& of(Unread why) {
    switch (why) {
      case Unread::late:
        return late;
      case Unread::after_end:
        return discarded_after_end;
      case Unread::outside_window:
        break;
    }
    return outside_window;
  }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("bytes_seen"), self.seen);
    visit(part("delivered"), self.delivered);
    visit(part("duplicate"), self.duplicate);
    visit(part("late"), self.late);
    visit(part("outside_window"), self.outside_window);
    visit(part("buffered").gauge(), self.buffered);
    visit(part("discarded", "unwanted"), self.discarded_unwanted);
    visit(part("discarded", "reset"), self.discarded_reset);
    visit(part("discarded", "after_end"), self.discarded_after_end);
    visit({"events", "gaps"}, self.gaps);
    visit({"events", "gap_bytes"}, self.gap_bytes);
    visit({"events", "recovered"}, self.recovered);
    visit({"events", "gave_up_for_limits"}, self.gave_up_bytes);
    visit({"events", "conflicts"}, self.conflicts);
    visit({"events", "early_fins"}, self.early_fins);
    visit({"events", "ignored_resets"}, self.ignored_resets);
    visit({"events", "doubted_acks"}, self.doubted_acks);
    visit({"events", "doubted_syns"}, self.doubted_syns);
    visit({"events", "returns"}, self.returns);
    visit({"events", "reopened"}, self.reopened);
    visit({"events", "connections_opened"}, self.connections_opened);
    visit(CounterName("events", "connections_open").gauge(), self.connections_open);
    visit({"events", "evicted_idle"}, self.evicted_idle);
    visit({"events", "evicted_ceiling"}, self.evicted_ceiling);
    visit({"events", "evicted_share"}, self.evicted_share);
  }
};
static_assert(names_every_counter<StreamCounters>());

}  // namespace logsniffd::tcp

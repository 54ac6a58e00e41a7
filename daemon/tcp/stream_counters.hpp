// What became of the payload bytes of TCP segments. One writer: the capture worker.
//
// INVARIANT  seen = accounted()
#pragma once

#include "daemon/base/counter.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp {

struct StreamCounters {
  Counter seen;                 // payload bytes captured
  Counter delivered;            // handed to the observer
  Counter duplicate;            // seen before: retransmissions, keep-alives, copies
  Counter late;                 // came after their place was given up: behind a gap, or before the place of joining
  Counter outside_window;       // far from what is expected, or with a SYN that does not belong; confirmed by nothing
  Counter buffered;             // a gauge: waiting behind a hole
  Counter discarded_unwanted;   // in a direction that no filter wants
  Counter discarded_reset;      // the text that a RST may carry (RFC 9293, 3.5.3)
  Counter discarded_after_end;  // after a reset or an acknowledged FIN

  Counter gaps;            // holes given up
  Counter gap_bytes;       // bytes that never came, or came late
  Counter recovered;       // bytes of declared gaps that were delivered after all: their sender went on there
  Counter conflicts;       // retransmitted bytes that differ from the held first copy
  Counter early_fins;      // FINs refuted by data that followed them
  Counter ignored_resets;  // RSTs outside the window, or refuted by data that followed them
  Counter reopened;        // streams that went on after their end
  Counter doubted_acks;    // acknowledgements far beyond everything seen
  Counter doubted_syns;    // SYNs into a running connection, which goes on unless its other side answers them
  Counter returns;         // of a stream to its sender, which went on inside what was taken for a gap

  Counter connections_opened;
  Counter connections_open;  // a gauge
  Counter evicted_idle;
  Counter evicted_ceiling;  // limits.connections was reached
  Counter evicted_share;    // of these, of a source that had opened more than its share
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

  // Sum of the places where a payload byte can be.
  [[nodiscard]] std::uint64_t accounted() const {
    return delivered.get() + duplicate.get() + late.get() + outside_window.get() + buffered.get() +
           discarded_unwanted.get() + discarded_reset.get() + discarded_after_end.get();
  }
};

}  // namespace logsniffd::tcp

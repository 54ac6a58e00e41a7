// What became of the payload bytes of TCP segments. One writer: the capture worker.
//
// INVARIANT  seen = delivered + duplicate + outside_window + buffered + discarded_unwanted + discarded_after_end
#pragma once

#include "daemon/base/counter.hpp"

namespace logsniffd::tcp {

struct StreamCounters {
  Counter seen;                 // payload bytes captured
  Counter delivered;            // handed to the observer
  Counter duplicate;            // seen before: retransmissions, keep-alives, copies
  Counter outside_window;       // more than kMaxWindow away from what is expected
  Counter buffered;             // a gauge: waiting behind a hole
  Counter discarded_unwanted;   // in a direction that no filter wants
  Counter discarded_after_end;  // after a reset or an acknowledged FIN

  Counter gaps;            // holes given up
  Counter gap_bytes;       // bytes that never came
  Counter conflicts;       // retransmitted bytes that differ from the held first copy
  Counter early_fins;      // FINs refuted by data that followed them
  Counter ignored_resets;  // RSTs outside the window

  Counter connections_opened;
  Counter connections_open;  // a gauge
  Counter evicted_idle;
  Counter evicted_ceiling;  // limits.connections was reached
  Counter gave_up_bytes;    // holes given up because limits.reassembly or per_connection was reached
};

}  // namespace logsniffd::tcp

// Counts each record by its fate. One writer: the capture worker.
//
// INVARIANT  framed = routed + sum(filtered) + over_count.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/base/counter_block.hpp"
#include "daemon/filter/route_verdict.hpp"

namespace logsniffd::record_path {

struct RecordLedger {
  Counter framed;
  Counter routed;
  std::array<Counter, filter::kRouteVerdicts - 1> filtered;  // by RouteVerdict, from the first that refuses on
  Counter over_count;                                        // framed after the last requested record
  Counter notices;          // among routed: about records that are not written, and about traffic that is not a log
  Counter empty_datagrams;  // datagrams without content: nothing was framed

  // REQUIRED: it refuses.
  [[nodiscard]] Counter& by(filter::RouteVerdict verdict) { return filtered[static_cast<std::size_t>(verdict) - 1]; }
  [[nodiscard]] const Counter& by(filter::RouteVerdict verdict) const {
    return filtered[static_cast<std::size_t>(verdict) - 1];
  }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("framed"), self.framed);
    for (std::size_t i = 0; i < self.filtered.size(); ++i) {
      visit(part("filtered", filter::kRouteVerdictNames[i + 1]), self.filtered[i]);
    }
    visit(part("filtered", "over_count"), self.over_count);
    visit(part("routed"), self.routed);
    visit(CounterName("notices").unlisted(), self.notices);
    visit({"framing", "empty_datagrams"}, self.empty_datagrams);
  }
};
static_assert(names_every_counter<RecordLedger>());

}  // namespace logsniffd::record_path

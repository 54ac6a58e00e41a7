// Counts each record by its fate. One writer: the capture worker.
//
// INVARIANT  framed = routed + sum(filtered).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/base/counter_block.hpp"

namespace logsniffd::record_path {

// Why a framed record was not routed: the RouteVerdicts that refuse, in their order, or over_count after the last
// requested record.
enum class Filtered : std::uint8_t {
  not_text,
  severity,
  where,
  no_match,
  excluded,
  sampled,
  repeated,
  limited,
  over_count
};
inline constexpr std::array<std::string_view, 9> kFilteredNames{
    "not_text", "severity", "where", "no_match", "excluded", "sampled", "repeated", "limited", "over_count"};

struct RecordLedger {
  Counter framed;
  Counter routed;
  std::array<Counter, kFilteredNames.size()> filtered;
  Counter notices;          // among routed: about records that are not written, and about traffic that is not a log
  Counter empty_datagrams;  // datagrams without content: nothing was framed

  void count(Filtered reason) { filtered[static_cast<std::size_t>(reason)].add(); }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("framed"), self.framed);
    for (std::size_t i = 0; i < self.filtered.size(); ++i) visit(part("filtered", kFilteredNames[i]), self.filtered[i]);
    visit(part("routed"), self.routed);
    visit(CounterName("notices").unlisted(), self.notices);
    visit({"framing", "empty_datagrams"}, self.empty_datagrams);
  }
};
static_assert(names_every_counter<RecordLedger>());

}  // namespace logsniffd::record_path

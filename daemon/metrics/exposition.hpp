// The figures of the daemon as Prometheus reads them. docs/metrics.md lists the families.
//
// Every counter of the ledger is there, by its own name (base/counter_block.hpp): what adds up to a whole is one family
// with the label `outcome`, and each other counter is a family of its own.
#pragma once

#include <string>

#include "daemon/metrics/families.hpp"
#include "daemon/metrics/figures.hpp"

namespace logsniffd::metrics {

[[nodiscard]] Families families_of(const Figures& figures);
// The page that is served: the text format, version 0.0.4.
[[nodiscard]] std::string exposition(const Figures& figures);

}  // namespace logsniffd::metrics

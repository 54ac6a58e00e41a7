// The metrics of a collector: the same figures as in `status` (docs/metrics.md).
//
// THREAD  the main thread.
#pragma once

#include <string>

#include "config/model.hpp"
#include "daemon/app/collector.hpp"
#include "daemon/app/status_report.hpp"

namespace logsniffd::app {

[[nodiscard]] std::string metrics_page(const CollectorView& view, const config::Config& config,
                                       const DaemonFacts& facts);

}  // namespace logsniffd::app

// The tables of filters, sinks and senders in `logsniffd top`.
#pragma once

#include <vector>

#include "daemon/cli/top_view.hpp"

namespace logsniffd::cli {

// At least 80 columns wide; the caller cuts.
void append_filters(const TopModel& model, SortOrder order, const Area& area, std::vector<Line>& lines);
void append_sinks(const TopModel& model, SortOrder order, const Area& area, std::vector<Line>& lines);
// The busiest senders, the busiest first, after an empty line. Nothing if the report has none.
void append_senders(const TopModel& model, const Area& area, std::vector<Line>& lines);

}  // namespace logsniffd::cli

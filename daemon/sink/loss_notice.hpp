// The text that a sink's own output gets where records are missing.
#pragma once

#include <string>
#include <string_view>

#include "daemon/queue/hand_over.hpp"

namespace logsniffd::sink {

// "logsniffd: 1,284 records lost here (queue full) between 10:27:44.016601 and 10:27:45.113020, filter app"; without
// the filter if `filter` is empty.
[[nodiscard]] std::string loss_notice(const queue::Loss& loss, std::string_view why, std::string_view filter);

}  // namespace logsniffd::sink

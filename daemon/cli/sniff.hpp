// `logsniffd sniff`, as other commands may call it.
#pragma once

#include <functional>

#include "daemon/base/error.hpp"
#include "daemon/cli/sniff_options.hpp"

namespace logsniffd::cli {

// Captures until something ends it: a signal, --count, --duration, the end of the file, or an output that accepts no
// more. Calls `when_capturing` once capture runs. Returns the exit code.
[[nodiscard]] Expected<int> sniff(const SniffOptions& options, const std::function<void()>& when_capturing = {});

}  // namespace logsniffd::cli

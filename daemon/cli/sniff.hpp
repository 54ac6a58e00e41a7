// `logsniffd sniff` as other commands may call it.
#pragma once

#include <functional>

#include "daemon/base/error.hpp"
#include "daemon/cli/sniff_options.hpp"

namespace logsniffd::cli {

// Captures until something ends it: a signal, --count, --duration, the end of the file, an output that takes no more.
// `when_capturing` is called once capture runs. The exit code.
[[nodiscard]] Expected<int> sniff(const SniffOptions& options, const std::function<void()>& when_capturing = {});

}  // namespace logsniffd::cli

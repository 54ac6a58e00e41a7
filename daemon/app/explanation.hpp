// What a configuration will do, in words: where packets come from, with the kernel filter, and for each filter what it
// takes and where that goes.
#pragma once

#include <string>

#include "config/model.hpp"
#include "daemon/app/host.hpp"
#include "daemon/base/error.hpp"

namespace logsniffd::app {

// `path`: the file, for the places of the filters. With `show_bpf`, the instructions of the kernel filter too. Lines have
// at most 80 columns, unless one word is longer.
[[nodiscard]] Expected<std::string> explain(const config::Config& config, const std::string& path, const Host& host,
                                            bool show_bpf);

}  // namespace logsniffd::app

// The report of a running daemon (docs/control.md) as text for people, at most 80 columns wide unless names are long.
#pragma once

#include <string>

#include "daemon/cli/terminal.hpp"
#include "daemon/control/protocol.hpp"

namespace logsniffd::cli {

// A member that is missing, as from another version of the daemon, is shown as "-".
[[nodiscard]] std::string status_screen(const control::Json& report, const Terminal& terminal);
// The finding of `status --why`.
[[nodiscard]] std::string finding_text(const control::Json& finding);

}  // namespace logsniffd::cli

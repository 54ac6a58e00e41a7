// Checks, for `logsniffd check`, what a valid configuration asks of this host that will not work here.
#pragma once

#include "config/diagnostic.hpp"
#include "config/model.hpp"
#include "daemon/app/host.hpp"

namespace logsniffd::app {

// Gives warnings only, in the order of the file.
[[nodiscard]] config::Diagnostics check_host(const config::Config& config, const Host& host);

// Each appends to `found` what it finds.
//
// Interfaces that are missing, that do not show the packets for other machines, or that merge packets.
void check_capture(const config::Config& config, const Host& host, config::Diagnostics& found);
// Syslog sinks whose own messages would be captured.
void check_feedback(const config::Config& config, const Host& host, config::Diagnostics& found);
// Paths and sockets that logsniffd.service may not use, files of TLS that the daemon cannot read, and journald's limit.
void check_unit(const config::Config& config, const Host& host, config::Diagnostics& found);
// File sinks of which any sender chooses the names and the number of the files.
void check_file_names(const config::Config& config, config::Diagnostics& found);

// A key that is not in the file has its default; then the file begins the message.
[[nodiscard]] config::Diagnostic host_warning(const config::Mark& mark, std::string key, std::string message);

}  // namespace logsniffd::app

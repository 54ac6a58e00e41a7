// What the daemon tells systemd (sd_notify). Does nothing if it was not started by a service manager.
#pragma once

#include <optional>
#include <string>

#include "daemon/base/time.hpp"

namespace logsniffd::app::service_manager {

void ready(const std::string& status);  // only when capture really runs
void reloading();                       // ended by ready()
void stopping();
void status(const std::string& text);  // one line, shown by systemctl status
void alive();                          // keeps the watchdog quiet

// The watchdog's patience, if the unit has one: call alive() at least twice as often.
[[nodiscard]] std::optional<Duration> watchdog();

}  // namespace logsniffd::app::service_manager

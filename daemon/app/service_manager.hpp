// What the daemon tells systemd (sd_notify). Does nothing where it was not started by a service manager.
#pragma once

#include <optional>
#include <string>

#include "daemon/base/time.hpp"

namespace logsniffd::app::service_manager {

void ready(const std::string& status);  // only when capture really runs
void reloading();                       // ready() ends it
void stopping();
void status(const std::string& text);  // one line, shown by systemctl status
void alive();                          // the watchdog's food

// The watchdog's patience, where the unit has one: alive() is wanted at least twice as often.
[[nodiscard]] std::optional<Duration> watchdog();

}  // namespace logsniffd::app::service_manager

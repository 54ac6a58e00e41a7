// What logsniffd.service lets the daemon do, as far as a configuration may ask for more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace logsniffd::app {

// The defaults are those of systemd/logsniffd.service.
struct UnitSandbox {
  std::vector<std::string> writable{"/var/log/logsniffd/", "/var/lib/logsniffd/", "/run/logsniffd/"};
  bool strict = true;             // ProtectSystem=strict: everything else is read-only
  bool home_hidden = true;        // ProtectHome=
  bool private_tmp = true;        // PrivateTmp=
  bool ip = false;                // RestrictAddressFamilies= and IPAddressDeny= leave a way to use IP
  bool journald_limited = false;  // journald drops what the unit logs above its own rate limit

  bool operator==(const UnitSandbox&) const = default;

  // `path` is absolute; a folder ends with a slash.
  [[nodiscard]] bool hides(std::string_view path) const;      // home folders, and the /tmp that others see
  [[nodiscard]] bool may_write(std::string_view path) const;  // REQUIRED: !hides(path)
};

// Applies the texts of a unit and of its drop-ins, in this order. Knows only the settings above; specifiers (%) and
// bind mounts are ignored.
[[nodiscard]] UnitSandbox read_unit(const std::vector<std::string>& texts);

// Of the unit that is installed below `root`, with its drop-ins; the defaults if there is none.
[[nodiscard]] UnitSandbox installed_sandbox(const std::string& root = "/");

}  // namespace logsniffd::app

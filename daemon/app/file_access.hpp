// Whether another user can read a file, judged by the modes of the file and of the folders above it. Access lists and a
// unit's sandbox are ignored.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace logsniffd::app {

struct Identity {
  std::string name;
  uid_t uid = 0;
  std::vector<gid_t> groups;
};

// Nothing if this host has no such user.
[[nodiscard]] std::optional<Identity> identity_of(const std::string& user);

// Why `who` cannot read the file, as a sentence with the fix; empty if no obstacle is found. REQUIRED: `path`
// is absolute.
[[nodiscard]] std::string obstacle_to_reading(const std::string& path, const Identity& who);

}  // namespace logsniffd::app

#include "daemon/app/file_access.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace logsniffd::app {
namespace {

constexpr unsigned kRead = 4;
constexpr unsigned kEnter = 1;

// The kernel checks only one class: the owner's bits apply to the owner, even if those of others allow more.
bool allows(const struct stat& status, const Identity& who, unsigned wanted) {
  if (who.uid == 0) return true;
  unsigned bits = status.st_mode;
  if (status.st_uid == who.uid) {
    bits >>= 6;
  } else if (std::find(who.groups.begin(), who.groups.end(), status.st_gid) != who.groups.end()) {
    bits >>= 3;
  }
  return (bits & wanted) == wanted;
}

}  // namespace

std::optional<Identity> identity_of(const std::string& user) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 16384> text;
  if (::getpwnam_r(user.c_str(), &entry, text.data(), text.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  std::array<gid_t, 256> groups{};
  int count = groups.size();
  ::getgrouplist(user.c_str(), entry.pw_gid, groups.data(), &count);
  const auto size = std::min(static_cast<std::size_t>(std::max(count, 0)), groups.size());
  return Identity{user, entry.pw_uid, {groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(size)}};
}

std::string obstacle_to_reading(const std::string& path, const Identity& who) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    struct stat status {};
    if (::stat(part.c_str(), &status) != 0) {
      // A folder that the current user cannot enter says nothing about the other user.
      return errno == EACCES ? std::string() : fmt::format("{}: {}; fix the path", part, std::strerror(errno));
    }
    if (slash == std::string::npos) {
      if (!S_ISREG(status.st_mode)) return part + " is not a regular file";
      if (allows(status, who, kRead)) return {};
      return fmt::format("{} cannot be read by the user {}; chgrp it to a group of that user, and chmod g+r", part,
                         who.name);
    }
    if (!allows(status, who, kEnter)) {
      return fmt::format("{} cannot be entered by the user {}; keep the file elsewhere, or add the user to the group",
                         part, who.name);
    }
  }
}

}  // namespace logsniffd::app

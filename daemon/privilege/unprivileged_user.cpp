#include "daemon/privilege/unprivileged_user.hpp"

#include <pwd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace logsniffd::privilege {
namespace {

constexpr std::array<std::string_view, 2> kNames{"logsniffd", "nobody"};  // the first one that exists
constexpr uid_t kOverflowUser = 65534;                                    // /proc/sys/kernel/overflowuid
constexpr gid_t kOverflowGroup = 65534;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::optional<User> find(const std::string& passwd_file, std::string_view name) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(passwd_file.c_str(), "re"));
  if (!file) return std::nullopt;
  while (const passwd* entry = ::fgetpwent(file.get())) {
    if (entry->pw_name != name) continue;
    if (entry->pw_uid == 0) return std::nullopt;
    return User{entry->pw_name, entry->pw_uid, entry->pw_gid == 0 ? kOverflowGroup : entry->pw_gid};
  }
  return std::nullopt;
}

}  // namespace

User unprivileged_user(const std::string& passwd_file) {
  for (const std::string_view name : kNames) {
    if (auto found = find(passwd_file, name)) return std::move(*found);
  }
  return {"nobody", kOverflowUser, kOverflowGroup};
}

}  // namespace logsniffd::privilege

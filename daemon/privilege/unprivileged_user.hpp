// The user that a command becomes when root has started it.
#pragma once

#include <sys/types.h>

#include <string>

namespace logsniffd::privilege {

struct User {
  std::string name;
  uid_t uid;
  gid_t gid;
};

// `logsniffd` if the file, in the format of passwd(5), has that user; otherwise `nobody`, with the kernel's own number
// for it (65534) if the file does not know it either. The result is never root, and never in its group.
//
// Only the file is read: a directory service that does not answer must not delay a capture.
[[nodiscard]] User unprivileged_user(const std::string& passwd_file);

}  // namespace logsniffd::privilege

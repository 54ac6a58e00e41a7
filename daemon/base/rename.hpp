// rename(2) that never takes over an existing name.
#pragma once

#include <string>

namespace logsniffd {

// Returns 0, or -1 with errno: EEXIST if `to` is taken, even by a dangling symbolic link. If the file system has no
// such rename (RENAME_NOREPLACE), a link(2) is made first, so for a moment the file has both names.
int rename_new(int from_directory, const std::string& from, int to_directory, const std::string& to);

}  // namespace logsniffd

// rename(2) that never takes a name away from what has it.
#pragma once

#include <string>

namespace logsniffd::sink {

// 0, or -1 with errno: EEXIST where `to` is taken, be it by a symbolic link to nowhere. Where the file system has no
// such rename (RENAME_NOREPLACE), a link(2) is made first: for a moment the file has both names.
int rename_new(int from_directory, const std::string& from, int to_directory, const std::string& to);

}  // namespace logsniffd::sink

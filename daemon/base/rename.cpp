#include "daemon/base/rename.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace logsniffd {

int rename_new(int from_directory, const std::string& from, int to_directory, const std::string& to) {
  if (::renameat2(from_directory, from.c_str(), to_directory, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  if (::linkat(from_directory, from.c_str(), to_directory, to.c_str(), 0) != 0) return -1;
  if (::unlinkat(from_directory, from.c_str(), 0) == 0) return 0;
  const int error = errno;
  ::unlinkat(to_directory, to.c_str(), 0);
  errno = error;
  return -1;
}

}  // namespace logsniffd

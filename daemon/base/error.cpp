#include "daemon/base/error.hpp"

#include <cstring>

namespace logsniffd {

Error Error::system(std::string what, int errno_value) {
  return runtime(std::move(what) + ": " + std::strerror(errno_value));
}

}  // namespace logsniffd

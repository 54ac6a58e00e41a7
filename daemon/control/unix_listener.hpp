// A listening unix stream socket in the file system, for programs of a group.
//
// FILE  mode 0660 and, if this process may set it, the group of that name. A socket that nobody listens on any more is
//       replaced. The destructor removes the file, unless another process has replaced it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::control {

class UnixListener {
 public:
  // ERRORS  runtime: another process listens there, or the path cannot be used; usage: the path is too long.
  static Expected<UnixListener> open(const std::string& path, const std::string& group);
  UnixListener() = default;  // listens nowhere
  UnixListener(UnixListener&&) noexcept = default;
  UnixListener& operator=(UnixListener&& other) noexcept;
  ~UnixListener() { close(); }

  // Non-blocking.
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

 private:
  [[nodiscard]] Status listen(const std::string& group);
  void close();

  UniqueFd descriptor_;
  std::string path_;
  std::uint64_t inode_ = 0;  // of the socket's file
};

}  // namespace logsniffd::control

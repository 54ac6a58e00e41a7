#include "daemon/control/unix_listener.hpp"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <optional>

#include "daemon/control/address.hpp"

namespace logsniffd::control {
namespace {

constexpr mode_t kSocketMode = 0660;
constexpr int kBacklog = 128;

// The group of this name; nullopt: there is none.
std::optional<gid_t> group_named(const std::string& name) {
  std::array<char, 16384> text;
  group entry{};
  group* found = nullptr;
  if (getgrnam_r(name.c_str(), &entry, text.data(), text.size(), &found) != 0 || found == nullptr) return std::nullopt;
  return entry.gr_gid;
}

bool is_socket(const std::string& path) {
  struct stat file {};
  return ::lstat(path.c_str(), &file) == 0 && S_ISSOCK(file.st_mode);
}

// Whether somebody accepts connections at this address.
bool is_served(const Address& address) {
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(probe.get(), address.get(), address.size()) == 0 || errno == EAGAIN;
}

}  // namespace

UnixListener& UnixListener::operator=(UnixListener&& other) noexcept {
  if (this == &other) return *this;
  close();
  descriptor_ = std::move(other.descriptor_);
  path_ = std::move(other.path_);
  inode_ = other.inode_;
  return *this;
}

void UnixListener::close() {
  struct stat file {};
  if (descriptor_.valid() && ::stat(path_.c_str(), &file) == 0 && file.st_ino == inode_) ::unlink(path_.c_str());
  descriptor_.reset();
}

Expected<UnixListener> UnixListener::open(const std::string& path, const std::string& group) {
  UnixListener listener;
  listener.path_ = path;
  if (Status listening = listener.listen(group); !listening) return fail(std::move(listening.error()));
  return listener;
}

Status UnixListener::listen(const std::string& group) {
  const auto address = Address::of(path_);
  if (!address) return fail(address.error());
  UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.valid()) return fail(Error::system("cannot be made", errno));
  ::fchmod(listener.get(), kSocketMode);  // the file never has more rights than that, not even for a moment
  if (::bind(listener.get(), address->get(), address->size()) != 0) {
    if (errno != EADDRINUSE) return fail(Error::system("cannot be made", errno));
    if (!is_socket(path_)) return fail(Error::runtime("a file with this name exists, and is not a socket"));
    if (is_served(*address))
      return fail(Error::runtime("another process listens there; is logsniffd running already?"));
    ::unlink(path_.c_str());
    if (::bind(listener.get(), address->get(), address->size()) != 0) {
      return fail(Error::system("cannot be made", errno));
    }
  }
  struct stat file {};
  if (::stat(path_.c_str(), &file) != 0) return fail(Error::system("cannot be found", errno));
  inode_ = file.st_ino;
  descriptor_ = std::move(listener);  // from here on the destructor removes the file
  const auto wanted = group_named(group);
  if (wanted && *wanted != file.st_gid) {
    // Only root, or a member of the group, may do that; otherwise the socket stays with this process's own group.
    [[maybe_unused]] const int changed = ::lchown(path_.c_str(), static_cast<uid_t>(-1), *wanted);
  }
  // The umask may have taken the group's rights away.
  if (::chmod(path_.c_str(), kSocketMode) != 0) return fail(Error::system("cannot set its mode", errno));
  if (::listen(descriptor_.get(), kBacklog) != 0) return fail(Error::system("cannot listen", errno));
  return {};
}

}  // namespace logsniffd::control

#include "config/sources.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::config {
namespace {

tl::unexpected<Error> fail_with(int errno_value) {
  return fail(Error::usage(std::generic_category().message(errno_value)));
}

}  // namespace

Expected<std::string> Sources::read(const std::string&, std::size_t) const { return fail_with(ENOENT); }

Expected<std::vector<std::string>> Sources::names_in(const std::string&) const { return std::vector<std::string>(); }

std::optional<std::string> Sources::variable(const std::string&) const { return std::nullopt; }

Expected<std::string> HostSources::read(const std::string& path, std::size_t limit) const {
  // Without O_NONBLOCK, a FIFO would hold up the daemon.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.valid()) return fail_with(errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail_with(errno);
  if (!S_ISREG(status.st_mode)) return fail(Error::usage("Not a regular file"));
  return read_up_to(fd.get(), limit);
}

Expected<std::vector<std::string>> HostSources::names_in(const std::string& folder) const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    names.push_back(entry->path().filename());
    entry.increment(error);
  }
  if (error && error != std::errc::no_such_file_or_directory) return fail_with(error.value());
  return names;
}

std::optional<std::string> HostSources::variable(const std::string& name) const {
  const char* const value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

Expected<std::string> read_up_to(int fd, std::size_t limit) {
  std::string text;
  std::array<char, 65536> chunk{};
  while (text.size() <= limit) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_with(errno);
    if (got == 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace logsniffd::config

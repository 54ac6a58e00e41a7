#include "daemon/spool/spool_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string_view>

#include "daemon/base/confined_file.hpp"
#include "daemon/base/rename.hpp"

namespace logsniffd::spool {
namespace {

constexpr std::string_view kSuffix = ".segment";
constexpr std::string_view kAside = ".segment.aside";
constexpr std::size_t kDigits = 16;
constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

std::string name_of(std::uint64_t segment, std::string_view suffix = kSuffix) {
  return fmt::format("{:016}{}", segment, suffix);
}

std::optional<std::uint64_t> segment_named(std::string_view name, std::string_view suffix) {
  if (name.size() != kDigits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, number);
  if (error != std::errc() || end != name.data() + kDigits) return std::nullopt;
  return number;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

Expected<std::optional<SpoolFolder>> SpoolFolder::open(const std::string& path) {
  auto prepared = prepare_directory(path);
  if (!prepared) return fail(Error::runtime(std::move(prepared.error().message)));
  UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | kFlags));
  if (!directory.valid()) return fail(Error::system(path, errno));
  if (::flock(directory.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<SpoolFolder>();
    return fail(Error::system("locking " + path, errno));
  }
  return std::optional<SpoolFolder>(SpoolFolder(path, std::move(directory)));
}

Expected<std::vector<std::uint64_t>> SpoolFolder::segments() const { return numbers(kSuffix); }

std::uint64_t SpoolFolder::highest_aside() const {
  const auto aside = numbers(kAside);
  return aside && !aside->empty() ? aside->back() : 0;
}

Expected<std::vector<std::uint64_t>> SpoolFolder::numbers(std::string_view suffix) const {
  // Needs its own description: a directory is read from where the last reader stopped.
  UniqueFd fd(::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | kFlags));
  const std::unique_ptr<DIR, CloseDirectory> entries(fd.valid() ? ::fdopendir(fd.get()) : nullptr);
  if (!entries) return fail(Error::system(path_, errno));
  fd.release();
  std::vector<std::uint64_t> numbers;
  while (const dirent* const entry = ::readdir(entries.get())) {
    if (const auto number = segment_named(entry->d_name, suffix)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

UniqueFd SpoolFolder::create(std::uint64_t segment) const {
  const std::string name = name_of(segment);
  UniqueFd file(::openat(directory_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | kFlags, 0600));
  // Its name must survive a loss of power as its content does; if this fails, the content's fdatasync fails too.
  if (file.valid()) ::fsync(directory_.get());
  return file;
}

UniqueFd SpoolFolder::open_segment(std::uint64_t segment) const {
  UniqueFd file(::openat(directory_.get(), name_of(segment).c_str(), O_RDWR | kFlags));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return {};
  if (S_ISREG(status.st_mode)) return file;
  errno = EINVAL;
  return {};
}

void SpoolFolder::remove(std::uint64_t segment) const {
  ::unlinkat(directory_.get(), name_of(segment).c_str(), 0);  // on failure, the next start tries again
}

bool SpoolFolder::set_aside(std::uint64_t segment) const {
  return rename_new(directory_.get(), name_of(segment), directory_.get(), name_of(segment, kAside)) == 0;
}

std::uint64_t SpoolFolder::size_of(std::uint64_t segment) const {
  struct stat status {};
  const bool known = ::fstatat(directory_.get(), name_of(segment).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  return known && S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace logsniffd::spool

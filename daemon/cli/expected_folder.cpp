#include "daemon/cli/expected_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace logsniffd::cli {
namespace {

constexpr mode_t kFolderMode = 0777;  // less the umask, as for everything that a user names
constexpr mode_t kFileMode = 0666;
constexpr int kFlags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

}  // namespace

Expected<std::string> read_whole(int fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return fail(Error::system(name, errno));
  if (!S_ISREG(status.st_mode)) return fail(Error::runtime(name + ": not a regular file; remove it"));
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > ExpectedFolder::kLargest) {
    return fail(Error::runtime(fmt::format("{}: {} bytes are too many to compare, at most {}; use a smaller capture",
                                           name, size, ExpectedFolder::kLargest)));
  }
  std::string text(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(fd, text.data() + done, size - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Error::system("reading " + name, errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

Expected<ExpectedFolder> ExpectedFolder::open(const std::string& path, const std::vector<std::string>& sinks,
                                              bool update) {
  ExpectedFolder folder(path);
  if (update && ::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST) return fail(Error::system(path, errno));
  if (Status found = folder.find_strangers(); !found) return fail(std::move(found.error()));
  if (Status opened = folder.open_files(sinks, update); !opened) return fail(std::move(opened.error()));
  std::erase_if(folder.strangers_, [&](const std::string& name) { return folder.files_.contains(name); });
  return folder;
}

// Every name, those of sinks as well.
Status ExpectedFolder::find_strangers() {
  std::error_code error;
  for (std::filesystem::directory_iterator at(path_, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename();
    if (!name.starts_with('.')) strangers_.push_back(std::move(name));
  }
  if (error == std::errc::no_such_file_or_directory) {
    return fail(Error::runtime(path_ + ": no such folder; make it with --update"));
  }
  if (error) return fail(Error::system(path_, error.value()));
  std::sort(strangers_.begin(), strangers_.end());
  return {};
}

Status ExpectedFolder::open_files(const std::vector<std::string>& sinks, bool update) {
  for (const std::string& sink : sinks) {
    auto file = open_file(sink, update);
    if (!file) return fail(std::move(file.error()));
    files_.emplace(sink, std::move(*file));
  }
  return {};
}

Expected<ExpectedFolder::File> ExpectedFolder::open_file(const std::string& name, bool update) const {
  const std::string path = path_of(name);
  UniqueFd fd(::open(path.c_str(), (update ? O_RDWR : O_RDONLY) | kFlags));
  if (fd.valid()) {
    auto text = read_whole(fd.get(), path);
    if (!text) return fail(std::move(text.error()));
    return File{update ? std::move(fd) : UniqueFd(), std::move(*text)};
  }
  if (errno != ENOENT) return fail(Error::system(path, errno));
  if (!update) return File{};
  fd.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | kFlags, kFileMode));
  if (!fd.valid()) return fail(Error::system(path, errno));
  return File{std::move(fd), std::nullopt};
}

Status ExpectedFolder::replace(const std::string& sink, std::string_view text) {
  const int fd = files_.at(sink).fd.get();
  if (::ftruncate(fd, 0) != 0) return fail(Error::system("writing " + path_of(sink), errno));
  for (off_t at = 0; !text.empty();) {
    const ssize_t took = ::pwrite(fd, text.data(), text.size(), at);
    if (took < 0 && errno == EINTR) continue;
    if (took < 0) return fail(Error::system("writing " + path_of(sink), errno));
    text.remove_prefix(static_cast<std::size_t>(took));
    at += took;
  }
  return {};
}

}  // namespace logsniffd::cli

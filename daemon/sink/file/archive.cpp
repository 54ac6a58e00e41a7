#include "daemon/sink/file/archive.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>

#include "daemon/base/confined_file.hpp"
#include "daemon/sink/file/compressed_copy.hpp"

namespace logsniffd::sink::file {
namespace {

constexpr std::chrono::minutes kAhead(1);  // names of fast rotations run ahead of the clock

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// All forms of one rotated file. There are two if a run was killed after the compression and before the removal of
// the original.
using Forms = std::vector<std::string>;

class Archive {
 public:
  // `folder` is its name in messages.
  Archive(int directory, std::string folder, std::string base)
      : directory_(directory), folder_(std::move(folder)), base_(std::move(base)) {}

  [[nodiscard]] bool look() {
    UniqueFd fd(::openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, CloseDirectory> listing(fd.valid() ? ::fdopendir(fd.get()) : nullptr);
    if (!listing) return trouble("listing", "", errno);
    fd.release();
    while (const dirent* const entry = ::readdir(listing.get())) {
      const std::string_view name = entry->d_name;
      if (const auto rotated = parse_rotated(name); rotated && rotated->base == base_ && is_regular(entry->d_name)) {
        files_[rotated->stamp].emplace_back(name);
      } else if (const auto left = parse_temporary(name); left && left->base == base_) {
        temporaries_.emplace_back(name);
      }
    }
    return true;
  }

  void remove_temporaries() {
    for (const std::string& name : temporaries_) remove_temporary(directory_, name);
  }

  void prune(const ArchiveRules& rules, PacketTime nanoseconds) {
    using std::chrono::milliseconds;
    const Stamp now = std::chrono::floor<milliseconds>(nanoseconds);  // never before year 1 or after 9999
    const auto keep_for = std::chrono::floor<milliseconds>(rules.keep_for.value_or(Duration::max()));
    while (!files_.empty()) {
      // A file rotated in the future was rotated before the clock was set back: it is older than all others.
      auto oldest = files_.lower_bound(now + kAhead);
      if (oldest == files_.end()) oldest = files_.begin();
      const bool aged = rules.keep_for && now - oldest->first > keep_for;
      if (files_.size() <= rules.keep && !aged) return;
      for (const std::string& name : oldest->second) remove(name);
      files_.erase(oldest);
    }
  }

  void compress(Compression compression, const std::stop_token& stop) {
    for (auto& [stamp, forms] : files_) {
      const auto plain = std::find_if(forms.begin(), forms.end(), [](const std::string& name) {
        return parse_rotated(name)->compression == Compression::none;
      });
      if (plain == forms.end()) continue;
      const CopyResult result = forms.size() > 1 ? remove_original(directory_, *plain)
                                                 : compress_in_place(directory_, *plain, compression, stop);
      if (result.outcome == CopyOutcome::interrupted) return;
      if (result.outcome == CopyOutcome::failed) trouble("compressing", *plain, result.error);
    }
  }

  [[nodiscard]] std::string take_error() { return std::move(error_); }

 private:
  bool is_regular(const char* name) const {
    struct stat status {};
    return ::fstatat(directory_, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode);
  }

  void remove(const std::string& name) {
    if (::unlinkat(directory_, name.c_str(), 0) != 0 && errno != ENOENT) trouble("removing", name, errno);
  }

  bool trouble(std::string_view what, std::string_view name, int error) {
    error_ = fmt::format("{} {}/{}: {}", what, folder_, name, std::strerror(error));
    return false;
  }

  int directory_;
  std::string folder_;
  std::string base_;
  std::map<Stamp, Forms> files_;
  std::vector<std::string> temporaries_;
  std::string error_;
};

}  // namespace

std::string settle_archive(const std::string& directory, const std::string& path, const ArchiveRules& rules,
                           PacketTime now, const std::stop_token& stop) {
  auto folder = open_parent(directory, path);
  if (!folder) return std::move(folder.error().message);
  const std::string whole = fmt::format("{}/{}", directory == "/" ? "" : directory, path);
  const UniqueFd listed(::openat(folder->directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listed.valid()) return fmt::format("listing the folder of {}: {}", whole, std::strerror(errno));
  Archive archive(listed.get(), whole.substr(0, whole.rfind('/')), folder->name);
  if (!archive.look()) return archive.take_error();
  archive.remove_temporaries();
  archive.prune(rules, now);
  if (rules.compression != Compression::none) archive.compress(rules.compression, stop);
  return archive.take_error();
}

}  // namespace logsniffd::sink::file

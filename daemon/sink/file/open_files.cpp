#include "daemon/sink/file/open_files.hpp"

#include <algorithm>
#include <cassert>

namespace logsniffd::sink::file {

LogFile& OpenFiles::named(const std::string& name) {
  auto found = files_.find(name);
  if (found == files_.end()) {
    assert(!crowded());
    found = files_.try_emplace(name, folder_, name).first;
  }
  found->second.last_used = ++uses_;
  return found->second;
}

std::span<LogFile* const> OpenFiles::with_lines() {
  with_lines_.clear();
  for (auto& [name, file] : files_) {
    if (!file.block.empty()) with_lines_.push_back(&file);
  }
  const auto closed =
      std::partition(with_lines_.begin(), with_lines_.end(), [](const LogFile* file) { return file->is_open(); });
  if (closed != with_lines_.end()) queue_for_closing();
  return with_lines_;
}

void OpenFiles::queue_for_closing() {
  to_close_.clear();
  closed_ = 0;
  for (auto& [name, file] : files_) {
    if (file.is_open()) to_close_.push_back(&file);
  }
  std::sort(to_close_.begin(), to_close_.end(),
            [](const LogFile* a, const LogFile* b) { return a->last_used < b->last_used; });
}

void OpenFiles::make_room_for(LogFile& file) {
  if (file.is_open()) return;
  if (to_close_.size() - closed_ >= kMaxOpen) to_close_[closed_++]->close();
  to_close_.push_back(&file);
}

void OpenFiles::forget_closed() {
  std::erase_if(files_, [](const auto& member) { return !member.second.is_open(); });
}

}  // namespace logsniffd::sink::file

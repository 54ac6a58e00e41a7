#include "daemon/sink/log_files.hpp"

#include <algorithm>
#include <cassert>

namespace logsniffd::sink {

LogFile* LogFiles::find(const std::string& name) {
  const auto found = files_.find(name);
  if (found == files_.end()) return nullptr;
  found->second.last_used = ++uses_;
  return &found->second;
}

LogFiles::Map::value_type* LogFiles::surplus() {
  if (files_.size() < kMaxOpen) return nullptr;
  return &*std::min_element(files_.begin(), files_.end(),
                            [](const auto& a, const auto& b) { return a.second.last_used < b.second.last_used; });
}

LogFile& LogFiles::add(const std::string& name) {
  assert(files_.size() < kMaxOpen);
  LogFile& file = files_.try_emplace(name, folder_, name).first->second;
  file.last_used = ++uses_;
  return file;
}

}  // namespace logsniffd::sink

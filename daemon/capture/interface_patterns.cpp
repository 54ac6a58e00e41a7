#include "daemon/capture/interface_patterns.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "daemon/base/nearest.hpp"
#include "daemon/capture/pcap_handle.hpp"

namespace logsniffd::capture {

bool is_glob(std::string_view pattern) { return pattern.find_first_of("*?[") != std::string_view::npos; }

bool matches_any(const std::vector<std::string>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return pattern == name || (is_glob(pattern) && ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0);
  });
}

std::string names_of(const LinkTable& table) {
  constexpr std::size_t kMaxNames = 12;
  std::string names;
  std::size_t count = 0;
  for (const auto& [index, link] : table.links()) {
    if (!names.empty()) names += ", ";
    if (++count > kMaxNames) return names + "...";
    names += link.name;
  }
  return names;
}

Status check_name(const std::string& pattern, const LinkTable& table) {
  if (pattern == kAnyInterface || is_glob(pattern) || table.find(pattern) != nullptr) return {};
  std::vector<std::string_view> candidates{kAnyInterface};
  for (const auto& [index, link] : table.links()) candidates.push_back(link.name);
  return fail(Error::usage(fmt::format("{}: no such interface; this machine has: {}{}", pattern, names_of(table),
                                       did_you_mean(pattern, candidates))));
}

}  // namespace logsniffd::capture

#include "config/spool_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "config/bounds.hpp"
#include "config/keys.hpp"

namespace logsniffd::config {
namespace {

constexpr std::size_t kLongestFolder = 4000;  // PATH_MAX less the names of the files in it

// Empty if the folder can be used.
std::string fault_in_folder(const std::string& path) {
  if (path.empty() || path.front() != '/') return quoted(path) + " is not an absolute path; start it with /";
  if (path.size() > kLongestFolder) return fmt::format("is longer than {} bytes; shorten it", kLongestFolder);
  for (const std::string_view part : {"//", "/./", "/../"}) {
    if ((path + "/").find(part) != std::string::npos)
      return quoted(path) + " has '.' or '..' as a component, '//', or a '/' at the end; write it without them";
  }
  if (path.find_first_of("{}") != std::string::npos)
    return quoted(path) + " has braces, but is not a template; write it without them";
  if (path.find('\0') != std::string::npos) return "contains a NUL byte; remove it";
  return {};
}

void read_path(const Value& value, Spool& spool) {
  const auto path = value.text();
  if (!path) return;
  spool.path = *path;
  if (std::string fault = fault_in_folder(*path); !fault.empty()) value.fail(std::move(fault));
}

void read_size(const Value& value, Spool& spool) { value.read_size(kSpoolSize, spool.size); }

constexpr std::array<Key<Spool>, 2> kSpool{{{"path", read_path}, {"size", read_size}}};

}  // namespace

void read_spool(const Value& value, Sink& sink) {
  if (!value.is_mapping()) {
    return value.fail("this should be a mapping, such as {path: /var/lib/logsniffd/NAME, size: 1GiB}");
  }
  Spool spool;
  read_keys(value, kSpool, spool);
  if (!value.find("path")) value.fail_missing("path", "is missing; a spool needs a folder of its own");
  sink.spool = spool;
}

void check_own_spool(const Value& value, const Sink& sink, const std::vector<Sink>& before) {
  if (!sink.spool || sink.spool->path.empty()) return;
  const auto other = std::find_if(before.begin(), before.end(), [&](const Sink& candidate) {
    return candidate.spool && candidate.spool->path == sink.spool->path;
  });
  if (other == before.end()) return;
  value.find("spool")->find("path")->fail(
      fmt::format("{} is already the spool of sink {}; give each sink its own", quoted(sink.spool->path), other->name));
}

}  // namespace logsniffd::config

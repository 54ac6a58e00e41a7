#include "daemon/app/unit_sandbox.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace logsniffd::app {
namespace {

namespace fs = std::filesystem;

// systemd.unit(5): the first one that has the unit wins; a drop-in hides those of the same name in later folders.
constexpr std::array<std::string_view, 5> kUnitFolders{"etc/systemd/system", "run/systemd/system",
                                                       "usr/local/lib/systemd/system", "usr/lib/systemd/system",
                                                       "lib/systemd/system"};
constexpr std::array<std::string_view, 3> kHomes{"/home/", "/root/", "/run/user/"};
constexpr std::array<std::string_view, 2> kTemporary{"/tmp/", "/var/tmp/"};

// journald's own default is 10,000 messages in 30 s (journald.conf(5)).
constexpr unsigned kAmpleBurst = 100'000;

template <class Folders>
bool is_below(std::string_view path, const Folders& folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [path](std::string_view folder) { return path.starts_with(folder); });
}

// The values of each key, in the order of the texts. An empty assignment discards those before it.
using Settings = std::map<std::string, std::vector<std::string>, std::less<>>;

void add_settings(const std::string& text, Settings& settings) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || line.find_first_of("#;[") == 0) continue;
    std::vector<std::string>& values = settings[line.substr(0, equals)];
    std::istringstream words(line.substr(equals + 1));
    const std::size_t before = values.size();
    for (std::string word; words >> word;) values.push_back(word);
    if (values.size() == before) values.clear();
  }
}

std::vector<std::string> values_of(const Settings& settings, std::string_view key) {
  const auto found = settings.find(key);
  return found == settings.end() ? std::vector<std::string>() : found->second;
}

// Of a setting that has one value: the last.
std::string value_of(const Settings& settings, std::string_view key) {
  const auto values = values_of(settings, key);
  return values.empty() ? "" : values.back();
}

bool is_on(const Settings& settings, std::string_view key) {
  constexpr std::array<std::string_view, 5> kOff{"", "no", "off", "false", "0"};
  return std::find(kOff.begin(), kOff.end(), value_of(settings, key)) == kOff.end();
}

std::vector<std::string> writable_folders(const Settings& settings) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kKeys{{{"ReadWritePaths", ""},
                                                                                {"LogsDirectory", "/var/log/"},
                                                                                {"StateDirectory", "/var/lib/"},
                                                                                {"CacheDirectory", "/var/cache/"},
                                                                                {"RuntimeDirectory", "/run/"}}};
  std::vector<std::string> folders;
  for (const auto& [key, parent] : kKeys) {
    for (const std::string& value : values_of(settings, key)) {
      std::string_view name = value;
      name.remove_prefix(std::min(name.find_first_not_of("-+"), name.size()));  // systemd.exec(5)
      std::string folder = std::string(parent) + std::string(name.substr(0, name.find(':')));
      while (folder.ends_with('/')) folder.pop_back();
      folders.push_back(folder + "/");
    }
  }
  return folders;
}

bool allows_ip(const Settings& settings) {
  const auto families = values_of(settings, "RestrictAddressFamilies");
  const bool denied = !values_of(settings, "IPAddressDeny").empty() && values_of(settings, "IPAddressAllow").empty();
  const bool listed = std::any_of(families.begin(), families.end(), [](const std::string& family) {
    return family == "AF_INET" || family == "AF_INET6";
  });
  return !denied && (families.empty() || listed);
}

// LogRateLimitIntervalSec=0 should lift the limit, but systemd 252 does not pass it on.
bool is_limited(const Settings& settings) {
  const std::string burst = value_of(settings, "LogRateLimitBurst");
  const std::string interval = value_of(settings, "LogRateLimitIntervalSec");
  unsigned messages = 0;
  std::from_chars(burst.data(), burst.data() + burst.size(), messages);
  const bool ample = messages >= kAmpleBurst && interval != "0";
  return !ample && value_of(settings, "LogNamespace").empty();
}

std::string contents_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

bool UnitSandbox::hides(std::string_view path) const {
  return (home_hidden && is_below(path, kHomes)) || (private_tmp && is_below(path, kTemporary));
}

bool UnitSandbox::may_write(std::string_view path) const { return !strict || is_below(path, writable); }

UnitSandbox read_unit(const std::vector<std::string>& texts) {
  Settings settings;
  for (const std::string& text : texts) add_settings(text, settings);
  return {.writable = writable_folders(settings),
          .strict = value_of(settings, "ProtectSystem") == "strict",
          .home_hidden = is_on(settings, "ProtectHome") && value_of(settings, "ProtectHome") != "read-only",
          .private_tmp = is_on(settings, "PrivateTmp"),
          .ip = allows_ip(settings),
          .journald_limited = is_limited(settings)};
}

UnitSandbox installed_sandbox(const std::string& root) {
  std::vector<std::string> texts;
  std::map<std::string, fs::path> drop_ins;  // by name, which is their order
  for (const std::string_view folder : kUnitFolders) {
    const fs::path unit = fs::path(root) / folder / "logsniffd.service";
    std::error_code none;
    if (texts.empty() && fs::is_regular_file(unit, none)) texts.push_back(contents_of(unit));
    for (fs::directory_iterator entry(unit.string() + ".d", none), end; entry != end; entry.increment(none)) {
      if (entry->path().extension() == ".conf") drop_ins.emplace(entry->path().filename(), entry->path());
    }
  }
  if (texts.empty()) return {};
  for (const auto& [name, path] : drop_ins) texts.push_back(contents_of(path));
  return read_unit(texts);
}

}  // namespace logsniffd::app

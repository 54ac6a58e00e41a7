#include <array>

#include "config/keys.hpp"
#include "config/sections.hpp"

namespace logsniffd::config {
namespace {

void read_log_level(const Value& value, Daemon& daemon) {
  constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};
  if (const auto level = value.choice(kLevels)) daemon.log_level = kLevels[*level];
}

constexpr std::array<Key<Daemon>, 3> kKeys{{
    {"log_level", read_log_level},
    {"control", refuse_unless_empty<Daemon>, false},
    {"metrics", refuse_unless_empty<Daemon>, false},
}};

}  // namespace

void read_daemon(const Value& value, Daemon& daemon) { read_keys(value, kKeys, daemon); }

}  // namespace logsniffd::config

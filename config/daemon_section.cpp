#include <fmt/format.h>

#include <array>

#include "config/keys.hpp"
#include "config/sections.hpp"
#include "daemon/base/listen_address.hpp"

namespace logsniffd::config {
namespace {

void read_log_level(const Value& value, Daemon& daemon) {
  if (const auto level = value.choice(kLogLevels)) daemon.log_level = kLogLevels[*level];
}

void read_control(const Value& value, Daemon& daemon) {
  constexpr std::size_t kLongest = 107;  // of a unix socket's address
  if (value.is_empty()) {
    daemon.control.clear();
    return;
  }
  const auto path = value.text();
  if (!path) return;
  if (path->front() != '/') {
    value.fail(quoted(*path) + " is not an absolute path; start it with /");
  } else if (path->size() > kLongest) {
    value.fail(fmt::format("is longer than {} bytes; shorten it", kLongest));
  } else {
    daemon.control = *path;
    daemon.control_mark = value.key_mark();
  }
}

void read_metrics(const Value& value, Daemon& daemon) {
  if (value.is_empty()) {
    daemon.metrics.clear();
    return;
  }
  const auto text = value.text();
  if (!text) return;
  if (const auto address = parse_listen_address(*text); !address) {
    value.fail(address.error().message());
  } else {
    daemon.metrics = *text;
    daemon.metrics_mark = value.key_mark();
  }
}

constexpr std::array<Key<Daemon>, 3> kKeys{{
    {"log_level", read_log_level},
    {"control", read_control},
    {"metrics", read_metrics},
}};

}  // namespace

void read_daemon(const Value& value, Daemon& daemon) { read_keys(value, kKeys, daemon); }

}  // namespace logsniffd::config

#include "daemon/app/host_check.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "daemon/capture/interface_list.hpp"

namespace logsniffd::app {
namespace {

using config::Diagnostic;
using config::Diagnostics;
using config::Gravity;

// What systemd/logsniffd.service lets the daemon write (LogsDirectory=, RuntimeDirectory=).
constexpr std::array<std::string_view, 2> kWritableInSandbox{"/var/log/logsniffd/", "/run/logsniffd/"};

Diagnostic warning(const config::Mark& mark, std::string key, std::string message) {
  return {Gravity::warning, mark, std::move(key), std::move(message)};
}

void check_interfaces(const config::Config& config, Diagnostics& found) {
  const auto interfaces = capture::list_interfaces();
  if (!interfaces) return;
  for (const std::string& wanted : config.capture.interfaces) {
    const bool there =
        std::any_of(interfaces->begin(), interfaces->end(), [&](const capture::InterfaceInfo& interface) {
          return ::fnmatch(wanted.c_str(), interface.name.c_str(), 0) == 0;
        });
    if (!there) {
      found.push_back(warning(config.capture.interfaces_mark, "capture.interfaces",
                              "no interface '" + wanted + "' on this host now; see `logsniffd interfaces`"));
    }
  }
}

// The fixed part of a templated path: up to the last '/' before its first field.
std::string fixed_directory(const std::string& path) {
  const std::string fixed = path.substr(0, path.find('{'));
  return fixed.substr(0, fixed.rfind('/') + 1);
}

void check_path(const config::Sink& sink, Diagnostics& found) {
  const std::string key = "sinks." + sink.name + ".path";
  const std::string directory = fixed_directory(sink.path);
  const bool allowed = std::any_of(kWritableInSandbox.begin(), kWritableInSandbox.end(),
                                   [&](std::string_view prefix) { return directory.starts_with(prefix); });
  if (!allowed) {
    found.push_back(warning(
        sink.mark, key,
        directory + " is read-only for logsniffd.service; use /var/log/logsniffd/, or add ReadWritePaths=" + directory +
            " to a drop-in (systemctl edit logsniffd)"));
  }
}

// udp://host:514 -> (udp, 514)
std::optional<std::pair<Transport, std::uint16_t>> remote_port(const std::string& target) {
  const bool udp = target.starts_with("udp://");
  if (!udp && !target.starts_with("tcp://")) return std::nullopt;
  const std::string digits = target.substr(target.rfind(':') + 1);
  std::uint16_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return std::pair{udp ? Transport::udp : Transport::tcp, port};
}

bool captures(const config::Filter& filter, Transport transport, std::uint16_t port) {
  if (filter.protocol == (transport == Transport::tcp ? config::Protocol::udp : config::Protocol::tcp)) return false;
  if (filter.direction == config::Direction::from && !filter.ports.empty()) return false;
  return filter.ports.empty() ||
         std::any_of(filter.ports.begin(), filter.ports.end(),
                     [port](const config::PortRange& range) { return range.first <= port && port <= range.last; });
}

void check_feedback(const config::Config& config, const config::Sink& sink, Diagnostics& found) {
  const auto remote = remote_port(sink.target);
  if (!remote) return;
  for (const config::Filter& filter : config.filters) {
    if (!captures(filter, remote->first, remote->second)) continue;
    const bool feeds_itself = std::find(filter.to.begin(), filter.to.end(), sink.name) != filter.to.end();
    found.push_back(warning(
        sink.mark, "sinks." + sink.name + ".to",
        fmt::format(
            "filter {} captures what this sink sends to {}{}; exclude the target with `networks` or another port",
            filter.name, sink.target, feeds_itself ? ", and sends it there again, without end" : "")));
  }
}

}  // namespace

Diagnostics check_host(const config::Config& config) {
  Diagnostics found;
  check_interfaces(config, found);
  for (const config::Sink& sink : config.sinks) {
    if (sink.type == config::SinkType::file) check_path(sink, found);
    if (sink.type == config::SinkType::syslog) check_feedback(config, sink, found);
  }
  return found;
}

}  // namespace logsniffd::app

#include "daemon/app/host_check.hpp"

#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/app/file_access.hpp"
#include "daemon/capture/interface_list.hpp"

namespace logsniffd::app {
namespace {

using config::Diagnostic;
using config::Diagnostics;
using config::DiagnosticSeverity;

// What systemd/logsniffd.service lets the daemon write (LogsDirectory=, StateDirectory=, RuntimeDirectory=).
constexpr std::array<std::string_view, 3> kWritableInSandbox{"/var/log/logsniffd/", "/var/lib/logsniffd/",
                                                             "/run/logsniffd/"};
// What it hides from the daemon (ProtectHome=, PrivateTmp=).
constexpr std::array<std::string_view, 5> kHiddenInSandbox{"/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"};

constexpr std::uint16_t kTlsPort = 6514;  // for a tls:// target without a port

bool begins_with_any(const std::string& path, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return path.starts_with(prefix); });
}

Diagnostic warning(const config::Mark& mark, std::string key, std::string message) {
  return {DiagnosticSeverity::warning, mark, std::move(key), std::move(message)};
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
                              "there is no interface '" + wanted + "' on this host now; see `logsniffd interfaces`"));
    }
  }
}

// The fixed part of a templated path: up to the last '/' before its first field.
std::string fixed_directory(const std::string& path) {
  const std::string fixed = path.substr(0, path.find('{'));
  return fixed.substr(0, fixed.rfind('/') + 1);
}

// `directory` ends with a slash; `better` is a place where the daemon may write such files.
void check_directory(const config::Sink& sink, std::string_view key, const std::string& directory,
                     std::string_view better, Diagnostics& found) {
  if (!begins_with_any(directory, kWritableInSandbox)) {
    found.push_back(
        warning(sink.mark, fmt::format("sinks.{}.{}", sink.name, key),
                fmt::format("{} is read-only for logsniffd.service; use {}, or add ReadWritePaths={} to a drop-in "
                            "(systemctl edit logsniffd)",
                            directory, better, directory)));
  }
}

Identity this_user() {
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  groups.resize(static_cast<std::size_t>(std::max(::getgroups(static_cast<int>(groups.size()), groups.data()), 0)));
  groups.push_back(::getegid());
  return {"that runs this command", ::geteuid(), groups};
}

void check_tls_files(const config::Sink& sink, const sink::net::TlsOptions& tls, const Identity& daemon,
                     Diagnostics& found) {
  const std::array<std::pair<std::string_view, const std::string&>, 3> files{
      {{"ca", tls.ca}, {"certificate", tls.certificate}, {"key", tls.key}}};
  for (const auto& [name, path] : files) {
    if (path.empty()) continue;
    const std::string key = fmt::format("sinks.{}.tls.{}", sink.name, name);
    if (begins_with_any(path, kHiddenInSandbox)) {
      found.push_back(
          warning(sink.mark, key, path + " is hidden from logsniffd.service; move it to a folder below /etc"));
    } else if (std::string obstacle = obstacle_to_reading(path, daemon); !obstacle.empty()) {
      found.push_back(warning(sink.mark, key, std::move(obstacle)));
    }
  }
}

// udp://host:514 -> (udp, 514)
std::optional<std::pair<Transport, std::uint16_t>> remote_port(const std::string& target) {
  const bool udp = target.starts_with("udp://");
  const bool tls = target.starts_with("tls://");
  if (!udp && !tls && !target.starts_with("tcp://")) return std::nullopt;
  std::uint16_t port = tls ? kTlsPort : 0;
  const std::string digits = target.ends_with(']') ? std::string() : target.substr(target.rfind(':') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return std::pair{udp ? Transport::udp : Transport::tcp, port};
}

bool captures(const config::Filter& filter, Transport transport, std::uint16_t port) {
  if (filter.transport && *filter.transport != transport) return false;
  if (filter.direction == filter::Direction::from && !filter.ports.empty()) return false;
  return filter.ports.empty() ||
         std::any_of(filter.ports.begin(), filter.ports.end(),
                     [port](const filter::PortRange& range) { return range.first <= port && port <= range.last; });
}

void check_feedback(const config::Config& config, const config::Sink& sink, const std::string& to, Diagnostics& found) {
  const auto remote = remote_port(to);
  if (!remote) return;
  for (const config::Filter& filter : config.filters) {
    if (!captures(filter, remote->first, remote->second)) continue;
    const bool feeds_itself = std::find(filter.to.begin(), filter.to.end(), sink.name) != filter.to.end();
    found.push_back(warning(
        sink.mark, "sinks." + sink.name + ".to",
        fmt::format(
            "filter {} captures what this sink sends to {}{}; exclude the target with `networks`, or use another port",
            filter.name, to, feeds_itself ? ", and sends it there again, endlessly" : "")));
  }
}

void check_metrics(const config::Config& config, Diagnostics& found) {
  constexpr std::string_view kUnix = "unix://";
  const std::string& address = config.daemon.metrics;
  if (address.empty()) return;
  const bool is_unix = address.starts_with(kUnix);
  if (is_unix && begins_with_any(address.substr(kUnix.size()), kWritableInSandbox)) return;
  found.push_back(warning(config.daemon.metrics_mark, "daemon.metrics",
                          is_unix ? "logsniffd.service may not make a socket there; use /run/logsniffd/"
                                  : "logsniffd.service may not use IP; use unix:///run/logsniffd/metrics.sock, or add "
                                    "RestrictAddressFamilies=AF_INET AF_INET6 and IPAddressAllow=localhost to a "
                                    "drop-in (systemctl edit logsniffd)"));
}

}  // namespace

Diagnostics check_host(const config::Config& config, const std::string& user) {
  Diagnostics found;
  const Identity daemon = identity_of(user).value_or(this_user());
  check_interfaces(config, found);
  check_metrics(config, found);
  for (const config::Sink& sink : config.sinks) {
    if (const auto* const file = std::get_if<config::FileTarget>(&sink.target)) {
      check_directory(sink, "path", fixed_directory(file->path), "/var/log/logsniffd/", found);
    }
    if (sink.spool) check_directory(sink, "spool.path", sink.spool->path + "/", "/var/lib/logsniffd/", found);
    if (const auto* const syslog = std::get_if<config::SyslogTarget>(&sink.target)) {
      check_feedback(config, sink, syslog->to, found);
      check_tls_files(sink, syslog->tls, daemon, found);
    }
  }
  return found;
}

}  // namespace logsniffd::app

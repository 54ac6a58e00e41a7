// What `logsniffd check` finds that logsniffd.service or its user may not do.
#include <fmt/format.h>

#include <array>

#include "daemon/app/host_check.hpp"

namespace logsniffd::app {
namespace {

constexpr std::string_view kUnix = "unix://";

// Warns if the daemon cannot write a file into `directory`, which ends with a slash, or if nobody else would see it.
// `better` is a place for such files.
void check_directory(const config::Mark& mark, std::string key, const std::string& directory, std::string_view better,
                     const UnitSandbox& sandbox, config::Diagnostics& found) {
  if (sandbox.hides(directory)) {
    found.push_back(
        host_warning(mark, std::move(key),
                     fmt::format("{} of this host is hidden from logsniffd.service; use {}", directory, better)));
  } else if (!sandbox.may_write(directory)) {
    found.push_back(
        host_warning(mark, std::move(key),
                     fmt::format("{0} is read-only for logsniffd.service; use {1}, or add ReadWritePaths={0} to a "
                                 "drop-in (systemctl edit logsniffd)",
                                 directory, better)));
  }
}

// Up to the last '/' before the first field of a templated path.
std::string fixed_directory(const std::string& path) {
  const std::string fixed = path.substr(0, path.find('{'));
  return fixed.substr(0, fixed.rfind('/') + 1);
}

void check_tls_files(const config::Sink& sink, const sink::net::TlsOptions& tls, const Host& host,
                     config::Diagnostics& found) {
  const std::array<std::pair<std::string_view, const std::string&>, 3> files{
      {{"ca", tls.ca}, {"certificate", tls.certificate}, {"key", tls.key}}};
  for (const auto& [name, path] : files) {
    if (path.empty()) continue;
    const std::string key = fmt::format("sinks.{}.tls.{}", sink.name, name);
    if (host.sandbox.hides(path)) {
      found.push_back(
          host_warning(sink.mark, key, path + " is hidden from logsniffd.service; move it to a folder below /etc"));
    } else if (std::string obstacle = obstacle_to_reading(path, host.daemon); !obstacle.empty()) {
      found.push_back(host_warning(sink.mark, key, std::move(obstacle)));
    }
  }
}

void check_target(const config::Sink& sink, const config::FileTarget& file, const Host& host,
                  config::Diagnostics& found) {
  check_directory(sink.mark, fmt::format("sinks.{}.path", sink.name), fixed_directory(file.path), "/var/log/logsniffd/",
                  host.sandbox, found);
}

void check_target(const config::Sink& sink, const config::SyslogTarget& syslog, const Host& host,
                  config::Diagnostics& found) {
  check_tls_files(sink, syslog.tls, host, found);
  if (syslog.to.starts_with(kUnix) || host.sandbox.ip) return;
  found.push_back(host_warning(sink.mark, fmt::format("sinks.{}.to", sink.name),
                               "logsniffd.service may not use IP; add RestrictAddressFamilies=AF_INET AF_INET6 and "
                               "IPAddressAllow= with the target's address to a drop-in (systemctl edit logsniffd)"));
}

void check_target(const config::Sink& sink, const config::JournaldTarget&, const Host& host,
                  config::Diagnostics& found) {
  if (!host.sandbox.journald_limited) return;
  found.push_back(host_warning(sink.mark, "sinks." + sink.name,
                               "journald drops, without telling logsniffd, what the service writes above 10,000 "
                               "messages in 30 s (RateLimitBurst=); add LogRateLimitIntervalSec=1s and "
                               "LogRateLimitBurst=1000000 to a drop-in (systemctl edit logsniffd)"));
}

void check_target(const config::Sink&, const config::StandardOutputTarget&, const Host&, config::Diagnostics&) {}

void check_metrics(const config::Daemon& daemon, const UnitSandbox& sandbox, config::Diagnostics& found) {
  if (daemon.metrics.empty()) return;
  if (daemon.metrics.starts_with(kUnix)) {
    const std::string path = daemon.metrics.substr(kUnix.size());
    if (!sandbox.hides(path) && sandbox.may_write(path)) return;
  } else if (sandbox.ip) {
    return;
  }
  found.push_back(host_warning(daemon.metrics_mark, "daemon.metrics",
                               daemon.metrics.starts_with(kUnix)
                                   ? "logsniffd.service may not make a socket there; use /run/logsniffd/"
                                   : "logsniffd.service may not use IP; use unix:///run/logsniffd/metrics.sock, or add "
                                     "RestrictAddressFamilies=AF_INET AF_INET6 and IPAddressAllow=localhost to a "
                                     "drop-in (systemctl edit logsniffd)"));
}

}  // namespace

void check_unit(const config::Config& config, const Host& host, config::Diagnostics& found) {
  for (const config::Sink& sink : config.sinks) {
    std::visit([&](const auto& target) { check_target(sink, target, host, found); }, sink.target);
    if (!sink.spool) continue;
    check_directory(sink.mark, fmt::format("sinks.{}.spool.path", sink.name), sink.spool->path + "/",
                    "/var/lib/logsniffd/", host.sandbox, found);
  }
  const std::string& control = config.daemon.control;
  if (!control.empty()) {
    check_directory(config.daemon.control_mark, "daemon.control", control.substr(0, control.rfind('/') + 1),
                    "/run/logsniffd/", host.sandbox, found);
  }
  check_metrics(config.daemon, host.sandbox, found);
}

}  // namespace logsniffd::app

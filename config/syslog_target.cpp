#include "config/syslog_target.hpp"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "config/value.hpp"
#include "daemon/base/endpoint.hpp"
#include "daemon/base/nearest.hpp"

namespace logsniffd::config {
namespace {

constexpr std::string_view kSeparator = "://";
constexpr std::size_t kLongestSocketPath = sizeof(sockaddr_un::sun_path) - 1;

tl::unexpected<Error> refuse(std::string_view target, const std::string& why) {
  return fail(Error::usage(quoted(target) + " " + why));
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, port);
  return result.ec == std::errc{} && result.ptr == end && port != 0;
}

// A name as the resolver takes it, or an address; IPv6 in brackets (RFC 3986, 3.2.2).
bool is_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    const auto address = Address::parse(text.substr(1, text.size() - 2));
    return address.has_value();
  }
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

Status check_socket_path(std::string_view target, std::string_view path) {
  if (path.size() < 2 || path.front() != '/')
    return refuse(target, "has no absolute path; use a socket such as unix:///dev/log");
  if (path.size() > kLongestSocketPath) {
    return refuse(target, "has a path that is too long for a socket; use at most " +
                              std::to_string(kLongestSocketPath) + " bytes");
  }
  return {};
}

Status check_host_and_port(std::string_view target, std::string_view scheme, std::string_view rest) {
  const std::size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.back() != ']';
  if (scheme == "tls" && !has_port) {  // RFC 5425, 4.1 defines one
    return is_host(rest) ? Status() : refuse(target, "has an invalid host; use a name, an address or [IPV6]");
  }
  if (!has_port) {
    return refuse(target, "has no port; use " + std::string(scheme) + "://HOST:PORT");
  }
  if (!is_host(rest.substr(0, colon))) return refuse(target, "has an invalid host; use a name, an address or [IPV6]");
  if (!is_port(rest.substr(colon + 1))) return refuse(target, "has an invalid port; use 1 to 65535");
  return {};
}

}  // namespace

Status check_syslog_target(std::string_view target) {
  constexpr std::array<std::string_view, 4> kSchemes{"unix", "udp", "tcp", "tls"};
  const std::size_t separator = target.find(kSeparator);
  if (separator == std::string_view::npos) {
    return refuse(target,
                  "is not a valid target; use unix:///dev/log, udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT");
  }
  const std::string_view scheme = target.substr(0, separator);
  const std::string_view rest = target.substr(separator + kSeparator.size());
  if (scheme == "unix") return check_socket_path(target, rest);
  if (scheme == "udp" || scheme == "tcp" || scheme == "tls") return check_host_and_port(target, scheme, rest);
  return refuse(target, "has an unknown scheme" + did_you_mean(scheme, kSchemes) + "; use " + any_of(kSchemes));
}

}  // namespace logsniffd::config

#include "daemon/base/listen_address.hpp"

#include <fmt/format.h>

#include <charconv>

namespace logsniffd {
namespace {

constexpr std::string_view kUnix = "unix://";
constexpr std::string_view kForms = "use 127.0.0.1:PORT, [::1]:PORT or unix:///PATH";
constexpr std::size_t kIpv4 = 12;  // where the four bytes of an IPv4 address are

bool is_loopback(const Address& address) {
  static const Address kIpv6Loopback = *Address::parse("::1");
  return address.is_ipv4() ? address.bytes()[kIpv4] == 127 : address == kIpv6Loopback;
}

// 0: not a port.
std::uint16_t port_in(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && end == digits.data() + digits.size() ? port : 0;
}

Expected<ListenAddress> parse_unix(std::string_view path) {
  if (!path.starts_with('/')) return fail(Error::usage("a unix socket needs an absolute path: unix:///PATH"));
  if (path.size() > kLongestUnixPath) {
    return fail(Error::usage(fmt::format("the path is longer than {} bytes; shorten it", kLongestUnixPath)));
  }
  if (path.find('\0') != std::string_view::npos) return fail(Error::usage("the path has a NUL byte; remove it"));
  return UnixPath{std::string(path)};
}

}  // namespace

Expected<ListenAddress> parse_listen_address(std::string_view text) {
  if (text.starts_with(kUnix)) return parse_unix(text.substr(kUnix.size()));
  const auto wrong = [&](std::string_view what) {
    return fail(Error::usage(fmt::format("'{}' {}; {}", text, what, kForms)));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("is not an address with a port");
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = Address::parse(host);
  // A mapped address in brackets would be another family than it looks like.
  if (!address || bracketed == address->is_ipv4()) return wrong("is not an IP address with a port");
  if (!is_loopback(*address)) return wrong("can be reached by other hosts, and the figures are for this one only");
  const std::uint16_t port = port_in(text.substr(colon + 1));
  if (port == 0) return wrong("has no port from 1 to 65535");
  return Endpoint{*address, port};
}

}  // namespace logsniffd

// Where a socket for programs of this machine listens: "127.0.0.1:9514", "[::1]:9514" or "unix:///run/name.sock".
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/error.hpp"

namespace logsniffd {

struct UnixPath {
  std::string path;  // absolute, and short enough for an address

  bool operator==(const UnixPath&) const = default;
};

using ListenAddress = std::variant<UnixPath, Endpoint>;

inline constexpr std::size_t kLongestUnixPath = 107;

// ERRORS  usage, with the fix: not such an address, not a loopback address (other hosts could connect), or no port.
[[nodiscard]] Expected<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace logsniffd

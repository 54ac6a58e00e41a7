// A listening TCP socket on a loopback address.
#pragma once

#include "daemon/base/endpoint.hpp"
#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::metrics {

// Non-blocking. An IPv6 socket takes no IPv4 connections.
// ERRORS  runtime, without the address: it is in use, or this process may not use it.
[[nodiscard]] Expected<UniqueFd> listen_on(const Endpoint& endpoint);

}  // namespace logsniffd::metrics

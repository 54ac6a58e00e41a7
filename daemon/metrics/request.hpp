// The head of an HTTP request (the door to Boost.Beast, with request.cpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace logsniffd::metrics {

struct Request {
  std::string method;
  std::string path;         // of its target, without a query
  bool keep_alive = false;  // the client wants to send another one, and this one has no body
};

// `head` ends with its empty line. nullopt: it is not a request.
[[nodiscard]] std::optional<Request> parse_request(std::string_view head);

}  // namespace logsniffd::metrics

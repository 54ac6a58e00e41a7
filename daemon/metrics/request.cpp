#include "daemon/metrics/request.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

namespace logsniffd::metrics {

std::optional<Request> parse_request(std::string_view head) {
  namespace http = boost::beast::http;
  http::request_parser<http::empty_body> parser;
  boost::system::error_code error;
  parser.put(boost::asio::buffer(head.data(), head.size()), error);
  if (error || !parser.is_header_done()) return std::nullopt;
  const auto& request = parser.get();
  const auto target = request.target();
  const std::string_view path(target.data(), target.size());
  const bool has_body = parser.chunked() || parser.content_length().value_or(0) != 0;
  return Request{std::string(request.method_string()), std::string(path.substr(0, path.find('?'))),
                 parser.keep_alive() && !has_body};
}

}  // namespace logsniffd::metrics

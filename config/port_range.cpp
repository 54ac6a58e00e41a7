#include "config/port_range.hpp"

#include <fmt/format.h>

#include <charconv>

#include "config/value.hpp"

namespace logsniffd::config {

Expected<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, port);
  if (result.ec == std::errc{} && result.ptr == end && port != 0 && text.front() != '0') return port;
  const bool number = text.find_first_not_of("-0123456789") == std::string_view::npos && !text.empty();
  return fail(Error::usage(
      fmt::format("{} is not a valid port (1 to 65535)", number ? std::string(text.substr(0, 32)) : quoted(text))));
}

Expected<filter::PortRange> parse_port_range(std::string_view text) {
  const std::size_t hyphen = text.find('-', 1);
  const auto first = parse_port(text.substr(0, hyphen));
  if (!first) return fail(first.error());
  if (hyphen == std::string_view::npos) return filter::PortRange{*first, *first};
  const std::string_view rest = text.substr(hyphen + 1);
  if (rest.empty() || rest.find('-') != std::string_view::npos) {
    return fail(Error::usage(fmt::format("{} is not a range; use two ports, such as 6000-6010", quoted(text))));
  }
  const auto last = parse_port(rest);
  if (!last) return fail(last.error());
  if (*first > *last) {
    return fail(Error::usage(fmt::format("{} is a reversed range; use {}-{}", text, *last, *first)));
  }
  return filter::PortRange{*first, *last};
}

}  // namespace logsniffd::config

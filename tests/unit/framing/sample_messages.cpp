#include <algorithm>
#include <array>
#include <string_view>

#include "tests/unit/framing/generated_connection.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;

constexpr std::array kWords = {
    "session"sv, "opened"sv,   "for"sv,  "user"sv, "root"sv,    "by"sv,   "(uid=0)"sv,       "timeout"sv,
    "after"sv,   "30"sv,       "ms"sv,   "GET"sv,  "/cart"sv,   "200"sv,  "192.0.2.7:443"sv, "item"sv,
    "of"sv,      "7"sv,        "down"sv, "up"sv,   "eth0:"sv,   "link"sv, "table=main"sv,    "x>y"sv,
    "a<b"sv,     "f\u00fcr"sv, "100%"sv, "12"sv,   "1024 kB"sv, "->"sv,   "[ok]"sv,          "job-17"sv,
};

constexpr std::array kHosts = {"web1"sv, "db-2.example.net"sv, "192.0.2.33"sv};
constexpr std::array kApps = {"sshd"sv, "nginx"sv, "backup-job"sv};

std::string two_digits(std::size_t value) {
  return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

template <class Names>
std::string any_of(Random& random, const Names& names) {
  return std::string(names[below(random, names.size())]);
}

std::string clock(Random& random) {
  const std::size_t hour = below(random, 24);
  const std::size_t minute = below(random, 60);
  const std::size_t second = below(random, 60);
  return two_digits(hour) + ":" + two_digits(minute) + ":" + two_digits(second);
}

std::string json(Random& random, std::size_t number, const std::string& text) {
  std::string object = "{\"level\":\"info\",\"n\":" + std::to_string(number);
  if (below(random, 2) != 0) object += ",\"context\":{\"ids\":[1,2,{\"deep\":null}],\"empty\":{}}";
  if (below(random, 3) == 0) object += R"(,"quoted":"a \"}{\" b \\")";
  return object + ",\"message\":\"" + text + "\"}";
}

}  // namespace

std::size_t below(Random& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

Style any_style(Random& random) { return static_cast<Style>(below(random, 4)); }
Style syslog_style(Random& random) { return static_cast<Style>(below(random, 2)); }

// Most have about ten words, one in six is long, and one in a hundred is longer than two segments.
std::string words(Random& random, std::size_t number) {
  std::size_t count = 3 + below(random, 20);
  if (below(random, 6) == 0) count = 3 + below(random, 180);
  if (below(random, 100) == 0) count = 600;
  std::string text = "n" + std::to_string(number);
  for (std::size_t i = 0; i < count; ++i) text += " " + any_of(random, kWords);
  return text;
}

std::string message(Random& random, Style style, std::size_t number, const std::string& text) {
  // One call in each statement, because compilers evaluate the operands of an operator in different orders.
  const std::string priority = "<" + std::to_string(below(random, 192)) + ">";
  if (style == Style::json) return json(random, number, text);
  const std::string time = clock(random);
  if (style == Style::plain) return "2024-03-09 " + time + " ERROR [main] " + text;
  const std::string host = any_of(random, kHosts);
  const std::string app = any_of(random, kApps);
  if (style == Style::rfc5424)
    return priority + "1 2024-03-09T" + time + ".123Z " + host + " " + app + " 4711 ID47 - " + text;
  return priority + "Oct 11 " + time + " " + host + " " + app + "[" + std::to_string(1 + below(random, 30'000)) +
         "]: " + text;
}

std::string message(Random& random, Style style, std::size_t number) {
  const std::string text = words(random, number);
  return message(random, style, number, text);
}

std::string pickle(Random& random, std::size_t number) {
  const auto value = [](std::string_view text) {
    std::string made = "X";
    for (int shift = 0; shift < 32; shift += 8) made += static_cast<char>(text.size() >> shift & 0xff);
    return made + std::string(text);
  };
  std::string made("}q\0("sv);
  made += value("name") + "q\1" + value(any_of(random, kApps)) + "q\2";
  made += value("lineno") + "q\3K" + static_cast<char>(1 + below(random, 120));
  made += value("msg") + "q\4" + value(words(random, number)) + "q\5";
  return made + "u.";
}

}  // namespace logsniffd::framing

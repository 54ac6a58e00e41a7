#include "tests/bench/line_writer.hpp"

#include <cstddef>
#include <ctime>

namespace logsniffd::bench {
namespace {

constexpr std::size_t kShortest = 40;
constexpr std::size_t kLongest = 190;
constexpr std::array<std::string_view, 16> kWords = {"request", "handled", "in",      "queue",   "worker", "retry",
                                                     "cache",   "miss",    "user",    "session", "token",  "expired",
                                                     "status",  "commit",  "flushed", "ok"};

void append_words(std::string& out, std::mt19937_64& random, std::uint32_t who, std::uint32_t number) {
  const std::size_t start = out.size();
  const std::size_t length = kShortest + random() % (kLongest - kShortest + 1);
  out += "c" + std::to_string(who) + " n" + std::to_string(number);
  while (out.size() - start < length) {
    out += ' ';
    out += kWords[random() % kWords.size()];
  }
  out.resize(start + length);
}

std::tm utc(std::uint64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return parts;
}

// RFC 3164, 4.1.2.
std::string bsd_time(std::uint64_t seconds) {
  const std::tm parts = utc(seconds);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%b %e %H:%M:%S", &parts)};
}

std::string iso_time(std::uint64_t seconds) {
  const std::tm parts = utc(seconds);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.250Z", &parts)};
}

// What comes before the words, and after them.
std::pair<std::string, std::string_view> around(LineForm form, std::uint32_t who, std::uint32_t number,
                                                std::uint64_t seconds) {
  const std::string priority = std::to_string(128 + number % 8);  // local0, each severity
  const std::string host = "web" + std::to_string(who);
  switch (form) {
    case LineForm::words:
      break;
    case LineForm::rfc3164:
      return {"<" + priority + ">" + bsd_time(seconds) + " " + host + " shop[812]: ", ""};
    case LineForm::rfc5424:
      return {"<" + priority + ">1 " + iso_time(seconds) + " " + host +
                  " shop 812 order [at@32473 zone=\"a\" shard=\"" + std::to_string(who) + "\"] ",
              ""};
    case LineForm::json:
      return {"{\"ts\":\"" + iso_time(seconds) + "\",\"level\":\"" + (number % 8 == 0 ? "error" : "info") +
                  "\",\"logger\":\"shop.order\",\"shard\":" + std::to_string(who) + ",\"msg\":\"",
              "\"}"};
  }
  return {};
}

}  // namespace

void append_line(std::string& out, LineForm form, std::mt19937_64& random, std::uint32_t who, std::uint32_t number,
                 std::uint64_t seconds) {
  const auto [before, after] = around(form, who, number, seconds);
  out += before;
  append_words(out, random, who, number);
  out += after;
  out += '\n';
}

}  // namespace logsniffd::bench

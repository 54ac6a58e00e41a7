#include "daemon/format/time_format.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <utility>

namespace logsniffd::format {
namespace {

constexpr std::string_view kConversions = "aAbBcCdDeFgGhHIjklmMpPrRsSTuUVwWxXyYzZ%";
constexpr std::size_t kLongestPattern = 256;
constexpr std::size_t kMicrosDigits = 6;

void append_strftime(const std::string& pattern, const std::tm& local, std::string& out) {
  std::ostringstream text;  // once a second
  text.imbue(std::locale::classic());
  text << std::put_time(&local, pattern.c_str());
  out.append(text.view());
}

void append_offset(const std::tm& local, std::string& out) {
  const long minutes = std::labs(local.tm_gmtoff) / 60;
  fmt::format_to(std::back_inserter(out), "{}{:02}:{:02}", local.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace

struct TimeFormat::Second {
  PacketTime start = PacketTime::min();
  std::string text;
  std::vector<std::size_t> micros_at;  // where six digits are to be filled into `text`
};

struct TimeFormat::Cache {
  std::atomic_flag busy;
  Second second;
};

TimeFormat::TimeFormat() : cache_(std::make_unique<Cache>()) {}
TimeFormat::TimeFormat(TimeFormat&&) noexcept = default;
TimeFormat& TimeFormat::operator=(TimeFormat&&) noexcept = default;
TimeFormat::~TimeFormat() = default;

Expected<TimeFormat> TimeFormat::compile(std::string_view pattern) {
  if (pattern.size() > kLongestPattern) {
    return fail(
        Error::usage(fmt::format("a time format must have at most {} characters; shorten it", kLongestPattern)));
  }
  TimeFormat format;
  std::string literal;  // and the strftime conversions between two of our own
  const auto end_literal = [&] {
    if (!literal.empty()) format.parts_.push_back({PartKind::strftime, std::exchange(literal, {})});
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      literal.push_back(pattern[i]);
      continue;
    }
    const std::string_view conversion = pattern.substr(i + 1, pattern.substr(i + 1, 2) == ":z" ? 2 : 1);
    i += conversion.size();
    if (conversion == "f" || conversion == ":z") {
      end_literal();
      format.parts_.push_back({conversion == "f" ? PartKind::microseconds : PartKind::offset, {}});
    } else if (!conversion.empty() && kConversions.find(conversion) != std::string_view::npos) {
      literal.append("%").append(conversion);
    } else {
      return fail(Error::usage(fmt::format(
          "'%{}' is not a valid time conversion; use those of strftime(3), or %f for microseconds", conversion)));
    }
  }
  end_literal();
  ::tzset();  // localtime_r need not look at TZ (POSIX)
  return format;
}

TimeFormat TimeFormat::rfc3339() { return std::move(*compile(kRfc3339)); }

void TimeFormat::render(PacketTime second, Second& into) const {
  into.start = second;
  into.text.clear();
  into.micros_at.clear();
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(second.time_since_epoch()).count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  for (const Part& part : parts_) {
    switch (part.kind) {
      case PartKind::strftime:
        append_strftime(part.pattern, local, into.text);
        break;
      case PartKind::offset:
        append_offset(local, into.text);
        break;
      case PartKind::microseconds:
        into.micros_at.push_back(into.text.size());
        into.text.append(kMicrosDigits, '0');
        break;
    }
  }
}

void TimeFormat::append(PacketTime time, std::string& out) const {
  const PacketTime second = std::chrono::floor<std::chrono::seconds>(time);
  const auto fill = [&](const Second& from) {
    const std::size_t begin = out.size();
    out.append(from.text);
    auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - second).count();
    std::array<char, kMicrosDigits> digits;
    for (std::size_t i = digits.size(); i-- > 0; micros /= 10) digits[i] = static_cast<char>('0' + micros % 10);
    for (const std::size_t at : from.micros_at) out.replace(begin + at, digits.size(), digits.data(), digits.size());
  };

  // Acquire: partner is the clear() below.
  if (cache_->busy.test_and_set(std::memory_order_acquire)) {
    Second own;
    render(second, own);
    return fill(own);
  }
  if (cache_->second.start != second) render(second, cache_->second);
  fill(cache_->second);
  cache_->busy.clear(std::memory_order_release);
}

}  // namespace logsniffd::format

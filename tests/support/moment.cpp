#include "tests/support/moment.hpp"

#include <fmt/format.h>
#include <time.h>

namespace logsniffd::test {
namespace {

// Before any test, for libc reads the zone once.
[[maybe_unused]] const bool kZoneIsSet = [] {
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  ::tzset();
  return true;
}();

}  // namespace

PacketTime moment(std::string_view text) {
  std::tm utc{};
  ::strptime(std::string(text).c_str(), "%Y-%m-%d %H:%M:%S", &utc);
  return PacketTime(std::chrono::seconds(::timegm(&utc)));
}

std::string to_text(PacketTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = whole.time_since_epoch().count();
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char shown[32];
  const std::size_t length = std::strftime(shown, sizeof shown, "%Y-%m-%d %H:%M:%S", &utc);
  std::string text = fmt::format("{}.{:09}", std::string_view(shown, length), (time - whole).count());
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace logsniffd::test

#include "daemon/sink/loss_notice.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "daemon/format/marker.hpp"

namespace logsniffd::sink {
namespace {

// "1284" -> "1,284"
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string clock_time(PacketTime time) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(since_epoch - seconds).count();
  return fmt::format("{:%H:%M:%S}.{:06}", fmt::localtime(static_cast<std::time_t>(seconds.count())), micros);
}

}  // namespace

std::string loss_notice(const queue::Loss& loss, std::string_view why, std::string_view filter) {
  std::string text =
      fmt::format("{}{} record{} lost here ({}) between {} and {}", format::kMarkerStart, grouped(loss.records),
                  loss.records == 1 ? "" : "s", why, clock_time(loss.first), clock_time(loss.last));
  if (!filter.empty()) text += fmt::format(", filter {}", filter);
  return text;
}

}  // namespace logsniffd::sink

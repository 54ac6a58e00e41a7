// A point in time as text, in local time (TZ honoured): the fields of strftime(3), %f for microseconds, %:z for the
// offset as +hh:mm.
//
// THREAD  append() may run on any thread. The text of the latest second is cached, as records come in the order of
//         time; a thread that finds the cache in use by another formats without it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::format {

class TimeFormat {
 public:
  static constexpr std::string_view kRfc3339 = "%Y-%m-%dT%H:%M:%S.%f%:z";

  // Fails (usage) on an unknown conversion, and on %n and %t, which would make two lines of one record.
  static Expected<TimeFormat> compile(std::string_view pattern);
  static TimeFormat rfc3339();

  TimeFormat(TimeFormat&&) noexcept;
  TimeFormat& operator=(TimeFormat&&) noexcept;
  ~TimeFormat();

  void append(PacketTime time, std::string& out) const;

 private:
  enum class PartKind { strftime, microseconds, offset };
  struct Part {
    PartKind kind;
    std::string pattern;  // of strftime
  };
  struct Second;  // the text of one second, with room for the microseconds
  struct Cache;

  TimeFormat();
  void render(PacketTime second, Second& into) const;

  std::vector<Part> parts_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace logsniffd::format

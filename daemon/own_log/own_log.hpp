// The daemon's own log: to journald in its native protocol, with a MESSAGE_ID and fields for programs; elsewhere to
// standard error, by spdlog.
//
// THREAD  any.
// BLOCK   at most 100 ms for a journald that hangs, and once: what it does not take is counted, and reported with the
//         next message that it takes. Without a journald, messages go to standard error.
// BOUNDS  kBurst messages of one event in kWindow. The number of the others is reported with the latest of them when
//         the window has passed: with the next message, by report_suppressed(), or at the end.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/time.hpp"
#include "daemon/own_log/event.hpp"

namespace spdlog {
class logger;
}

namespace logsniffd::own_log {

struct Field {
  std::string_view name;  // LOGSNIFFD_SINK: a name of a journal field
  std::string value;
};
using Fields = std::vector<Field>;

// Whether journald reads this process's standard error (systemd.exec(5), $JOURNAL_STREAM).
[[nodiscard]] bool journal_reads_standard_error();

struct OwnLogOptions {
  bool journal = journal_reads_standard_error();
  std::string socket = "/run/systemd/journal/socket";
  std::function<SteadyTime()> now = &std::chrono::steady_clock::now;
};

class OwnLog {
 public:
  static constexpr unsigned kBurst = 50;
  static constexpr Duration kWindow = std::chrono::seconds(10);

  explicit OwnLog(OwnLogOptions options = {});
  ~OwnLog();

  // REQUIRED: one of config::kLogLevels.
  void set_level(const std::string& level);

  // REQUIRED: `text` has no control characters; the event has these fields (EventKind::fields).
  void write(Event event, std::string_view text, const Fields& fields = {});
  void report_suppressed();

 private:
  class JournalSink;

  // What was written of one event since `began`, and what was not.
  struct Window {
    std::optional<SteadyTime> began;
    unsigned written = 0;
    std::uint64_t suppressed = 0;
    std::string latest;  // of the suppressed
  };

  void put(Event event, std::string_view text, const Fields& fields);
  void report_lost();
  // Reports what was suppressed in windows that are at least `from` old.
  void close_windows(SteadyTime now, Duration from);

  std::function<SteadyTime()> now_;
  std::mutex mutex_;                      // guards all below
  std::shared_ptr<JournalSink> journal_;  // shared with the logger; null: standard error alone
  std::shared_ptr<spdlog::logger> logger_;
  std::array<Window, kEvents> windows_;
};

}  // namespace logsniffd::own_log

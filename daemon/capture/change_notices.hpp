// Tells the listener what happened to an interface, at most once per interface and second: an interface that flaps must
// not fill the log. A notice that is held back is replaced by the next one; a later tick reports the last, with the
// count of those replaced.
//
// THREAD  confined to the capture worker.
// BOUNDS  kMaxNotices interfaces within one second; further notices are dropped and counted (suppressed()).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "daemon/capture/live_source.hpp"

namespace logsniffd::capture {

inline constexpr std::size_t kMaxNotices = 256;

class ChangeNotices {
 public:
  explicit ChangeNotices(InterfaceListener listener) : listener_(std::move(listener)) {}

  void report(const std::string& interface, InterfaceChange change, const std::string& detail);
  // REQUIRED: called once a second, at any phase, while waits().
  void tick();
  // True if a tick() has anything to do.
  [[nodiscard]] bool waits() const { return !recent_.empty(); }
  [[nodiscard]] std::uint64_t suppressed() const { return suppressed_; }

 private:
  struct Held {
    InterfaceChange change;
    std::string detail;
    std::uint64_t replaced = 0;
  };
  struct Recent {
    bool fresh = true;  // reported since the last tick: its second is not over at the next one
    std::optional<Held> held;
  };

  InterfaceListener listener_;
  std::map<std::string, Recent> recent_;
  std::uint64_t suppressed_ = 0;
};

}  // namespace logsniffd::capture

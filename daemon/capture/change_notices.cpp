#include "daemon/capture/change_notices.hpp"

#include <fmt/format.h>

#include <utility>

namespace logsniffd::capture {

void ChangeNotices::report(const std::string& interface, InterfaceChange change, const std::string& detail) {
  const auto found = recent_.find(interface);
  if (found != recent_.end()) {
    std::optional<Held>& held = found->second.held;
    held = Held{change, detail, held ? held->replaced + 1 : 0};
    return;
  }
  if (recent_.size() >= kMaxNotices) {
    ++suppressed_;
    return;
  }
  recent_.emplace(interface, Recent{});
  if (listener_) listener_(interface, change, detail);
}

void ChangeNotices::tick() {
  for (auto it = recent_.begin(); it != recent_.end();) {
    Recent& recent = it->second;
    if (std::exchange(recent.fresh, false)) {
      ++it;
      continue;
    }
    if (!recent.held) {
      it = recent_.erase(it);
      continue;
    }
    const Held held = *std::exchange(recent.held, std::nullopt);
    recent.fresh = true;
    const std::string more = held.replaced == 0 ? "" : fmt::format(" (after {} more changes)", held.replaced);
    if (listener_) listener_(it->first, held.change, held.detail + more);
    ++it;
  }
}

std::string describe(const std::string& interface, InterfaceChange change, const std::string& detail) {
  const std::string suffix = detail.empty() ? "" : ": " + detail;
  switch (change) {
    case InterfaceChange::opened:
      return "capturing on " + interface + suffix;
    case InterfaceChange::reopened:
      return "capturing on " + interface + " again" + suffix;
    case InterfaceChange::missing:
      return interface + " will be captured when it appears" + suffix;
    case InterfaceChange::vanished:
      return interface + " is gone" + suffix;
    case InterfaceChange::down:
      return interface + " is down" + suffix;
    case InterfaceChange::failed:
      break;
  }
  return "cannot capture on " + interface + suffix;
}

}  // namespace logsniffd::capture

// Decides which interfaces are captured: compares what should be captured with what exists, opens what is missing, and
// closes what has gone.
//
// What should be captured follows only from the table of links. So it does not matter which messages were missed, or in
// what order an interface went, came back and was renamed. If `any` is requested, it is captured alone: it shows the
// packets of all others.
//
// THREAD  confined to the capture worker; open_first() on any.
// BOUNDS  at most kMaxInterfaces open interfaces, including those that are leaving.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/capture/change_notices.hpp"
#include "daemon/capture/interface_watch.hpp"
#include "daemon/capture/live_interface.hpp"
#include "daemon/capture/live_source.hpp"

namespace logsniffd::capture {

class InterfaceRoster {
 public:
  // `epoll_fd` outlives this. The rings' descriptors are added to it, with the descriptor as data.
  InterfaceRoster(LiveOptions options, InterfaceListener listener, InterfaceWatch watch, int epoll_fd);

  // REQUIRED: called first, once. ERRORS as LiveSource::open().
  [[nodiscard]] Status open_first();
  // REQUIRED: called after watch().update().
  void reconcile();
  // REQUIRED: once a second while wants_ticks().
  void tick();
  [[nodiscard]] bool wants_ticks() const;
  // Call when dispatch() of a captured interface failed.
  void lose(LiveInterface& interface, const Error& error);

  [[nodiscard]] InterfaceWatch& watch() { return watch_; }
  [[nodiscard]] const std::vector<std::unique_ptr<LiveInterface>>& interfaces() const { return interfaces_; }
  [[nodiscard]] CaptureStatistics statistics();
  [[nodiscard]] std::vector<InterfaceFigures> figures();
  [[nodiscard]] Status set_watched(const WatchedTraffic& watched, const std::string& expression);

 private:
  struct Retry {
    int next_ticks = 1;
    int ticks_left = 1;
  };

  [[nodiscard]] bool any() const;
  [[nodiscard]] LiveInterface::Filter filter(const WatchedTraffic& watched, const std::string& expression) const;
  [[nodiscard]] bool is_captured(std::string_view name) const;

  tl::expected<void, LiveInterface::OpenError> open(const std::string& name, const Link* link);
  Status open_at_first(const std::string& name, const Link* link, std::optional<Error>& failure);
  void open_again(const std::string& name, const Link* link);
  void open_missing();
  void follow_links();
  void follow(LiveInterface& interface);
  void leave(LiveInterface& interface, InterfaceChange change, const std::string& why);
  void close_left();
  void retry_due();

  LiveOptions options_;
  ChangeNotices notices_;
  InterfaceWatch watch_;
  int epoll_fd_;
  std::vector<std::unique_ptr<LiveInterface>> interfaces_;
  std::map<std::string, Retry> retries_;  // existing interfaces that did not open: at most kMaxLinks
  std::set<std::string> lost_;            // interfaces that were captured before; at most kMaxLostNames
  bool reported_ceiling_ = false;
  CaptureStatistics closed_;  // of the interfaces that are no longer open
};

}  // namespace logsniffd::capture

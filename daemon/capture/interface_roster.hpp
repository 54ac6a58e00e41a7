// Which interfaces are captured: compares what should be with what is there, opens what is missing, and sees off what
// went.
//
// What should be captured follows from the table of links alone, so it does not matter which messages were missed, or
// in what order an interface went, came back and was renamed. Where `any` is asked for, it is captured alone: it shows
// the others' packets.
//
// THREAD  confined to the capture worker; open_first() on any.
// BOUNDS  at most kMaxInterfaces open ones, those on their way out included.
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
  // `epoll_fd` outlives this; the rings' descriptors are added to it, with the descriptor as data.
  InterfaceRoster(LiveOptions options, InterfaceListener listener, InterfaceWatch watch, int epoll_fd);

  // REQUIRED: first of all, once. ERRORS as LiveSource::open().
  [[nodiscard]] Status open_first();
  // After watch().update().
  void reconcile();
  // REQUIRED: once a second while wants_ticks().
  void tick();
  [[nodiscard]] bool wants_ticks() const;
  // dispatch() of a captured interface failed.
  void lose(LiveInterface& interface, const Error& error);

  [[nodiscard]] InterfaceWatch& watch() { return watch_; }
  [[nodiscard]] const std::vector<std::unique_ptr<LiveInterface>>& interfaces() const { return interfaces_; }
  [[nodiscard]] CaptureStatistics statistics();
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
  std::map<std::string, Retry> retries_;  // interfaces that are there and did not open: at most kMaxLinks
  std::set<std::string> lost_;            // those that were captured before; at most kMaxLostNames
  bool told_of_ceiling_ = false;
  CaptureStatistics closed_;  // of the interfaces that are no longer open
};

}  // namespace logsniffd::capture

#include "daemon/capture/interface_roster.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include "daemon/capture/capture_filter.hpp"
#include "daemon/capture/interface_patterns.hpp"

namespace logsniffd::capture {
namespace {

constexpr int kMaxRetryTicks = 32;
constexpr std::size_t kMaxLostNames = 256;
constexpr const char* kDisappeared = "waiting for it to come back";

}  // namespace

InterfaceRoster::InterfaceRoster(LiveOptions options, InterfaceListener listener, InterfaceWatch watch, int epoll_fd)
    : options_(std::move(options)), notices_(std::move(listener)), watch_(std::move(watch)), epoll_fd_(epoll_fd) {}

bool InterfaceRoster::any() const {
  return std::find(options_.interfaces.begin(), options_.interfaces.end(), kAnyInterface) != options_.interfaces.end();
}

LiveInterface::Filter InterfaceRoster::filter(const WatchedTraffic& watched, const std::string& expression) const {
  LiveInterface::Filter filter{watched, expression, std::nullopt};
  for (const auto& [index, link] : watch_.table().links()) {
    if (link.loopback) filter.loopback_index = index;
  }
  return filter;
}

bool InterfaceRoster::is_captured(std::string_view name) const {
  return std::any_of(interfaces_.begin(), interfaces_.end(),
                     [&](const auto& interface) { return !interface->leaving() && interface->name() == name; });
}

Status InterfaceRoster::open_first() {
  std::optional<Error> failure;
  if (any()) {
    if (Status opened = open_at_first(kAnyInterface, nullptr, failure); !opened) return opened;
  } else {
    for (const auto& [index, link] : watch_.table().links()) {
      if (interfaces_.size() >= kMaxInterfaces) break;
      if (!matches_any(options_.interfaces, link.name)) continue;
      if (Status opened = open_at_first(link.name, &link, failure); !opened) return opened;
    }
  }
  if (!interfaces_.empty()) return {};
  if (failure) return fail(std::move(*failure));
  return fail(Error::runtime(fmt::format("{}: no interface matches; this machine has: {}",
                                         fmt::join(options_.interfaces, ", "), names_of(watch_.table()))));
}

// An error that only the user can fix fails the start. Any other error is an event, and becomes `failure` in case
// nothing else opens.
Status InterfaceRoster::open_at_first(const std::string& name, const Link* link, std::optional<Error>& failure) {
  tl::expected<void, LiveInterface::OpenError> opened = open(name, link);
  if (opened) return {};
  auto& [reason, error] = opened.error();
  if (reason == OpenFailure::not_permitted || error.kind() == ErrorKind::usage) return fail(std::move(error));
  const bool down = reason == OpenFailure::not_up;
  notices_.report(name, down ? InterfaceChange::down : InterfaceChange::failed, error.message());
  if (!down) retries_.emplace(name, Retry{});
  if (!failure) failure = std::move(error);
  return {};
}

tl::expected<void, LiveInterface::OpenError> InterfaceRoster::open(const std::string& name, const Link* link) {
  PcapOptions wanted;
  wanted.interface = name;
  wanted.interface_index = link == nullptr ? 0 : link->index;
  wanted.promiscuous = options_.promiscuous && link != nullptr;
  wanted.ignore_outgoing = link != nullptr && link->loopback;
  wanted.snaplen_bytes = options_.snaplen_bytes;
  wanted.buffer_bytes = options_.buffer_bytes;
  wanted.latency = options_.latency;
  auto opened = LiveInterface::open(std::move(wanted), filter(options_.watched, options_.expression));
  if (!opened) return tl::unexpected<LiveInterface::OpenError>(std::move(opened).error());
  std::unique_ptr<LiveInterface> interface = std::move(*opened);

  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = interface->handle().fd();
  if (::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, interface->handle().fd(), &event) != 0) {
    return tl::unexpected<LiveInterface::OpenError>(
        {OpenFailure::other, Error::system(name + ": cannot wait for packets", errno)});
  }
  interface->usable = link == nullptr || link->carrier;
  const bool again = lost_.erase(name) != 0;
  notices_.report(name, again ? InterfaceChange::reopened : InterfaceChange::opened,
                  to_string(interface->handle().link_type()) + (interface->usable ? "" : ", no carrier"));
  interfaces_.push_back(std::move(interface));
  return {};
}

void InterfaceRoster::open_again(const std::string& name, const Link* link) {
  const tl::expected<void, LiveInterface::OpenError> opened = open(name, link);
  if (opened) {
    retries_.erase(name);
    return;
  }
  const auto& [reason, error] = opened.error();
  // The interface is gone or down again; netlink will report more.
  if (reason == OpenFailure::no_such_interface || reason == OpenFailure::not_up) return;
  Retry& retry = retries_[name];
  retry.ticks_left = retry.next_ticks;
  retry.next_ticks = std::min(retry.next_ticks * 2, kMaxRetryTicks);
  notices_.report(name, InterfaceChange::failed, error.message());
}

void InterfaceRoster::reconcile() {
  if (any()) return;  // `any` never goes; an error of its socket is retried by tick()
  follow_links();
  std::erase_if(retries_, [this](const auto& retry) { return watch_.table().find(retry.first) == nullptr; });
  open_missing();
}

void InterfaceRoster::follow_links() {
  for (const auto& interface : interfaces_) {
    if (!interface->leaving()) follow(*interface);
  }
}

void InterfaceRoster::follow(LiveInterface& interface) {
  const auto found = watch_.table().links().find(interface.index());
  if (found == watch_.table().links().end()) return leave(interface, InterfaceChange::vanished, kDisappeared);
  const Link& link = found->second;
  // It is captured under its new name if that matches: libpcap and the packets' interface know only the old name.
  if (link.name != interface.name())
    return leave(interface, InterfaceChange::vanished, "it is now called " + link.name);
  const bool usable = link.up && link.carrier;
  if (usable == std::exchange(interface.usable, usable)) return;
  notices_.report(link.name, usable ? InterfaceChange::reopened : InterfaceChange::down, std::string(state_of(link)));
}

void InterfaceRoster::open_missing() {
  for (const auto& [index, link] : watch_.table().links()) {
    // An interface that is down cannot be opened; the news that it is up leads here again.
    if (!link.up || retries_.contains(link.name) || is_captured(link.name)) continue;
    if (!matches_any(options_.interfaces, link.name)) continue;
    if (interfaces_.size() >= kMaxInterfaces) {
      if (!std::exchange(reported_ceiling_, true)) {
        notices_.report(link.name, InterfaceChange::failed,
                        fmt::format("more than {} interfaces match; narrow the patterns", kMaxInterfaces));
      }
      return;
    }
    open_again(link.name, &link);
  }
}

void InterfaceRoster::lose(LiveInterface& interface, const Error& error) {
  watch_.update();
  if (interface.index() != 0 && !watch_.table().links().contains(interface.index())) {
    return leave(interface, InterfaceChange::vanished, kDisappeared);
  }
  leave(interface, InterfaceChange::failed, error.message());
  retries_.emplace(interface.name(), Retry{});
}

// The handle stays until the kernel's part-filled block has been read (options.latency); then close_left() closes it.
void InterfaceRoster::leave(LiveInterface& interface, InterfaceChange change, const std::string& why) {
  const auto latency = std::chrono::ceil<std::chrono::seconds>(options_.latency).count();
  // The first tick may be near, so one tick is added to the seconds to wait.
  interface.ticks_to_close = static_cast<int>(std::clamp<std::int64_t>(latency, 0, 3600)) + 1;
  interface.ready = true;
  if (lost_.size() < kMaxLostNames) lost_.insert(interface.name());
  notices_.report(interface.name(), change, why);
}

void InterfaceRoster::tick() {
  notices_.tick();
  close_left();
  retry_due();
  if (!any()) open_missing();  // interfaces for which there was no room before
}

void InterfaceRoster::close_left() {
  for (const auto& interface : interfaces_) {
    if (interface->ticks_to_close > 0) --interface->ticks_to_close;
    if (interface->ticks_to_close == 0 && !interface->ready) add_counters(closed_, interface->statistics());
  }
  std::erase_if(interfaces_, [](const auto& interface) { return interface->ticks_to_close == 0 && !interface->ready; });
}

void InterfaceRoster::retry_due() {
  std::vector<std::string> due;
  for (auto& [name, retry] : retries_) {
    if (--retry.ticks_left <= 0) due.push_back(name);
  }
  for (const std::string& name : due) {
    const Link* link = watch_.table().find(name);
    const bool can_open = name == kAnyInterface || (link != nullptr && link->up);
    if (can_open && !is_captured(name) && interfaces_.size() < kMaxInterfaces) open_again(name, link);
  }
}

bool InterfaceRoster::wants_ticks() const {
  return notices_.waits() || !retries_.empty() ||
         std::any_of(interfaces_.begin(), interfaces_.end(),
                     [](const auto& interface) { return interface->leaving(); });
}

CaptureStatistics InterfaceRoster::statistics() {
  CaptureStatistics sum = closed_;
  for (const auto& interface : interfaces_) add_counters(sum, interface->statistics());
  return sum;
}

std::vector<InterfaceFigures> InterfaceRoster::figures() {
  std::vector<InterfaceFigures> figures;
  for (const auto& interface : interfaces_) figures.push_back(interface->figures());
  const auto add = [&](const std::string& name, InterfaceState state) {
    if (!is_captured(name)) figures.push_back({name, state});
  };
  for (const auto& [name, retry] : retries_) add(name, InterfaceState::failing);
  for (const std::string& pattern : options_.interfaces) {
    if (pattern == kAnyInterface || is_glob(pattern) || retries_.contains(pattern)) continue;
    add(pattern, watch_.table().find(pattern) == nullptr ? InterfaceState::missing : InterfaceState::failing);
  }
  return figures;
}

Status InterfaceRoster::set_watched(const WatchedTraffic& watched, const std::string& expression) {
  if (Status valid = check_expression(expression); !valid) return valid;
  const std::optional<std::uint32_t> loopback = filter(watched, expression).loopback_index;
  std::vector<std::pair<LiveInterface*, ProgramPtr>> programs;
  for (const auto& interface : interfaces_) {
    if (interface->leaving()) continue;
    Expected<ProgramPtr> program = compile_filter(interface->handle(), watched, expression, loopback);
    if (!program) return fail(std::move(program).error());
    programs.emplace_back(interface.get(), std::move(*program));
  }
  for (auto it = programs.begin(); it != programs.end(); ++it) {
    Status attached = it->first->handle().attach(it->second);
    if (attached) continue;
    // All or nothing: attach() left the former programs in the list.
    for (auto undo = programs.begin(); undo != it; ++undo) (void)undo->first->handle().attach(undo->second);
    return fail(std::move(attached).error().within(it->first->name()));
  }
  options_.watched = watched;
  options_.expression = expression;
  return {};
}

}  // namespace logsniffd::capture

// One epoll descriptor covers everything: the rings, the netlink socket that reports interfaces, and a timer. The timer
// ticks once a second while something must be retried, closed or reported, and is silent otherwise.
#include "daemon/capture/live_source.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "daemon/base/byte_reader.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/interface_patterns.hpp"
#include "daemon/capture/interface_roster.hpp"

namespace logsniffd::capture {
namespace {

constexpr Duration kIdleWait = std::chrono::seconds(10);
// libpcap asks for 1 ms while an interface is down, to find out whether it has gone for good. Netlink reports that
// immediately, so this is only a second line of defence and need not cost a thousand wake-ups a second.
constexpr Duration kDownWait = std::chrono::milliseconds(500);
constexpr std::size_t kTurn = 256;  // packets of one interface before the next has its turn

// Gives each packet of a cooked interface the interface that its SLL2 header names.
class InterfaceNaming final : public PacketObserver {
 public:
  InterfaceNaming(InterfaceWatch& watch, PacketObserver& next) : watch_(watch), next_(next) {}

  void on_packet(const RawPacket& packet) override { on_packets({&packet, 1}); }
  void on_packets(std::span<const RawPacket> packets) override {
    for (const RawPacket& packet : packets) {
      const RawPacket named = name(packet);
      named_[count_++] = named;
    }
    flush();
  }

 private:
  RawPacket name(const RawPacket& packet) {
    constexpr std::size_t kInterfaceIndexOffset = 4;
    ByteReader header(packet.bytes);
    header.skip(kInterfaceIndexOffset);
    const std::uint32_t index = header.u32be();
    RawPacket named = packet;
    if (header.ok()) {
      named.interface_id = index;
      named.interface = name_of(index);
    }
    return named;
  }
  std::string_view name_of(std::uint32_t index) {
    const std::string* known = watch_.table().name_of(index);
    if (known == nullptr && index != unknown_) {
      flush();          // update() may change the names of the packets collected so far
      watch_.update();  // the packet arrived before the news of its interface
      known = watch_.table().name_of(index);
      if (known == nullptr) unknown_ = index;
    }
    return known == nullptr ? std::string_view() : *known;
  }

  void flush() {
    if (count_ > 0) next_.on_packets(std::span(named_).first(count_));
    count_ = 0;
  }

  InterfaceWatch& watch_;
  PacketObserver& next_;
  std::uint32_t unknown_ = 0;
  std::size_t count_ = 0;
  std::array<RawPacket, kMaxBurst> named_;
};

// Remembers when the last packet was captured.
class LastSeen final : public PacketObserver {
 public:
  explicit LastSeen(PacketObserver& next) : next_(next) {}

  void on_packet(const RawPacket& packet) override { on_packets({&packet, 1}); }
  void on_packets(std::span<const RawPacket> packets) override {
    captured_at_ = packets.back().captured_at;
    next_.on_packets(packets);
  }
  [[nodiscard]] PacketTime captured_at() const { return captured_at_; }

 private:
  PacketObserver& next_;
  PacketTime captured_at_{};
};

Status add_to(const UniqueFd& epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0) return {};
  return fail(Error::system("cannot wait for packets", errno));
}

}  // namespace

struct LiveSource::State {
  State(LiveOptions options, InterfaceListener listener, InterfaceWatch watch)
      : epoll(::epoll_create1(EPOLL_CLOEXEC)),
        timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
        roster(std::move(options), std::move(listener), std::move(watch), epoll.get()) {}

  UniqueFd epoll;
  UniqueFd timer;
  bool timer_runs = false;
  InterfaceRoster roster;
  std::size_t next_turn = 0;
  std::optional<PacketTime> end;

  Status start();
  void run_timer_as_needed();
  void look_for_events();
  std::size_t hand_over(PacketObserver& observer, std::size_t budget);
  std::size_t take_turn(LiveInterface& interface, PacketObserver& observer, std::size_t budget);
};

Status LiveSource::State::start() {
  if (!epoll.valid() || !timer.valid()) return fail(Error::system("cannot wait for packets", errno));
  if (Status added = add_to(epoll, roster.watch().fd()); !added) return added;
  if (Status added = add_to(epoll, timer.get()); !added) return added;
  Status opened = roster.open_first();
  run_timer_as_needed();
  return opened;
}

void LiveSource::State::run_timer_as_needed() {
  const bool needed = roster.wants_ticks();
  if (needed == timer_runs) return;
  itimerspec when{};
  when.it_value.tv_sec = when.it_interval.tv_sec = needed ? 1 : 0;
  ::timerfd_settime(timer.get(), 0, &when, nullptr);
  timer_runs = needed;
}

void LiveSource::State::look_for_events() {
  std::array<epoll_event, kMaxInterfaces + 2> events;
  const int count = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 0);
  bool ticked = false;
  for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
    if (event.data.fd == roster.watch().fd()) {
      roster.watch().update();
    } else if (event.data.fd == timer.get()) {
      std::uint64_t expirations = 0;
      ticked = ::read(timer.get(), &expirations, sizeof(expirations)) == sizeof(expirations);
    } else {
      for (const auto& interface : roster.interfaces()) {
        if (interface->handle().fd() == event.data.fd) interface->ready = true;
      }
    }
  }
  for (const auto& interface : roster.interfaces()) {
    if (!interface->leaving() && interface->handle().wants_polling()) interface->ready = true;
  }
  if (ticked) roster.tick();
  if (roster.watch().take_changed()) roster.reconcile();
}

std::size_t LiveSource::State::hand_over(PacketObserver& observer, std::size_t budget) {
  InterfaceNaming naming(roster.watch(), observer);
  const auto& interfaces = roster.interfaces();
  std::size_t left = budget;
  for (bool more = true; more && left > 0;) {
    more = false;
    for (std::size_t turn = 0; turn < interfaces.size() && left > 0; ++turn) {
      next_turn = (next_turn + 1) % interfaces.size();
      LiveInterface& interface = *interfaces[next_turn];
      if (!interface.ready || interface.ended) continue;
      PacketObserver& next = interface.handle().link_type() == LinkType::linux_sll2 ? naming : observer;
      left -= take_turn(interface, next, std::min(left, kTurn));
      more |= interface.ready;
    }
  }
  return budget - left;
}

std::size_t LiveSource::State::take_turn(LiveInterface& interface, PacketObserver& observer, std::size_t budget) {
  LastSeen last(observer);
  PacketObserver& next = end ? last : observer;
  const Expected<std::size_t> handed = interface.handle().dispatch(next, budget);
  interface.ready = handed && *handed == budget;
  if (end && last.captured_at() > *end) {
    interface.ended = true;
    interface.ready = false;
    ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, interface.handle().fd(), nullptr);  // it would wake us forever
  }
  if (handed) return *handed;
  // An interface that is leaving reports this error each time its ring is empty.
  if (!interface.leaving()) roster.lose(interface, handed.error());
  return 0;
}

LiveSource::LiveSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
LiveSource::~LiveSource() = default;

Expected<std::unique_ptr<LiveSource>> LiveSource::open(LiveOptions options, InterfaceListener listener) {
  Expected<InterfaceWatch> watch = InterfaceWatch::open();
  if (!watch) return fail(std::move(watch).error());
  for (const std::string& pattern : options.interfaces) {
    Status known = check_name(pattern, watch->table());
    if (known) continue;
    if (!options.wait_for_missing) return fail(std::move(known).error());
    listener(pattern, InterfaceChange::missing, known.error().message());
  }
  if (Status valid = check_expression(options.expression); !valid) return fail(std::move(valid).error());
  auto state = std::make_unique<State>(std::move(options), std::move(listener), std::move(*watch));
  if (Status started = state->start(); !started) return fail(std::move(started).error());
  return std::unique_ptr<LiveSource>(new LiveSource(std::move(state)));
}

Expected<ReadStatus> LiveSource::read(PacketObserver& observer, std::size_t budget) {
  state_->look_for_events();
  const std::size_t handed = state_->hand_over(observer, budget);
  state_->run_timer_as_needed();
  return handed == budget ? ReadStatus::more : ReadStatus::idle;
}

void LiveSource::end_at(PacketTime end) { state_->end = end; }

int LiveSource::wait_fd() const { return state_->epoll.get(); }

Duration LiveSource::wait_limit() const {
  const auto& interfaces = state_->roster.interfaces();
  const bool down = std::any_of(interfaces.begin(), interfaces.end(), [](const auto& interface) {
    return !interface->leaving() && interface->handle().wants_polling();
  });
  return down ? kDownWait : kIdleWait;
}

CaptureStatistics LiveSource::statistics() { return state_->roster.statistics(); }

std::vector<InterfaceFigures> LiveSource::interfaces() { return state_->roster.figures(); }

Status LiveSource::set_watched(const WatchedTraffic& watched, const std::string& expression) {
  return state_->roster.set_watched(watched, expression);
}

}  // namespace logsniffd::capture

#include "daemon/cli/report_poll.hpp"

#include <sys/epoll.h>

#include "daemon/cli/remote.hpp"

namespace logsniffd::cli {
namespace {

constexpr Duration kInterval = std::chrono::seconds(1);
constexpr Duration kSilentAfter = std::chrono::seconds(4);  // the daemon itself may wait 2 s for its capture worker
constexpr Duration kWholeWithin = std::chrono::seconds(2);

}  // namespace

Expected<std::unique_ptr<ReportPoll>> ReportPoll::start(loop::EventLoop& loop, std::string path, Events events) {
  std::unique_ptr<ReportPoll> poll(new ReportPoll(loop, std::move(path), std::move(events)));
  if (Status connected = poll->connect(); !connected) return fail(std::move(connected.error()));
  auto seconds = loop.add_every(kInterval, [poll = poll.get()] { poll->ask(); });
  if (!seconds) return fail(std::move(seconds.error()));
  poll->seconds_ = std::move(*seconds);
  return poll;
}

Status ReportPoll::connect() {
  auto connection = control::Connection::open(path_);
  if (!connection) return fail(std::move(connection.error()));
  auto answer = loop_.add_descriptor(connection->fd(), EPOLLIN, [this](std::uint32_t) { read_answer(); });
  if (!answer) return fail(std::move(answer.error()));
  daemon_ = std::move(*connection);
  answer_ = std::move(*answer);
  return {};
}

void ReportPoll::ask() {
  if (!daemon_) {
    if (const Status connected = connect(); !connected) {
      return events_.on_silence({"is not running", connected.error().message()});
    }
  }
  if (!asked_at_) return send_request();
  if (std::chrono::steady_clock::now() - *asked_at_ > kSilentAfter) {
    events_.on_silence({"does not answer", "the daemon accepted a request, and may hang"});
  }
}

void ReportPoll::send_request() {
  asked_at_ = std::chrono::steady_clock::now();
  if (const Status sent = daemon_->send(control::Request{"status"}); !sent) {
    disconnect();
    events_.on_silence({"cannot be asked", sent.error().message()});
  }
}

void ReportPoll::read_answer() {
  const bool asked = asked_at_.has_value();
  asked_at_.reset();
  const auto line = daemon_->read_line(kWholeWithin);
  auto report = line ? report_in(control::parse_answer(*line)) : fail(line.error());
  if (report) return events_.on_report(std::move(*report));
  disconnect();
  // A daemon that ends between two requests is missed at the next.
  if (asked) events_.on_silence({"cannot be asked", report.error().message()});
}

void ReportPoll::disconnect() {
  answer_.reset();
  daemon_.reset();
  asked_at_.reset();
}

}  // namespace logsniffd::cli

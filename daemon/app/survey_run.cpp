#include "daemon/app/survey_run.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "daemon/capture/live_source.hpp"

namespace logsniffd::app {
namespace {

constexpr std::size_t kPacketsAtOnce = 256;
constexpr Duration kLatency = std::chrono::milliseconds(50);  // also how soon the thread notices that it should stop

}  // namespace

Expected<std::unique_ptr<SurveyRun>> SurveyRun::start(Duration duration, std::function<void()> on_done) {
  capture::LiveOptions options;
  options.snaplen_bytes = 2048;  // a ClientHello
  options.buffer_bytes = std::uint64_t{4} << 20;
  options.latency = kLatency;
  options.watched.any_port = true;
  const auto ignore = [](const std::string&, capture::InterfaceChange, const std::string&) {};
  auto source = capture::LiveSource::open(std::move(options), ignore);
  if (!source) return fail(std::move(source.error()));
  return std::unique_ptr<SurveyRun>(new SurveyRun(std::move(*source), duration, std::move(on_done)));
}

SurveyRun::SurveyRun(std::unique_ptr<capture::PacketSource> source, Duration duration, std::function<void()> on_done)
    : source_(std::move(source)), thread_([this, duration, done = std::move(on_done)](const std::stop_token& stop) {
        run(stop, duration);
        done();
      }) {}

SurveyRun::~SurveyRun() = default;

void SurveyRun::run(const std::stop_token& stop, Duration duration) {
  const auto until = std::chrono::steady_clock::now() + duration;
  while (!stop.stop_requested() && wire_.packets() < kMaxPackets) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= Duration::zero()) return;
    const auto status = source_->read(wire_, kPacketsAtOnce);
    if (!status) return;
    if (*status == capture::ReadStatus::more) continue;
    pollfd ready{source_->wait_fd(), POLLIN, 0};
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::min<Duration>(left, kLatency)).count();
    ::poll(&ready, 1, static_cast<int>(wait));
  }
}

}  // namespace logsniffd::app

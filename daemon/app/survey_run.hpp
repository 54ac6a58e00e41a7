// Looks at every interface for a moment, with a capture of its own, which no filter of the configuration narrows.
//
// THREAD    the main thread. The capture runs on a thread of its own.
// PRIVILEGE CAP_NET_RAW, as for every capture.
// BOUNDS    a kernel ring of 4 MiB, at most kMaxPackets packets and the time that is given: on a busy link it ends sooner.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "daemon/base/error.hpp"
#include "daemon/base/time.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/survey/wire_survey.hpp"

namespace logsniffd::app {

class SurveyRun {
 public:
  static constexpr std::uint64_t kMaxPackets = 500'000;

  // `on_done` is called on the thread of the capture when wire() may be read.
  static Expected<std::unique_ptr<SurveyRun>> start(Duration duration, std::function<void()> on_done);
  ~SurveyRun();

  // REQUIRED: done.
  [[nodiscard]] const survey::WireSurvey& wire() const { return wire_; }

 private:
  SurveyRun(std::unique_ptr<capture::PacketSource> source, Duration duration, std::function<void()> on_done);
  void run(const std::stop_token& stop, Duration duration);

  std::unique_ptr<capture::PacketSource> source_;
  survey::WireSurvey wire_;
  std::jthread thread_;
};

}  // namespace logsniffd::app

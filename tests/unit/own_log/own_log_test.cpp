#include "daemon/own_log/own_log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <optional>

#include "tests/support/temp_directory.hpp"
#include "tests/support/unix_receiver.hpp"

namespace logsniffd::own_log {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// A log whose journald is the test.
class OwnLogTest : public testing::Test {
 protected:
  void SetUp() override { log_.set_level("info"); }

  [[nodiscard]] std::string next() const { return journald_->next(); }
  void pass(Duration time) { now_ += time; }

  test::TempDirectory directory_;
  std::string path_ = directory_.path() + "/journal";
  std::optional<test::UnixReceiver> journald_{std::in_place, path_, SOCK_DGRAM};
  SteadyTime now_{};
  OwnLog log_{{.journal = true, .socket = path_, .now = [this] { return now_; }}};
};

TEST_F(OwnLogTest, Message_HasItsIdentifierItsPriorityAndItsFields) {
  log_.write(Event::sink_error, "sink app: {} gone", {{"LOGSNIFFD_SINK", "app"}});
  EXPECT_EQ(next(),
            "MESSAGE=sink app: {} gone\nPRIORITY=3\nSYSLOG_IDENTIFIER=logsniffd\n"
            "MESSAGE_ID=e259ca551db34071b54c73f482d6bfca\nLOGSNIFFD_EVENT=sink_error\nLOGSNIFFD_SINK=app\n");
}

TEST_F(OwnLogTest, LevelTooHigh_IsNotWritten) {
  log_.set_level("error");
  log_.write(Event::started, "started");
  log_.write(Event::sink_error, "trouble");
  EXPECT_THAT(next(), HasSubstr("MESSAGE=trouble\n"));
}

TEST_F(OwnLogTest, MoreThanABurst_TheRestIsCountedWhenTheWindowHasPassed) {
  for (unsigned i = 0; i < OwnLog::kBurst + 3; ++i) {
    const std::string text = "reloaded " + std::to_string(i);
    log_.write(Event::reloaded, text);
    if (i < OwnLog::kBurst) {
      EXPECT_THAT(next(), HasSubstr("MESSAGE=" + text + "\n"));
    }
  }
  log_.write(Event::reopening, "another event is not held back");
  EXPECT_THAT(next(), HasSubstr("another event"));

  log_.report_suppressed();
  pass(OwnLog::kWindow);
  log_.report_suppressed();
  const std::string report = next();
  EXPECT_THAT(report, HasSubstr("MESSAGE=3 more messages like this within 10 s: reloaded 52\n"));
  EXPECT_THAT(report, EndsWith("LOGSNIFFD_COUNT=3\nLOGSNIFFD_OF=reloaded\n"));

  log_.write(Event::reloaded, "a new window");
  EXPECT_THAT(next(), HasSubstr("a new window"));
}

TEST_F(OwnLogTest, EndWithinAWindow_WhatWasSuppressedIsReported) {
  {
    OwnLog log({.journal = true, .socket = path_, .now = [this] { return now_; }});
    log.set_level("info");
    for (unsigned i = 0; i < OwnLog::kBurst + 1; ++i) {
      log.write(Event::reloaded, "reloaded");
      if (i < OwnLog::kBurst) {
        EXPECT_THAT(next(), HasSubstr("MESSAGE=reloaded\n"));
      }
    }
  }
  EXPECT_THAT(next(), HasSubstr("MESSAGE=1 more messages like this within 10 s: reloaded\n"));
}

TEST_F(OwnLogTest, JournalHangs_TheLogDoesNotWaitAndCountsWhatIsLost) {
  std::uint64_t written = 0;
  // A queue of datagrams is some hundred long at most.
  for (; written < 10'000; ++written) {
    pass(OwnLog::kWindow);
    log_.write(Event::reloaded, std::to_string(written));
  }
  ASSERT_EQ(::fcntl(journald_->fd(), F_SETFL, O_NONBLOCK), 0);
  std::array<char, 4096> buffer{};
  std::uint64_t arrived = 0;
  while (::recv(journald_->fd(), buffer.data(), buffer.size(), 0) > 0) ++arrived;
  ASSERT_LT(arrived, written);

  log_.write(Event::reopening, "it works again");
  EXPECT_THAT(next(), HasSubstr("it works again"));
  EXPECT_THAT(next(), HasSubstr("MESSAGE=" + std::to_string(written - arrived) + " messages of this log were lost"));
}

TEST_F(OwnLogTest, NoJournald_MessagesGoToStandardErrorWithTheirPriority) {
  journald_.reset();
  testing::internal::CaptureStderr();
  log_.write(Event::kernel_dropped, "7 packets dropped", {{"LOGSNIFFD_COUNT", "7"}});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "<4>7 packets dropped\n");
}

TEST(OwnLog, NotUnderAJournal_LinesSayTimeAndLevel) {
  testing::internal::CaptureStderr();
  OwnLog log({.journal = false});
  log.set_level("info");
  log.write(Event::sink_error, "sink app: trouble");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::MatchesRegex("[0-9:.]+ error: sink app: trouble\n"));
}

}  // namespace
}  // namespace logsniffd::own_log

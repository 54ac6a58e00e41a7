// What happens to messages that were in flight over TCP when the connection broke.
#include <sys/ioctl.h>

#include <algorithm>
#include <future>

#include "daemon/sink/syslog/syslog_sink.hpp"
#include "daemon/sink/undelivered.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/unix_receiver.hpp"

namespace logsniffd::sink::syslog {
namespace {

using namespace test;

using namespace std::chrono_literals;

constexpr std::size_t kLine = 1000;

// Messages that contain their number, each of kLine bytes on the wire.
std::vector<std::string> numbered(std::size_t count, std::size_t first = 0) {
  const std::size_t header = std::string("996 <13>Mar  9 10:27:44 10.0.0.1 logsniffd: ").size();
  std::vector<std::string> messages;
  for (std::size_t i = first; i < first + count; ++i) {
    std::string message = "number " + std::to_string(i) + " ";
    message.resize(kLine - header, 'x');
    messages.push_back(std::move(message));
  }
  return messages;
}

std::size_t number_of(std::string_view line) {
  return std::stoul(std::string(line.substr(line.find("number ") + 7, 8)));
}

// The numbers in `bytes`, which start at the beginning of a line.
std::vector<std::size_t> numbers_in(const std::string& bytes) {
  std::vector<std::size_t> numbers;
  for (std::size_t at = 0; at + kLine <= bytes.size(); at += kLine) {
    numbers.push_back(number_of(std::string_view(bytes).substr(at, kLine)));
  }
  return numbers;
}

std::vector<std::size_t> range(std::size_t first, std::size_t end) {
  std::vector<std::size_t> numbers(end - first);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

std::string receive_all(int fd) { return test::receive_exactly(fd, std::size_t{1} << 30); }

class SyslogRedelivery : public testing::Test {
 protected:
  SyslogRedelivery() : receiver_(std::make_unique<test::LoopbackReceiver>(SOCK_STREAM)) {
    const int little = 2048;  // most of what is sent stays on the sending side
    ::setsockopt(receiver_->fd(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    SyslogSinkOptions options;
    options.target = "tcp://" + receiver_->address();
    options.timing = {5s, [this] { return now_; }};
    sink_ = made(make_syslog_sink, options);
    EXPECT_TRUE(sink_->open());
    feeder_ = std::make_unique<Feeder>(*sink_);
    sink_->start(feeder_->interrupt);
    accepted_ = test::accept_one(receiver_->fd());
  }

  // Closes the first connection without reading it. Returns how many messages its TCP can have acknowledged.
  std::size_t break_connection() {
    int arrived = 0;
    EXPECT_TRUE(test::readable(accepted_.get()));
    ::ioctl(accepted_.get(), FIONREAD, &arrived);
    accepted_.reset();
    return static_cast<std::size_t>(arrived) / kLine;
  }

  InZone zone_;
  SteadyTime now_{1h};
  std::unique_ptr<test::LoopbackReceiver> receiver_;
  std::unique_ptr<Sink> sink_;
  std::unique_ptr<Feeder> feeder_;
  UniqueFd accepted_;
};

TEST_F(SyslogRedelivery, BrokenBetweenBatches_WhatWasNotAcknowledgedIsSentAgain) {
  feeder_->write(numbered(100));
  ASSERT_EQ(sink_->counters().written.get(), 100U);
  const std::size_t acknowledged = break_connection();
  ASSERT_LT(acknowledged, 50U);
  feeder_->write(numbered(1, 100));

  auto rest = std::async(std::launch::async, [&] {
    const UniqueFd second = test::accept_one(receiver_->fd());
    return numbers_in(receive_all(second.get()));
  });
  sink_->finish(feeder_->interrupt);
  const std::vector<std::size_t> numbers = rest.get();
  ASSERT_FALSE(numbers.empty());
  EXPECT_LE(numbers.front(), acknowledged);
  EXPECT_EQ(numbers, range(numbers.front(), 101));
  EXPECT_EQ(sink_->counters().resent.get(), 100 - numbers.front());
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
  EXPECT_EQ(sink_->counters().written.get(), 101U);
}

TEST_F(SyslogRedelivery, BrokenWithinABatch_GoesOnWithTheFirstThatWasNotAcknowledged) {
  constexpr std::size_t kMany = 20'000;          // more than the kernel holds
  const auto batch = batch_of(numbered(kMany));  // made before the receiver waits for it
  std::size_t acknowledged = 0;
  auto rest = std::async(std::launch::async, [&] {
    acknowledged = break_connection();
    const UniqueFd second = test::accept_one(receiver_->fd());
    return numbers_in(receive_all(second.get()));
  });
  feeder_->write(*batch);
  sink_->finish(feeder_->interrupt);
  const std::vector<std::size_t> numbers = rest.get();
  ASSERT_FALSE(numbers.empty());
  EXPECT_LE(numbers.front(), acknowledged + 50);
  EXPECT_EQ(numbers, range(numbers.front(), kMany));
  EXPECT_EQ(sink_->counters().written.get(), kMany);
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
}

TEST_F(SyslogRedelivery, PeerThatStaysAway_LeavesThemUnconfirmedAtTheEnd) {
  feeder_->write(numbered(100));
  const std::size_t acknowledged = break_connection();
  receiver_.reset();
  feeder_->write(numbered(1, 100));
  EXPECT_EQ(dropped(*sink_, DropReason::unreachable), 1U);
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);  // they may still be sent again
  sink_->finish(feeder_->interrupt);
  EXPECT_EQ(sink_->counters().written.get(), 100U);
  EXPECT_GE(sink_->counters().unconfirmed.get(), 100 - acknowledged);
  EXPECT_LE(sink_->counters().unconfirmed.get(), 100U);
  EXPECT_EQ(sink_->counters().resent.get(), 0U);
}

TEST_F(SyslogRedelivery, PeerThatComesBackLater_GetsThemBeforeTheNext) {
  feeder_->write(numbered(100));
  const std::size_t acknowledged = break_connection();
  const std::string address = receiver_->address();
  receiver_.reset();
  feeder_->write(numbered(1, 100));  // lost, because nobody listens
  receiver_ = std::make_unique<test::LoopbackReceiver>(SOCK_STREAM, address);
  now_ += 1s;
  auto rest = std::async(std::launch::async, [&] {
    const UniqueFd second = test::accept_one(receiver_->fd());
    return numbers_in(receive_all(second.get()));
  });
  feeder_->write(numbered(2, 101));
  sink_->finish(feeder_->interrupt);
  std::vector<std::size_t> numbers = rest.get();
  ASSERT_FALSE(numbers.empty());
  EXPECT_LE(numbers.front(), acknowledged);
  std::vector<std::size_t> expected = range(numbers.front(), 100);
  expected.insert(expected.end(), {101, 102});
  EXPECT_EQ(numbers, expected);
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
}

TEST_F(SyslogRedelivery, Finish_WaitsUntilThePeerHasAll) {
  feeder_->write(numbered(200));
  auto all = std::async(std::launch::async, [&] {
    std::string bytes = receive_all(accepted_.get());
    accepted_.reset();
    return numbers_in(bytes);
  });
  sink_->finish(feeder_->interrupt);
  EXPECT_EQ(all.get(), range(0, 200));
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
}

TEST_F(SyslogRedelivery, InterruptedFinish_CountsWhatIsOnItsWay) {
  feeder_->write(numbered(100));
  feeder_->interrupt.raise();
  sink_->finish(feeder_->interrupt);
  EXPECT_GT(sink_->counters().unconfirmed.get(), 50U);
}

// ---- a sink whose owner keeps what it sends

class SyslogLeftBehind : public SyslogRedelivery {
 protected:
  SyslogLeftBehind() {
    sink_->leave_to(undelivered_);
    sink_->start(interrupt_);
  }
  void write(const std::vector<std::string>& messages) {
    undelivered_.records.clear();
    sink_->write(*batch_of(messages), kSink, interrupt_);
  }

  Undelivered undelivered_;
  Interrupt interrupt_ = std::move(*Interrupt::create());
};

TEST_F(SyslogLeftBehind, Broken_AllOnTheWayIsTakenBackAndNothingNewIsSentBefore) {
  write(numbered(100));
  EXPECT_EQ(undelivered_.in_flight, 100U);
  EXPECT_EQ(undelivered_.taken_back, 0U);
  break_connection();
  write(numbered(3, 100));
  EXPECT_EQ(undelivered_.taken_back, 100U);
  EXPECT_EQ(undelivered_.in_flight, 0U);
  EXPECT_EQ(undelivered_.records.size(), 3U);
  undelivered_.taken_back = 0;

  write(numbered(103));
  const UniqueFd second = test::accept_one(receiver_->fd());
  EXPECT_EQ(number_of(test::receive_exactly(second.get(), kLine)), 0U);
  EXPECT_EQ(undelivered_.records.size(), 0U);
  EXPECT_EQ(sink_->counters().resent.get(), 0U) << "that is the owner's to count";
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
}

TEST_F(SyslogLeftBehind, BrokenWithinABatch_WhatOfItWasSentIsTakenBackToo) {
  auto broken = std::async(std::launch::async, [&] { return break_connection(); });
  write(numbered(20'000));  // more than the kernel holds
  broken.get();
  const std::uint64_t sent = sink_->counters().written.get();
  EXPECT_EQ(undelivered_.taken_back, sent);
  EXPECT_EQ(undelivered_.records.size(), 20'000 - sent);
  EXPECT_EQ(undelivered_.records.front(), sent);
}

TEST_F(SyslogLeftBehind, BrokenWhileNothingIsSent_IsNoticed) {
  write(numbered(10));
  EXPECT_EQ(sink_->maintain(interrupt_), 1s);
  EXPECT_EQ(undelivered_.taken_back, 0U);
  break_connection();
  EXPECT_EQ(sink_->maintain(interrupt_), Sink::kNothingDue);
  EXPECT_EQ(undelivered_.taken_back, 10U);
}

TEST_F(SyslogLeftBehind, ReadLongAgo_IsNotTakenBack) {
  write(numbered(10));
  EXPECT_EQ(numbers_in(test::receive_exactly(accepted_.get(), 10 * kLine)), range(0, 10));
  sink_->maintain(interrupt_);
  now_ += 10s;
  EXPECT_EQ(sink_->maintain(interrupt_), Sink::kNothingDue);
  EXPECT_EQ(undelivered_.in_flight, 0U);
  accepted_.reset();
  sink_->maintain(interrupt_);
  EXPECT_EQ(undelivered_.taken_back, 0U);
}

TEST_F(SyslogLeftBehind, StoppedWithAPeerThatReads_NothingIsTakenBack) {
  write(numbered(100));
  auto all = std::async(std::launch::async, [&] { return numbers_in(receive_all(accepted_.get())); });
  sink_->finish(interrupt_);
  EXPECT_EQ(all.get(), range(0, 100));
  EXPECT_EQ(undelivered_.in_flight, 0U);
  EXPECT_EQ(undelivered_.taken_back, 0U);
}

TEST_F(SyslogLeftBehind, StoppedWithAPeerThatBroke_AllIsTakenBack) {
  write(numbered(100));
  break_connection();
  sink_->finish(interrupt_);
  EXPECT_EQ(undelivered_.taken_back, 100U);
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
}

}  // namespace
}  // namespace logsniffd::sink::syslog

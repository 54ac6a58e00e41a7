// A reload whose old sink hangs: the loop keeps running, and the next request is served next.
#include "daemon/app/reloader.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/app/reload_fixture.hpp"

namespace logsniffd::app {
namespace {

using testing::ElementsAre;

// The sink "hung" has more records than a pipe holds, and the reader of the pipe reads nothing.
class ReloaderTest : public ReloadFixture {
 protected:
  ReloaderTest() {
    output_ = directory_.path("pipe");
    if (::mkfifo(output_.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    reader_.reset(::open(output_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    config::Sink hung;
    hung.name = "hung";
    first_.sinks.push_back(hung);
    first_.filters[0].to.push_back("hung");
    std::vector<test::Packet> packets;
    for (std::uint16_t port = 50'001; port <= 50'004; ++port) {
      packets.push_back(test::udp_packet({test::endpoint("10.0.0.1:0").address, port}, test::endpoint("10.0.0.2:9988"),
                                         std::string(60'000, 'x')));
    }
    auto loop = loop::EventLoop::create();
    if (!loop) throw std::runtime_error(loop.error().message());
    loop_ = std::move(*loop);
    auto ended = loop_->add_notifier([this] { reloader_->on_sink_ended(); });
    if (!ended) throw std::runtime_error(ended.error().message());
    sink_ended_.emplace(std::move(*ended));
    on_sink_ended_ = [this] { sink_ended_->notify(); };
    start(packets);
  }
  ~ReloaderTest() override { collector_.reset(); }  // its sinks notify

  void reload_with(Duration leave_deadline) {
    reloader_.emplace(*loop_, *collector_, Reloader::Events{[this] { reload(); }, [this] { settled(); }},
                      leave_deadline);
  }
  void reload() {
    events_.emplace_back("reload");
    const Status reloaded = collector_->reload(wanted_);
    if (!reloaded) events_.back() = reloaded.error().message();
  }
  void settled() {
    events_.emplace_back("settled");
    if (--settle_count_ == 0) loop_->quit(0);
  }
  // Calls `first`, and runs until `settle_count` reloads have settled.
  void run(int settle_count, loop::EventLoop::Handler first) {
    settle_count_ = settle_count;
    const auto begin = loop_->add_after(Duration::zero(), std::move(first));
    ASSERT_TRUE(begin);
    ASSERT_TRUE(loop_->run());
  }
  std::uint64_t dropped_at_hung() const {
    for (const auto& [name, figures] : collector_->ledger().sinks) {
      if (name == "hung") return figures.dropped[static_cast<std::size_t>(sink::DropReason::shutdown)];
    }
    return 0;
  }

  UniqueFd reader_;
  std::unique_ptr<loop::EventLoop> loop_;
  std::optional<loop::EventLoop::Notifier> sink_ended_;
  std::optional<Reloader> reloader_;
  config::Config wanted_ = second_;
  std::vector<std::string> events_;
  int settle_count_ = 0;
};

constexpr Duration kNever = std::chrono::hours(1);

TEST_F(ReloaderTest, NothingLeaves_SettlesAtOnce) {
  reload_with(kNever);
  wanted_ = first_;
  run(1, [this] { reloader_->request(); });
  EXPECT_THAT(events_, ElementsAre("reload", "settled"));
}

TEST_F(ReloaderTest, ReloadFails_SettlesAtOnceAndNothingLeaves) {
  reload_with(kNever);
  wanted_.filters[0].to = {"kept"};
  refuses_filters_ = true;
  run(1, [this] { reloader_->request(); });
  EXPECT_THAT(events_, ElementsAre("the kernel rejected the filter", "settled"));
  EXPECT_TRUE(collector_->settled());
}

TEST_F(ReloaderTest, SinkThatLeavesHangs_TheLoopRunsOnAndTheCaptureResponds) {
  reload_with(kNever);
  std::optional<loop::EventLoop::Source> after;
  run(1, [&] {
    reloader_->request();
    auto added = loop_->add_every(Duration::zero(), [&] {
      events_.emplace_back("loop runs");
      EXPECT_FALSE(collector_->settled());
      EXPECT_TRUE(collector_->responds(std::chrono::seconds(20)));
      collector_->interrupt_leaving();
      after.reset();
    });
    ASSERT_TRUE(added);
    after = std::move(*added);
  });
  EXPECT_THAT(events_, ElementsAre("reload", "loop runs", "settled"));
}

TEST_F(ReloaderTest, RequestedWhileASinkLeaves_DoneOnceWhenTheFormerHasSettled) {
  reload_with(kNever);
  run(2, [this] {
    reloader_->request();
    reloader_->request();
    reloader_->request();
    events_.emplace_back("requested");
    wanted_ = first_;  // the content of the file by then
    wanted_.sinks.pop_back();
    wanted_.filters[0].to.pop_back();
    collector_->interrupt_leaving();
  });
  EXPECT_THAT(events_, ElementsAre("reload", "requested", "settled", "reload", "settled"));
  EXPECT_EQ(collector_->config().sinks.size(), 2U);
}

TEST_F(ReloaderTest, SinkThatLeavesHangsUntilItsDeadline_ItIsInterruptedAndItsRecordsAreCounted) {
  reload_with(Duration::zero());
  run(1, [this] { reloader_->request(); });
  EXPECT_THAT(events_, ElementsAre("reload", "settled"));
  EXPECT_GT(dropped_at_hung(), 0U);
  EXPECT_TRUE(collector_->stop(std::chrono::seconds(20)));
  EXPECT_EQ(collector_->ledger().unaccounted_records(), 0);
}

TEST_F(ReloaderTest, StoppedWhileASinkLeaves_ItIsGivenUpAndEverythingIsCounted) {
  ASSERT_TRUE(collector_->reload(wanted_));
  ASSERT_FALSE(collector_->settled());
  EXPECT_FALSE(collector_->stop(Duration::zero()));
  EXPECT_TRUE(collector_->settled());
  EXPECT_GT(dropped_at_hung(), 0U);
  EXPECT_EQ(collector_->ledger().unaccounted_records(), 0);
}

}  // namespace
}  // namespace logsniffd::app

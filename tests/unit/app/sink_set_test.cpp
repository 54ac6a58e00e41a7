// Which sinks a new configuration keeps, and what happens to the others.
#include "daemon/app/sink_set.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <semaphore>

#include "daemon/base/unique_fd.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::app {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr auto kSinkPatience = std::chrono::seconds(20);

class SinkSetTest : public testing::Test {
 protected:
  ~SinkSetTest() override {
    for (const record_path::Outlet& outlet : outlets_) outlet.queue->close();
    sinks_.stop(kSinkPatience);
  }

  config::Sink file(const std::string& name, const std::string& path, const std::string& format = "{message}") {
    config::FileTarget target;
    target.path = directory_.path(path);
    target.format = format;
    config::Sink sink;
    sink.name = name;
    sink.target = target;
    return sink;
  }
  // From now on, records for outlet() go to the wanted sinks. commit() must follow.
  SinkSet::Transition open(const std::vector<config::Sink>& wanted) {
    Expected<SinkSet::Transition> next = sinks_.prepare(wanted);
    if (!next) throw std::runtime_error(next.error().message());
    const Status opened = next->open();
    if (!opened) throw std::runtime_error(opened.error().message());
    index_ = next->index();
    outlets_ = next->outlets();
    return std::move(*next);
  }
  void run(const std::vector<config::Sink>& wanted) { sinks_.commit(open(wanted)); }
  // Waits for the sinks that leave.
  void settle() {
    while (!sinks_.retire()) ended_.acquire();
  }
  record_path::Outlet outlet(const std::string& name) {
    const unsigned index = index_.at(name);
    for (const record_path::Outlet& outlet : outlets_) {
      if (outlet.sink == index) return outlet;
    }
    ADD_FAILURE() << name << " has no outlet";
    return {};
  }
  static void send(const record_path::Outlet& outlet, std::string_view message) {
    auto batch = std::make_shared<record::RecordBatch>();
    batch->begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}));
    record::LogRecord record;
    record.message = message;
    batch->append(record, 0, record::SinkMask{1} << outlet.sink);
    EXPECT_TRUE(outlet.queue->offer(batch, {.bytes = batch->memory_bytes(), .records = 1}));
  }

  test::TempDirectory directory_;
  std::atomic<bool> trouble_expected_{false};
  std::counting_semaphore<> ended_{0};
  SinkSet sinks_{"",
                 [this](const std::string& sink, const std::string& error) {
                   if (!trouble_expected_) ADD_FAILURE() << sink << ": " << error;
                 },
                 [this] { ended_.release(); }};
  SinkIndex index_;
  std::vector<record_path::Outlet> outlets_;
};

TEST_F(SinkSetTest, FirstConfiguration_EverySinkHasItsBitAndItsQueue) {
  run({file("a", "a.log"), file("b", "b.log")});
  EXPECT_THAT(index_, ElementsAre(Pair("a", 0), Pair("b", 1)));
  EXPECT_EQ(outlets_.size(), 2);
}

TEST_F(SinkSetTest, SinkUnchanged_IsKeptWithItsQueue) {
  run({file("a", "a.log"), file("b", "b.log")});
  const record_path::Outlet before = outlet("a");
  run({file("a", "a.log")});
  EXPECT_EQ(outlet("a").queue, before.queue);
  EXPECT_EQ(outlet("a").sink, before.sink);
  EXPECT_THAT(index_, ElementsAre(Pair("a", 0)));
  settle();
}

TEST_F(SinkSetTest, SinkMovedInTheFile_IsTheSame) {
  run({file("a", "a.log")});
  const record_path::Outlet before = outlet("a");
  config::Sink moved = file("a", "a.log");
  moved.mark = {42, 3};
  run({moved});
  EXPECT_EQ(outlet("a").queue, before.queue);
}

TEST_F(SinkSetTest, SinkChanged_OldOneWritesWhatItHoldsAndTheNewOneTakesOver) {
  run({file("a", "old.log")});
  const record_path::Outlet old = outlet("a");
  send(old, "before");
  run({file("a", "new.log")});
  const record_path::Outlet fresh = outlet("a");
  EXPECT_NE(fresh.queue, old.queue);
  EXPECT_NE(fresh.sink, old.sink);
  settle();
  EXPECT_EQ(test::read_file(directory_.path("old.log")), "before\n");

  send(fresh, "after");
  fresh.queue->close();
  EXPECT_TRUE(sinks_.stop(kSinkPatience));
  EXPECT_EQ(test::read_file(directory_.path("new.log")), "after\n");
}

TEST_F(SinkSetTest, SinkWithASpoolChanged_TheNewOneDeliversWhatTheOldOneKept) {
  trouble_expected_ = true;
  config::Sink sink = file("a", "a.log");
  sink.spool = config::Spool{directory_.path("spool"), 16 * config::kMiB};
  std::filesystem::create_directory(directory_.path("a.log"));  // a directory: the sink cannot write to it
  run({sink});
  send(outlet("a"), "waits");
  sink.target = file("a", "a.log", "changed {message}").target;
  run({sink});  // an unreachable target does not prevent the start
  settle();
  std::filesystem::remove(directory_.path("a.log"));
  sinks_.reopen();
  send(outlet("a"), "new");
  outlet("a").queue->close();
  EXPECT_TRUE(sinks_.stop(kSinkPatience));

  const sink::SinkFigures figures = sinks_.figures().at(0).figures;
  EXPECT_EQ(figures.routed, 2);
  EXPECT_EQ(figures.recovered, 0) << "not from an earlier process";
  EXPECT_EQ(figures.written, 2);
  EXPECT_EQ(figures.spooled, 0);
  EXPECT_EQ(test::read_file(directory_.path("a.log")), "changed waits\nchanged new\n");
}

// The worker of the second sink may not have run yet when the third is opened.
TEST_F(SinkSetTest, SinkWithASpoolChangedTwiceAtOnce_EachFindsTheSpoolFree) {
  trouble_expected_ = true;
  config::Sink sink = file("a", "a.log");
  sink.spool = config::Spool{directory_.path("spool"), 16 * config::kMiB};
  std::filesystem::create_directory(directory_.path("a.log"));
  for (int change = 0; change < 50; ++change) {
    sink.target = file("a", "a.log", std::to_string(change) + " {message}").target;
    run({sink});
    send(outlet("a"), "waits");
    settle();
  }
  outlet("a").queue->close();
  EXPECT_TRUE(sinks_.stop(kSinkPatience));
  const sink::SinkFigures figures = sinks_.figures().at(0).figures;
  EXPECT_EQ(figures.routed, 50);
  EXPECT_EQ(figures.spooled, 50);
}

TEST_F(SinkSetTest, SpoolThatCannotBe_IsAFailure) {
  test::write_file(directory_.path("occupied"), "");
  config::Sink sink;
  sink.name = "a";
  config::SyslogTarget syslog;
  syslog.to = "unix://" + directory_.path("socket");
  sink.target = syslog;
  sink.spool = config::Spool{directory_.path("occupied/spool"), 16 * config::kMiB};
  auto next = sinks_.prepare({sink});
  ASSERT_TRUE(next);
  const Status opened = next->open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), testing::StartsWith("sink a: spool: "));
}

TEST_F(SinkSetTest, SinkChangedButItsTarget_NewOneWritesWhenTheOldOneHas) {
  run({file("a", "a.log")});
  const record_path::Outlet old = outlet("a");
  SinkSet::Transition next = open({file("a", "a.log", "new {message}")});
  send(outlet("a"), "after");
  send(old, "before");
  sinks_.commit(std::move(next));
  settle();
  outlet("a").queue->close();
  EXPECT_TRUE(sinks_.stop(kSinkPatience));
  EXPECT_EQ(test::read_file(directory_.path("a.log")), "before\nnew after\n");
}

TEST_F(SinkSetTest, StoppedBeforeTheOldOneWasRetired_NewOneWritesNevertheless) {
  run({file("a", "old.log")});
  run({file("a", "new.log")});
  send(outlet("a"), "after");
  outlet("a").queue->close();
  EXPECT_TRUE(sinks_.stop(kSinkPatience));
  EXPECT_EQ(test::read_file(directory_.path("new.log")), "after\n");
  EXPECT_TRUE(sinks_.settled());
}

TEST_F(SinkSetTest, SinkGone_ItsFiguresStay) {
  run({file("a", "a.log"), file("b", "b.log")});
  send(outlet("b"), "counted");
  run({file("a", "a.log")});
  settle();
  std::uint64_t written = 0;
  for (const NamedSinkFigures& sink : sinks_.figures()) {
    if (sink.name == "b") written += sink.figures.written;
  }
  EXPECT_EQ(written, 1);
}

TEST_F(SinkSetTest, NewSinkMakesNoSense_NothingChanges) {
  run({file("a", "a.log")});
  const record_path::Outlet before = outlet("a");
  const auto prepared = sinks_.prepare({file("a", "other.log"), file("b", "b.log", "{mesage}")});
  ASSERT_FALSE(prepared);
  EXPECT_THAT(prepared.error().message(), testing::StartsWith("sink b: "));
  EXPECT_FALSE(std::filesystem::exists(directory_.path("other.log")));
  EXPECT_EQ(outlet("a").queue, before.queue);
}

TEST_F(SinkSetTest, NewSinkCannotBeOpened_TheOldOnesRunOn) {
  run({file("a", "a.log")});
  const record_path::Outlet before = outlet("a");
  test::write_file(directory_.path("occupied"), "");
  {
    auto next = sinks_.prepare({file("a", "a.log"), file("b", "occupied/b.log")});
    ASSERT_TRUE(next);
    EXPECT_FALSE(next->open());
  }
  run({file("a", "a.log")});
  EXPECT_EQ(outlet("a").queue, before.queue);
  send(outlet("a"), "still here");
  before.queue->close();
  EXPECT_TRUE(sinks_.stop(kSinkPatience));
  EXPECT_EQ(test::read_file(directory_.path("a.log")), "still here\n");
}

TEST_F(SinkSetTest, IndexOfASinkThatLeft_IsUsedAgain) {
  run({file("a", "a.log"), file("b", "b.log")});
  run({file("b", "b.log")});
  settle();
  run({file("b", "b.log"), file("c", "c.log")});
  EXPECT_THAT(index_, ElementsAre(Pair("b", 1), Pair("c", 0)));
}

// A file, and a pipe whose reader reads nothing.
TEST_F(SinkSetTest, OneThatHangsAtTheStop_IsToldOfAndNoOther) {
  const std::string pipe = directory_.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const UniqueFd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  SinkSet sinks(pipe, [](const std::string&, const std::string&) {});
  config::Sink hung;
  hung.name = "hung";
  auto next = sinks.prepare({file("quick", "quick.log"), hung});
  ASSERT_TRUE(next && next->open());
  const std::vector<record_path::Outlet> outlets = next->outlets();
  sinks.commit(std::move(*next));
  for (const record_path::Outlet& outlet : outlets) {
    for (int i = 0; i < 3; ++i) send(outlet, std::string(1 << 20, 'x'));  // more than a pipe holds
    outlet.queue->close();
  }
  std::vector<LateSink> late;
  EXPECT_FALSE(sinks.stop(SinkSet::kSoon * 2, [&](const LateSink& sink) { late.push_back(sink); }));
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0].name, "hung");
  EXPECT_EQ(late[0].target, pipe);
  EXPECT_EQ(late[0].records, 3U);
  EXPECT_LE(late[0].left, SinkSet::kSoon);
}

TEST_F(SinkSetTest, AllThatEndAtTheStop_AreNotToldOf) {
  run({file("a", "a.log"), file("b", "b.log")});
  for (const record_path::Outlet& outlet : outlets_) {
    send(outlet, "x");
    outlet.queue->close();
  }
  EXPECT_TRUE(sinks_.stop(kSinkPatience, [](const LateSink& late) { ADD_FAILURE() << describe(late); }));
}

TEST(LateSink, InWords_NamesTargetRecordsAndTime) {
  using std::chrono::milliseconds;
  EXPECT_EQ(describe({"app", "tcp://192.0.2.1:601", 1284, milliseconds(16'500)}),
            "sink app (tcp://192.0.2.1:601): 1284 records left, 17 s left");
  EXPECT_EQ(describe({"app", "journald", 1, milliseconds(1000)}), "sink app (journald): 1 record left, 1 s left");
  EXPECT_EQ(describe({"app", "tcp://192.0.2.1:601", 0, milliseconds(900)}),
            "sink app (tcp://192.0.2.1:601): the target has not acknowledged everything that it was sent, 1 s left");
}

}  // namespace
}  // namespace logsniffd::app

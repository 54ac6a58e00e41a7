// What each sink leaves to a spool while its target is unreachable, and what it still counts as lost.
#include "daemon/sink/undelivered.hpp"

#include <filesystem>

#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/file_sink.hpp"
#include "daemon/sink/journald/journald_sink.hpp"
#include "daemon/sink/syslog/syslog_sink.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::sink::file {
namespace {

using namespace test;

using testing::ElementsAre;
using testing::IsEmpty;

class LeftoversTest : public testing::Test {
 protected:
  // Writes one batch. Every record that is not written must be listed as undelivered.
  void write(Sink& sink, const record::RecordBatch& batch) {
    undelivered_.records.clear();
    const std::uint64_t before = sink.counters().written.get();
    sink.leave_to(undelivered_);
    sink.write(batch, kSink, interrupt_);
    const std::uint64_t written = sink.counters().written.get() - before;
    EXPECT_EQ(written + undelivered_.records.size(), batch.count_for(kSink));
    for (const Counter& counter : sink.counters().dropped) EXPECT_EQ(counter.get(), 0);
  }
  void write(Sink& sink, const std::vector<std::string>& messages) { write(sink, *batch_of(messages)); }

  test::TempDirectory directory_;
  Undelivered undelivered_;
  Interrupt interrupt_ = std::move(*Interrupt::create());
};

TEST_F(LeftoversTest, RestOfABatch_CountsOnlyTheRecordsOfTheSink) {
  record::RecordBatch batch;
  batch.begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}));
  for (const int sinks : {1, 2, 3, 1, 2}) batch.append(plain_record("x"), 0, static_cast<record::SinkMask>(sinks));
  Undelivered undelivered;
  undelivered.add_rest(batch, 1, 1);
  EXPECT_THAT(undelivered.records, ElementsAre(2, 4));
}

TEST_F(LeftoversTest, FileThatCannotBeOpened_AllOfItsLines) {
  const auto sink = made(make_file_sink, FileSinkOptions{directory_.path("out/x.log"), "raw"});
  std::filesystem::create_directories(directory_.path("out/x.log"));
  write(*sink, {"a", "b"});
  EXPECT_THAT(undelivered_.records, ElementsAre(0, 1));
  EXPECT_TRUE(is_retryable(undelivered_.reason));
  std::filesystem::remove(directory_.path("out/x.log"));
  write(*sink, {"c"});
  EXPECT_THAT(undelivered_.records, IsEmpty());
  EXPECT_EQ(test::read_file(directory_.path("out/x.log")), "c\n");
}

TEST_F(LeftoversTest, OneFileOfSeveral_ItsLinesAlone) {
  const auto sink = made(make_file_sink, FileSinkOptions{directory_.path("{host}.log"), "raw"});
  std::filesystem::create_directory(directory_.path("db.log"));
  write(*sink, *batch_of({from_host("web", "a"), from_host("db", "b"), from_host("web", "c"), from_host("db", "d")}));
  EXPECT_THAT(undelivered_.records, ElementsAre(1, 3));
  EXPECT_EQ(test::read_file(directory_.path("web.log")), "a\nc\n");
}

TEST_F(LeftoversTest, MoreFilesThanCanBeOpen_EveryLineIsWrittenOrLeft) {
  const auto sink = made(make_file_sink, FileSinkOptions{directory_.path("{host}.log"), "raw"});
  std::vector<std::string> hosts;
  for (int i = 0; i < 300; ++i) hosts.push_back("h" + std::to_string(i));
  for (int i = 0; i < 300; i += 3)
    std::filesystem::create_directory(directory_.path(hosts[static_cast<std::size_t>(i)] + ".log"));
  std::vector<record::LogRecord> records;
  for (const std::string& host : hosts) records.push_back(from_host(host, "x"));
  write(*sink, *batch_of(records));
  std::vector<std::uint32_t> expected;
  for (std::uint32_t i = 0; i < 300; i += 3) expected.push_back(i);
  EXPECT_THAT(undelivered_.records, testing::UnorderedElementsAreArray(expected));
}

TEST_F(LeftoversTest, NextFileCannotBeOpened_WhatTheLastOneTookIsNotLeft) {
  FileSinkOptions options{directory_.path("x.log"), "raw"};
  options.rotation = RotationOptions{.size = 4};
  const auto sink = made(make_file_sink, options);
  write(*sink, {"a"});
  std::filesystem::rename(directory_.path("x.log"), directory_.path("moved.log"));
  std::filesystem::create_directory(directory_.path("x.log"));
  write(*sink, {"b", "c", "d", "e"});
  EXPECT_THAT(undelivered_.records, ElementsAre(1, 2, 3));
  EXPECT_EQ(test::read_file(directory_.path("moved.log")), "a\nb\n");
  std::filesystem::remove(directory_.path("x.log"));
  write(*sink, {"c", "d", "e"});
  EXPECT_THAT(undelivered_.records, IsEmpty());
  EXPECT_EQ(test::read_file(directory_.path("x.log")), "e\n");
}

TEST_F(LeftoversTest, SyslogSocketAway_AllOfTheBatch) {
  sink::syslog::SyslogSinkOptions options;
  options.target = "unix://" + directory_.path("log");
  const auto sink = made(sink::syslog::make_syslog_sink, options);
  write(*sink, {"a", "b"});
  EXPECT_THAT(undelivered_.records, ElementsAre(0, 1));
  EXPECT_EQ(undelivered_.reason, DropReason::unreachable);
}

TEST_F(LeftoversTest, JournaldAway_AllOfTheBatch) {
  const auto sink =
      made(sink::journald::make_journald_sink, sink::journald::JournaldSinkOptions{"x", directory_.path("socket")});
  write(*sink, {"a", "b"});
  EXPECT_THAT(undelivered_.records, ElementsAre(0, 1));
  EXPECT_EQ(undelivered_.reason, DropReason::unreachable);
}

}  // namespace
}  // namespace logsniffd::sink::file

// A whole machine over a small capture file: what is written, what is not, and how it reports errors.
#include "daemon/app/collector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "tests/support/packet_builder.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::app {
namespace {

using test::endpoint;
using testing::HasSubstr;

constexpr auto kCollectorPatience = std::chrono::seconds(20);

class CollectorTest : public testing::Test {
 protected:
  CollectorTest() {
    std::vector<std::uint8_t> bytes = capture_of({"first", "second", "third"}).bytes();
    test::write_file(input_, std::string(as_text(bytes)));
    config::Sink sink;
    sink.name = "out";
    config::FileTarget file;
    file.path = output_;
    file.format = "{message}";
    sink.target = file;
    config::Filter filter;
    filter.name = "app";
    filter.ports = {{9988, 9988}};
    filter.to = {"out"};
    options_.config.sinks = {sink};
    options_.config.filters = {filter};
    options_.read_file = input_;
  }

  // One datagram for each message, from ports 50001, 50002, ...
  static test::CaptureWriter capture_of(const std::vector<std::string_view>& messages) {
    constexpr std::uint32_t kRaw = 101;
    test::CaptureWriter capture(kRaw);
    Endpoint client = endpoint("10.0.0.1:50000");
    PacketTime now{std::chrono::seconds(1'709'980'064)};
    for (const std::string_view message : messages) {
      ++client.port;
      capture.add(test::udp_packet(client, endpoint("10.0.0.2:9988"), message), now += std::chrono::milliseconds(1));
    }
    return capture;
  }

  Expected<std::unique_ptr<Collector>> create() {
    CollectorEvents events;
    events.on_interface = [](const std::string&, capture::InterfaceChange, const std::string&) {};
    events.on_sink_error = [](const std::string& sink, const std::string& error) {
      ADD_FAILURE() << sink << ": " << error;
    };
    events.on_finished = [this] { finished_.set_value(); };
    return Collector::create(options_, std::move(events));
  }

  // Runs over the whole file, until everything is written.
  std::unique_ptr<Collector> run() {
    auto collector = create();
    if (!collector) {
      ADD_FAILURE() << collector.error().message();
      return nullptr;
    }
    (*collector)->start();
    EXPECT_EQ(finished_.get_future().wait_for(kCollectorPatience), std::future_status::ready);
    EXPECT_TRUE((*collector)->stop(kCollectorPatience));
    return std::move(*collector);
  }

  void expect_balanced(const Ledger& ledger) {
    EXPECT_EQ(ledger.unaccounted_packets(), 0);
    EXPECT_EQ(ledger.unaccounted_bytes(), 0);
    EXPECT_EQ(ledger.unaccounted_records(), 0);
  }

  test::TempDirectory directory_;
  const std::string input_ = directory_.path("input.pcap");
  const std::string output_ = directory_.path("out.log");
  CollectorOptions options_;
  std::promise<void> finished_;
};

TEST_F(CollectorTest, CaptureFile_EveryRecordIsWritten) {
  const auto collector = run();
  ASSERT_TRUE(collector);
  EXPECT_EQ(test::read_file(output_), "first\nsecond\nthird\n");
  EXPECT_FALSE(collector->take_error());
  const Ledger ledger = collector->ledger();
  EXPECT_EQ(ledger.pipeline.packets.received.get(), 3);
  ASSERT_EQ(ledger.sinks.size(), 1);
  EXPECT_EQ(ledger.sinks[0].name, "out");
  EXPECT_EQ(ledger.sinks[0].figures.written, 3);
  expect_balanced(ledger);
}

// So that a command can give up its privileges in between: a thread keeps those that it was started with.
TEST_F(CollectorTest, Created_HasNoThreadBeforeItsStart) {
  const auto threads = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  const auto before = threads();
  const auto collector = create();
  ASSERT_TRUE(collector);
  EXPECT_EQ(threads(), before);
  EXPECT_TRUE(std::filesystem::exists(output_));
}

TEST_F(CollectorTest, InputMissing_FailsAndTouchesNoTarget) {
  options_.read_file = directory_.path("missing.pcap");
  const auto collector = create();
  ASSERT_FALSE(collector);
  EXPECT_THAT(collector.error().message(), HasSubstr(options_.read_file));
  EXPECT_FALSE(std::filesystem::exists(output_));
}

TEST_F(CollectorTest, TargetCannotBeWritten_FailsNamingTheSink) {
  std::get<config::FileTarget>(options_.config.sinks[0].target).path = input_ + "/below-a-file/out.log";
  const auto collector = create();
  ASSERT_FALSE(collector);
  EXPECT_THAT(collector.error().message(), HasSubstr("sink out"));
  EXPECT_EQ(collector.error().exit_code(), 1);
}

TEST_F(CollectorTest, ExpressionIsNone_FailsAsUsage) {
  options_.expression = "prot 9988";
  const auto collector = create();
  ASSERT_FALSE(collector);
  EXPECT_EQ(collector.error().exit_code(), 2);
  EXPECT_FALSE(std::filesystem::exists(output_));
}

TEST_F(CollectorTest, ExpressionRefusesPackets_TheyAreCountedBesideTheLedger) {
  options_.expression = "src port 50002";
  const auto collector = run();
  ASSERT_TRUE(collector);
  EXPECT_EQ(test::read_file(output_), "second\n");
  const Ledger ledger = collector->ledger();
  EXPECT_EQ(ledger.capture.filtered_out, 2);
  EXPECT_EQ(ledger.pipeline.packets.received.get(), 1);
  expect_balanced(ledger);
}

TEST_F(CollectorTest, FileEndsInsideAPacket_WhatCameBeforeIsWrittenAndTheErrorSaysWhere) {
  std::filesystem::resize_file(input_, std::filesystem::file_size(input_) - 1);
  const auto collector = run();
  ASSERT_TRUE(collector);
  EXPECT_EQ(test::read_file(output_), "first\nsecond\n");
  const auto error = collector->take_error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->exit_code(), 1);
  EXPECT_THAT(error->message(), HasSubstr(input_));
  expect_balanced(collector->ledger());
}

TEST_F(CollectorTest, CountReached_NoMoreIsWritten) {
  options_.max_records = 2;
  const auto collector = run();
  ASSERT_TRUE(collector);
  EXPECT_EQ(test::read_file(output_), "first\nsecond\n");
  expect_balanced(collector->ledger());
}

TEST_F(CollectorTest, TextOnly_BinaryIsRefusedAndCounted) {
  options_.text_only = true;
  const auto bytes = capture_of({"text", std::string_view("\x01\x02\x03\x04", 4)}).bytes();
  test::write_file(input_, std::string(as_text(bytes)));
  const auto collector = run();
  ASSERT_TRUE(collector);
  EXPECT_EQ(test::read_file(output_), "text\n");
  const Ledger ledger = collector->ledger();
  EXPECT_EQ(ledger.pipeline.records.by(filter::RouteVerdict::not_text).get(), 1);
  expect_balanced(ledger);
}

TEST_F(CollectorTest, NeverStarted_StopsAtOnce) {
  const auto collector = create();
  ASSERT_TRUE(collector);
  EXPECT_TRUE((*collector)->stop(kCollectorPatience));
  EXPECT_EQ(test::read_file(output_), "");
}

}  // namespace
}  // namespace logsniffd::app

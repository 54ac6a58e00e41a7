// The lines that a tap sends about dropped records.
#include "daemon/app/tap_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <nlohmann/json.hpp>

#include "tests/support/unix_receiver.hpp"

namespace logsniffd::app {
namespace {

// The line of one record, which `by` has dropped.
nlohmann::json line_of(record_path::TapFate fate, const std::string& by, const config::Config& config) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const UniqueFd reader(ends[0]);
  TapSink sink(
      UniqueFd(ends[1]),
      {std::move(*format::RecordFormat::compile("{message}")), std::move(*pattern::ExpressionSet::compile({}))},
      std::make_shared<TapPlaces>(tap_places(config, "FILE")));
  record::RecordBatch batch;
  batch.begin(
      std::make_shared<record::FilterNames>(record::FilterNames{fate < record_path::kQueueFull ? by : "app", by}));
  record::LogRecord record;
  record.message = "lost";
  batch.append(record, 0, record::SinkMask{1} << fate);
  auto interrupt = sink::Interrupt::create();
  sink.write(batch, 0, *interrupt);
  return nlohmann::json::parse(test::receive(reader.get()).bytes);
}

config::Config with_out_twice() {
  config::Filter filter;
  filter.name = "out";
  filter.refusing_marks[static_cast<std::size_t>(filter::RouteVerdict::excluded)] = {7, 1};
  config::Sink sink;
  sink.name = "out";
  sink.mark = {12, 3};
  config::Config config;
  config.filters = {filter};
  config.sinks = {sink};
  return config;
}

TEST(TapSink, EveryReasonOfASink_IsInWordsWithThePlaceOfTheSink) {
  for (std::size_t i = 0; i < sink::kDropReasonNames.size(); ++i) {
    const auto reason = static_cast<sink::DropReason>(i);
    const nlohmann::json line = line_of(fate_of(reason), "out", with_out_twice());
    EXPECT_EQ(line, nlohmann::json(
                        {{"text", "lost"}, {"reason", sink::in_words(reason)}, {"by", "out"}, {"place", "FILE:12"}}));
  }
}

TEST(TapSink, SinkThatTheConfigurationNoLongerHas_HasNoPlace) {
  config::Config config = with_out_twice();
  config.sinks.clear();
  const nlohmann::json line = line_of(fate_of(sink::DropReason::shutdown), "out", config);
  EXPECT_EQ(line, nlohmann::json({{"text", "lost"}, {"reason", "shutdown"}, {"by", "out"}}));
}

TEST(TapSink, FilterOfTheSameName_HasThePlaceOfItsKey) {
  const auto excluded = static_cast<record_path::TapFate>(filter::RouteVerdict::excluded);
  const nlohmann::json line = line_of(excluded, "out", with_out_twice());
  EXPECT_EQ(line, nlohmann::json({{"text", "lost"}, {"reason", "exclude"}, {"by", "out"}, {"place", "FILE:7"}}));
}

TEST(TapSink, WhatItMissed_IsToldWhenEverythingBeforeWasSent) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const UniqueFd reader(ends[0]);
  TapSink sink(
      UniqueFd(ends[1]),
      {std::move(*format::RecordFormat::compile("{message}")), std::move(*pattern::ExpressionSet::compile({}))},
      std::make_shared<TapPlaces>());
  auto interrupt = sink::Interrupt::create();
  queue::Loss missed{.records = 3};
  sink.set_missed([&missed] { return std::exchange(missed, {}); });
  (void)sink.maintain(*interrupt);
  EXPECT_THAT(test::receive(reader.get()).bytes, testing::HasSubstr("3 records lost here (queue full)"));
  (void)sink.maintain(*interrupt);
  sink.set_last_missed({.records = 2});
  sink.finish(*interrupt);
  const std::string last = test::receive(reader.get()).bytes;
  EXPECT_THAT(last, testing::HasSubstr("2 records lost here (queue full)"));
  EXPECT_THAT(last, testing::Not(testing::HasSubstr("3 records")));
}

}  // namespace
}  // namespace logsniffd::app

#include "daemon/record/record_batch.hpp"

#include <gtest/gtest.h>

namespace logsniffd::record {
namespace {

constexpr SinkMask kFirst = 1;
constexpr SinkMask kSecond = 2;

std::shared_ptr<const FilterNames> names() { return std::make_shared<const FilterNames>(FilterNames{"app", "audit"}); }

LogRecord plain(std::string_view message) {
  LogRecord record;
  record.message = message;
  record.interface = "eth0";
  record.captured_at = PacketTime{std::chrono::seconds(5)};
  return record;
}

TEST(RecordBatch, EveryFieldComesBack) {
  const std::array<Field, 2> fields{{{"a.x", "1"}, {"b", ""}}};
  LogRecord record = plain("message");
  record.integrity = Integrity::gap;
  record.severity = Severity::crit;
  record.facility = 16;
  record.sent = PacketTime{std::chrono::nanoseconds(-5)};
  record.host = "web1";
  record.app = "nginx";
  record.pid = "812";
  record.msgid = "ID47";
  record.fields = fields;
  record.flow.src.port = 40000;

  RecordBatch batch;
  batch.begin(names());
  batch.append(plain("before"), 0, kFirst);
  batch.append(record, 1, kSecond);
  std::vector<Field> scratch;
  const LogRecord back = batch.record(1, scratch);
  EXPECT_EQ(back.captured_at, record.captured_at);
  EXPECT_EQ(back.flow, record.flow);
  EXPECT_EQ(back.interface, "eth0");
  EXPECT_EQ(back.integrity, Integrity::gap);
  EXPECT_EQ(back.severity, Severity::crit);
  EXPECT_EQ(back.facility, 16);
  EXPECT_EQ(back.sent, record.sent);
  EXPECT_EQ(back.host, "web1");
  EXPECT_EQ(back.app, "nginx");
  EXPECT_EQ(back.pid, "812");
  EXPECT_EQ(back.msgid, "ID47");
  EXPECT_EQ(back.message, "message");
  ASSERT_EQ(back.fields.size(), 2U);
  EXPECT_EQ(back.fields[0].name, "a.x");
  EXPECT_EQ(back.fields[0].value, "1");
  EXPECT_EQ(back.fields[1].value, "");
  EXPECT_EQ(batch.filter_name(1), "audit");
}

TEST(RecordBatch, WithoutAttributes_AbsentStaysAbsent) {
  RecordBatch batch;
  batch.begin(names());
  batch.append(plain("x"), 0, kFirst);
  std::vector<Field> scratch;
  const LogRecord back = batch.record(0, scratch);
  EXPECT_FALSE(back.severity);
  EXPECT_FALSE(back.facility);
  EXPECT_FALSE(back.sent);
  EXPECT_TRUE(back.fields.empty());
}

TEST(RecordBatch, MessageRun_IsContiguousForOneSink) {
  RecordBatch batch;
  batch.begin(names());
  batch.append(plain("a"), 0, kFirst);
  batch.append(plain(""), 0, kFirst | kSecond);
  batch.append(plain("ccc"), 0, kFirst);
  batch.append(plain("d"), 0, kSecond);
  batch.append(plain("e"), 0, kFirst);
  EXPECT_EQ(batch.message_run(0, 0).text, "a\n\nccc\n");
  EXPECT_EQ(batch.message_run(0, 0).next, 3U);
  EXPECT_EQ(batch.message_run(4, 0).text, "e\n");
  EXPECT_EQ(batch.message_run(1, 1).text, "\n");
  EXPECT_EQ(batch.count_for(0), 4U);
  EXPECT_EQ(batch.count_for(1), 2U);
  EXPECT_EQ(batch.sinks(), kFirst | kSecond);
}

TEST(RecordBatch, RoutedAgain_SharesTheTextUnderAnotherFilter) {
  RecordBatch batch;
  batch.begin(names());
  batch.append(plain("once"), 0, kFirst);
  const std::size_t before = batch.memory_bytes();
  batch.append_again(1, kFirst);
  EXPECT_EQ(batch.memory_bytes() - before, sizeof(RecordHeader));
  EXPECT_EQ(batch.message(1), "once");
  EXPECT_EQ(batch.filter_name(0), "app");
  EXPECT_EQ(batch.filter_name(1), "audit");
  // Two equal texts in sequence are not a run: a run would be written once.
  EXPECT_EQ(batch.message_run(0, 0).next, 1U);
}

TEST(RecordBatch, CompactCopy_HoldsTheSameAndNoMore) {
  RecordBatch batch;
  batch.begin(names());
  batch.append(plain("small"), 0, kFirst);
  const auto copy = batch.compact_copy();
  batch.begin(names());
  ASSERT_EQ(copy->size(), 1U);
  EXPECT_EQ(copy->message(0), "small");
}

TEST(RecordBatch, LongInterfaceName_IsCut) {
  RecordBatch batch;
  batch.begin(names());
  LogRecord record = plain("x");
  record.interface = "a-very-long-interface-name";
  batch.append(record, 0, kFirst);
  std::vector<Field> scratch;
  EXPECT_EQ(batch.record(0, scratch).interface, "a-very-long-int");
}

}  // namespace
}  // namespace logsniffd::record

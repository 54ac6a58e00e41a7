// A spool keeps every part of a record. Bytes that are not records are refused, wherever they end.
#include "daemon/spool/batch_codec.hpp"

#include <array>

#include "tests/support/sink_fixture.hpp"

namespace logsniffd::spool {
namespace {

using namespace test;

using record::LogRecord;
using testing::ElementsAre;

constexpr record::SinkMask kAll = 1;

const std::vector<record::Field> kFields{{"exampleSDID@32473.iut", "3"}, {"", std::string_view("a\0\n", 3)}};

LogRecord full_record() {
  LogRecord record = plain_record("all of it\n\xff");
  record.flow.transport = Transport::udp;
  record.integrity = Integrity::truncated;
  record.severity = record::Severity::emerg;
  record.facility = 23;
  record.sent = PacketTime(std::chrono::nanoseconds(-1));
  record.host = "web";
  record.app = "nginx";
  record.pid = "42";
  record.msgid = "ID47";
  record.fields = kFields;
  return record;
}

std::string encoded(const record::RecordBatch& batch) {
  BatchEncoder encoder;
  encoder.begin();
  for (std::uint32_t i = 0; i < batch.size(); ++i) encoder.add(batch, i);
  EXPECT_EQ(encoder.records(), batch.size());
  return std::string(encoder.bytes());
}

void expect_same(const LogRecord& a, const LogRecord& b) {
  EXPECT_EQ(a.captured_at, b.captured_at);
  EXPECT_EQ(a.flow, b.flow);
  EXPECT_EQ(a.interface, b.interface);
  EXPECT_EQ(a.integrity, b.integrity);
  EXPECT_EQ(a.severity, b.severity);
  EXPECT_EQ(a.facility, b.facility);
  EXPECT_EQ(a.sent, b.sent);
  EXPECT_THAT((std::vector{b.host, b.app, b.pid, b.msgid, b.message}),
              ElementsAre(a.host, a.app, a.pid, a.msgid, a.message));
  ASSERT_EQ(a.fields.size(), b.fields.size());
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    EXPECT_EQ(a.fields[i].name, b.fields[i].name);
    EXPECT_EQ(a.fields[i].value, b.fields[i].value);
  }
}

// Each optional part may be present without the others.
std::vector<LogRecord> records_of_every_kind() {
  LogRecord sent_only = plain_record("");
  sent_only.sent = kWhen;
  LogRecord level_only = plain_record("x");
  level_only.severity = record::Severity::debug;
  LogRecord fields_only = plain_record("y");
  fields_only.fields = kFields;
  LogRecord nothing;
  return {full_record(), plain_record("plain"), sent_only, level_only, fields_only, nothing};
}

TEST(BatchCodec, EveryValueOfARecord_ComesBack) {
  const std::vector<LogRecord> records = records_of_every_kind();
  const auto batch = batch_of(records);
  record::RecordBatch decoded;
  EXPECT_EQ(BatchDecoder().decode(encoded(*batch), kAll, decoded), records.size());
  std::vector<record::Field> scratch;
  for (std::size_t i = 0; i < records.size(); ++i) {
    SCOPED_TRACE(i);
    expect_same(records[i], decoded.record(i, scratch));
    EXPECT_EQ(decoded.filter_name(i), "app");
    EXPECT_EQ(decoded.header(i).sinks, kAll);
  }
}

TEST(BatchCodec, FiltersOfSeveralNames_ComeBackWithTheirRecords) {
  record::RecordBatch batch;
  batch.begin(std::make_shared<const record::FilterNames>(record::FilterNames{"unused", "web", "", "db"}));
  for (const std::uint16_t filter : std::to_array<std::uint16_t>({3, 1, 2, 3, 1}))
    batch.append(plain_record("x"), filter, 1);
  record::RecordBatch decoded;
  ASSERT_EQ(BatchDecoder().decode(encoded(batch), kAll, decoded), 5);
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < decoded.size(); ++i) names.push_back(decoded.filter_name(i));
  EXPECT_THAT(names, ElementsAre("db", "web", "", "db", "web"));
}

TEST(BatchCodec, NoRecord_IsNone) {
  BatchEncoder encoder;
  encoder.begin();
  record::RecordBatch decoded;
  EXPECT_EQ(BatchDecoder().decode(encoder.bytes(), kAll, decoded), 0);
}

TEST(BatchCodec, CutAnywhereInsideARecord_IsRefused) {
  const std::string bytes = encoded(*batch_of({full_record()}));
  record::RecordBatch decoded;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // The version alone, one byte, is a batch without records.
    EXPECT_EQ(BatchDecoder().decode(bytes.substr(0, size), kAll, decoded).has_value(), size == 1) << size;
  }
}

TEST(BatchCodec, OtherVersion_IsRefused) {
  std::string bytes = encoded(*batch_of({full_record()}));
  bytes[0] = 2;
  record::RecordBatch decoded;
  EXPECT_FALSE(BatchDecoder().decode(bytes, kAll, decoded));
}

struct Octet {
  std::size_t at;
  char value;
  bool valid;
};
class BatchCodecOctet : public testing::TestWithParam<Octet> {};
TEST_P(BatchCodecOctet, BeyondWhatItNames_IsRefused) {
  std::string bytes = encoded(*batch_of({plain_record("x")}));
  bytes[GetParam().at] = GetParam().value;
  record::RecordBatch decoded;
  EXPECT_EQ(BatchDecoder().decode(bytes, kAll, decoded).has_value(), GetParam().valid);
}
constexpr std::size_t kLevels = 1 + 8 + 18 + 18;  // after version, time and endpoints
INSTANTIATE_TEST_SUITE_P(Values, BatchCodecOctet,
                         testing::Values(Octet{kLevels, 1, true}, Octet{kLevels, 2, false}, Octet{kLevels + 1, 4, true},
                                         Octet{kLevels + 1, 5, false}, Octet{kLevels + 2, 7, true},
                                         Octet{kLevels + 2, 8, false}, Octet{kLevels + 3, 23, true},
                                         Octet{kLevels + 3, 24, false}, Octet{kLevels + 4, 4, false},
                                         Octet{kLevels + 5, 0, true}, Octet{kLevels + 5, 1, false},
                                         Octet{kLevels + 6, 1, false}));

}  // namespace
}  // namespace logsniffd::spool

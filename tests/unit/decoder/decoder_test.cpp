#include "daemon/decoder/decoder.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/compressed.hpp"

namespace logsniffd::decoder {
namespace {

constexpr std::string_view kSyslog = "<14>1 - host app 7 ID [id a=\"\\\"\"] text";

class DecoderTest : public testing::Test {
 protected:
  void decode(record::Decode as, std::string_view frame) { decoder_.decode(as, as_bytes(frame), record_); }

  void expect_counted(std::uint64_t plain, std::uint64_t syslog, std::uint64_t malformed) {
    EXPECT_EQ(decoder_.counters().of(record::Decode::plain).get(), plain);
    EXPECT_EQ(decoder_.counters().of(record::Decode::syslog).get(), syslog);
    EXPECT_EQ(decoder_.counters().malformed.get(), malformed);
  }

  void expect_plain(std::string_view message) {
    EXPECT_EQ(record_.message, message);
    EXPECT_FALSE(record_.severity || record_.facility || record_.sent);
    EXPECT_TRUE(record_.host.empty() && record_.app.empty() && record_.pid.empty() && record_.msgid.empty());
    EXPECT_TRUE(record_.fields.empty());
  }

  Decoder decoder_;
  record::LogRecord record_;
};

TEST_F(DecoderTest, Plain_TakesTheFrameAsItIs) {
  decode(record::Decode::plain, "<14>not looked at\r");
  expect_plain("<14>not looked at\r");
  expect_counted(1, 0, 0);
}

TEST_F(DecoderTest, AutomaticWithPri_IsSyslog) {
  decode(record::Decode::automatic, kSyslog);
  EXPECT_EQ(record_.severity, record::Severity::info);
  EXPECT_EQ(record_.facility, 1);
  EXPECT_EQ(record_.host, "host");
  EXPECT_EQ(record_.app, "app");
  EXPECT_EQ(record_.pid, "7");
  EXPECT_EQ(record_.msgid, "ID");
  EXPECT_EQ(record_.message, "text");
  ASSERT_EQ(record_.fields.size(), 1U);
  EXPECT_EQ(record_.fields[0].name, "id.a");
  EXPECT_EQ(record_.fields[0].value, "\"");
  expect_counted(0, 1, 0);
}

TEST_F(DecoderTest, AutomaticWithoutPri_IsPlain) {
  decode(record::Decode::automatic, "hello ('127.0.0.1', 61129)");
  expect_plain("hello ('127.0.0.1', 61129)");
  expect_counted(1, 0, 0);
}

TEST_F(DecoderTest, AutomaticWithInvalidPri_IsPlain) {
  decode(record::Decode::automatic, "<192>x");
  expect_plain("<192>x");
  expect_counted(1, 0, 0);
}

TEST_F(DecoderTest, SyslogWithoutPri_IsMalformedAndStaysReadable) {
  decode(record::Decode::syslog, "no priority");
  expect_plain("no priority");
  expect_counted(0, 0, 1);
}

TEST_F(DecoderTest, SyslogWithBrokenHeader_IsSyslogAndKeepsItsText) {
  decode(record::Decode::syslog, "<14>1 broken");
  EXPECT_EQ(record_.severity, record::Severity::info);
  EXPECT_EQ(record_.message, "1 broken");
  expect_counted(0, 1, 0);
}

TEST_F(DecoderTest, WhatTheLastRecordHeld_IsReset) {
  for (const record::Decode next : {record::Decode::automatic, record::Decode::plain, record::Decode::syslog}) {
    decode(record::Decode::syslog, kSyslog);
    ASSERT_EQ(record_.host, "host");
    decode(next, "next");
    expect_plain("next");
  }
}

TEST_F(DecoderTest, WhatDecodingDoesNotFind_IsNotTouched) {
  record_.interface = "eth0";
  record_.integrity = Integrity::gap;
  record_.flow.src.port = 514;
  record_.captured_at = PacketTime(Duration(7));
  for (const record::Decode as : {record::Decode::plain, record::Decode::syslog}) {
    decode(as, kSyslog);
    EXPECT_EQ(record_.interface, "eth0");
    EXPECT_EQ(record_.integrity, Integrity::gap);
    EXPECT_EQ(record_.flow.src.port, 514);
    EXPECT_EQ(record_.captured_at, PacketTime(Duration(7)));
  }
}

TEST_F(DecoderTest, EmptyFrame_IsAnEmptyMessage) {
  decode(record::Decode::automatic, "");
  expect_plain("");
  decode(record::Decode::syslog, "");
  expect_plain("");
  expect_counted(1, 0, 1);
}

TEST_F(DecoderTest, MoreFieldsThanThereIsRoomFor_IsCounted) {
  std::string frame = "<14>1 - - - - - ";
  for (std::size_t i = 0; i < record::kMaxFields; ++i) frame += "[e]";
  decode(record::Decode::syslog, frame);
  EXPECT_EQ(decoder_.counters().fields_left.get(), 0U);
  decode(record::Decode::syslog, frame + "[e]");
  EXPECT_EQ(decoder_.counters().fields_left.get(), 1U);
  decode(record::Decode::syslog, "<14>short");
  EXPECT_EQ(decoder_.counters().fields_left.get(), 1U);
}

// If GELF is required or possible, the compressed bytes are never the message.
TEST_F(DecoderTest, DamagedGelf_IsToldByName) {
  const auto whole = test::compressed(R"({"short_message":"m","host":"h"})", test::Compression::gzip);
  const std::string damaged(as_text(whole).substr(0, whole.size() - 1));
  for (const record::Decode as : {record::Decode::automatic, record::Decode::gelf}) {
    record_.host = "stale";
    decode(as, damaged);
    EXPECT_EQ(record_.message, "compressed GELF of " + std::to_string(damaged.size()) +
                                   " bytes cannot be inflated: it is damaged or cut short");
    EXPECT_EQ(record_.app, "logsniffd");
    EXPECT_EQ(record_.host, "");
  }
  EXPECT_EQ(decoder_.counters().inflate_failed.get(), 2U);
  expect_counted(1, 0, 1);
  decode(record::Decode::plain, damaged);
  expect_plain(damaged);
}

TEST_F(DecoderTest, TextThatInflatesToMoreThanTheLimit_IsCutAndSaysSo) {
  const std::string text(Decoder::kRecordLimit + 1, 'x');
  const auto payload = test::compressed(text, test::Compression::zlib, 0);
  for (const record::Decode as : {record::Decode::automatic, record::Decode::gelf, record::Decode::plain}) {
    record_.integrity = Integrity::whole;
    decode(as, as_text(payload));
    EXPECT_LE(record_.message.size(), Decoder::kRecordLimit);
    EXPECT_EQ(record_.integrity, Integrity::truncated);
  }
  EXPECT_EQ(decoder_.counters().cut.get(), 3U);
}

TEST_F(DecoderTest, CompressedTextThatIsNotGelf_IsShownInflated) {
  const auto payload = test::compressed("a line\n", test::Compression::zlib);
  decode(record::Decode::automatic, as_text(payload));
  expect_plain("a line");
  decode(record::Decode::gelf, as_text(payload));
  expect_plain("a line");
  expect_counted(1, 0, 1);
  EXPECT_EQ(decoder_.counters().inflate_failed.get(), 0U);
}

TEST_F(DecoderTest, TextThatBeginsAsZlibDoes_IsPlain) {
  decode(record::Decode::automatic, "x^2 + y^2");
  expect_plain("x^2 + y^2");
  expect_counted(1, 0, 0);
  EXPECT_EQ(decoder_.counters().inflate_failed.get(), 0U);
}

TEST_F(DecoderTest, EveryTruncation_StaysInsideTheFrame) {
  const std::string whole =
      "<165>1 2003-10-11T22:14:15.003Z host app 7 ID [id a=\"\\\"x\" b=\"y\"] \xef\xbb\xbfmessage";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string frame = whole.substr(0, size);
    decode(record::Decode::automatic, frame);
    EXPECT_GE(record_.message.data(), frame.data());
    EXPECT_LE(record_.message.data() + record_.message.size(), frame.data() + frame.size());
  }
}

}  // namespace
}  // namespace logsniffd::decoder

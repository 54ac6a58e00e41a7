// What one sender makes decoders do: every record stays within limits.record, and a flood within its share.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/compressed.hpp"
#include "tests/unit/pipeline/pipeline_fixture.hpp"

namespace logsniffd::pipeline {
namespace {

using test::endpoint;

constexpr std::string_view kFlooder = "10.0.0.66:5000";
constexpr Duration kMillisecond = std::chrono::milliseconds(1);

struct Seen {
  std::string source;
  std::string host;
  std::string app;
  std::string message;
  std::size_t fields = 0;
  std::size_t bytes = 0;  // of message and fields
  Integrity integrity{};
};

class DecodeBounds : public PipelineFixture {
 protected:
  // Returns the record of one datagram.
  Seen give(std::string_view source, Bytes payload) {
    PipelineFixture::give(test::udp_packet(endpoint(source), endpoint("10.0.0.2:514"), as_text(payload)));
    Seen seen;
    int records = 0;
    take_records([&](const std::string&, const record::LogRecord& record) {
      ++records;
      seen = {std::string(source),  std::string(record.host), std::string(record.app), std::string(record.message),
              record.fields.size(), record.message.size(),    record.integrity};
      for (const record::Field& field : record.fields) seen.bytes += field.name.size() + field.value.size();
    });
    EXPECT_EQ(records, 1);
    return seen;
  }
  Seen give(std::string_view source, std::string_view payload) { return give(source, as_bytes(payload)); }
};

std::vector<std::uint8_t> gelf(std::string_view host, std::size_t message_bytes) {
  const std::string text = R"({"version":"1.1","host":")" + std::string(host) + R"(","_job":"7","short_message":")" +
                           std::string(message_bytes, 'x') + R"("})";
  return test::compressed(text, test::Compression::zlib, 9);
}

// {"msg": msg, "args": args} as DatagramHandler sends it, in protocol 2.
std::string pickled(std::string_view msg, std::string_view args) {
  using namespace std::string_view_literals;
  std::string pickle = "\x80\x02}(U\x03msgX";
  for (std::size_t shift = 0; shift < 32; shift += 8) pickle += static_cast<char>(msg.size() >> shift & 0xff);
  pickle.append(msg)
      .append(
          "U\x04"
          "args")
      .append(args)
      .append("u.");
  std::string frame;
  for (std::size_t shift = 32; shift > 0; shift -= 8) frame += static_cast<char>(pickle.size() >> (shift - 8) & 0xff);
  return frame + pickle;
}

TEST_F(DecodeBounds, GelfOf900000BytesAtOneKibibyte_IsCutToIt) {
  restart(1024);
  const Seen seen = give("10.0.0.1:5000", gelf("web1", 900'000));
  EXPECT_LE(seen.bytes, 1024U);
  EXPECT_GE(seen.bytes, 900U);
  EXPECT_EQ(seen.integrity, Integrity::truncated);
  EXPECT_EQ(seen.host, "web1");
  EXPECT_EQ(seen.message, std::string(seen.message.size(), 'x'));
  EXPECT_EQ(seen.fields, 1U);
}

TEST_F(DecodeBounds, PickleThatFormats60000BytesAtOneKibibyte_IsCutToIt) {
  restart(1024);
  const Seen seen = give("10.0.0.1:5000", pickled("%060000d", "K\x05\x85"));
  EXPECT_EQ(seen.message, std::string(1024, '0'));
  EXPECT_EQ(seen.integrity, Integrity::truncated);
}

TEST_F(DecodeBounds, FieldsOfAPickleAndItsMessage_ObeyTheLimitTogether) {
  restart(1024);
  std::string extra;
  for (char name = 'a'; name < 'k'; ++name) extra += std::string("U\x01") + name + "h\x01";
  std::string pickle = std::string("\x80\x02}(U\x03msgX\x90\x01", 12) + std::string(2, '\0') + std::string(400, 'm');
  pickle += "q\x01" + extra + "u.";
  const Seen seen = give("10.0.0.1:5000", pickle);
  EXPECT_EQ(seen.message, std::string(400, 'm'));
  EXPECT_LE(seen.bytes, 1024U);
  EXPECT_EQ(seen.fields, 2U);
  EXPECT_EQ(seen.integrity, Integrity::truncated);
}

TEST_F(DecodeBounds, MessageThatIsCut_EndsBetweenTwoCharacters) {
  restart(1024);
  std::string text = R"({"version":"1.1","host":"web1","short_message":")";
  for (int i = 0; i < 4000; ++i) text += "\xe2\x82\xac";
  for (std::string blanks; blanks.size() < 3; blanks += ' ') {
    const Seen seen = give("10.0.0.1:5000", test::compressed(blanks + text + "\"}", test::Compression::gzip));
    EXPECT_EQ(seen.message.size() % 3, 0U);
    EXPECT_GT(seen.message.size(), 900U);
    EXPECT_EQ(seen.integrity, Integrity::truncated);
  }
}

// A flood of bombs makes no more bytes than its share, and other senders are still read.
TEST_F(DecodeBounds, FloodOfBombsInOneSecond_MakesItsShareAndOthersAreRead) {
  const auto bomb = gelf("bomb", 900'000);
  const auto ordinary = gelf("web1", 3000);
  std::size_t made = 0;
  for (int i = 0; i < 1000; ++i) {
    now_ += kMillisecond / 2;
    made += give(kFlooder, bomb).bytes;
    if (i % 10 != 0) continue;
    const Seen seen = give("10.0.0." + std::to_string(i / 10 + 100) + ":5000", ordinary);
    EXPECT_EQ(seen.host, "web1") << i;
    EXPECT_EQ(seen.message.size(), 3000U);
    EXPECT_EQ(seen.integrity, Integrity::whole);
  }
  EXPECT_GE(made, 1U << 20);
  EXPECT_LE(made, 16U << 20);
  // A message that exceeds the share is reported by its name and size.
  const Seen seen = give(kFlooder, bomb);
  EXPECT_EQ(seen.message, "compressed GELF of " + std::to_string(bomb.size()) +
                              " bytes is not decoded: the budget for it is used up");
  EXPECT_EQ(seen.app, "logsniffd");
  EXPECT_EQ(seen.integrity, Integrity::truncated);
  EXPECT_GT(pipeline_->decoding().over_budget.get(), 0U);
  now_ += std::chrono::seconds(20);
  EXPECT_EQ(give(kFlooder, bomb).host, "bomb");
}

// Live, the machine's own clock distinguishes a step from a pause.
TEST_F(DecodeBounds, ClockThatGoesBackAndForth_GivesNoMoreBudget) {
  const auto bomb = gelf("bomb", 900'000);
  std::size_t made = 0;
  for (int i = 0; i < 2000; ++i) {
    pipeline_->heard(SteadyTime(std::chrono::hours(10) + i * kMillisecond), now_);
    now_ += i % 2 == 0 ? std::chrono::hours(1) : std::chrono::hours(-1);
    made += give(kFlooder, bomb).bytes;
  }
  EXPECT_LE(made, 32U << 20);
}

TEST_F(DecodeBounds, ClockThatSteppedBack_TheCreditIsFilledAllTheSame) {
  const auto bomb = gelf("bomb", 900'000);
  for (int i = 0; i < 1000; ++i) static_cast<void>(give(kFlooder, bomb));
  now_ -= std::chrono::hours(1);
  EXPECT_GT(pipeline_->decoding().over_budget.get(), 10U);
  EXPECT_EQ(give("10.0.0.7:5000", bomb).host, "bomb");
  now_ += std::chrono::seconds(20);
  EXPECT_EQ(give(kFlooder, bomb).host, "bomb");
}

// A flood of 0.75 Mbit/s makes bytes in proportion to its own, not to time.
TEST_F(DecodeBounds, FloodOfBombsThatLasts_MakesAFewTimesItsBytes) {
  auto bomb = gelf("bomb", 900'000);
  bomb.resize(1040);  // after the limit, the datagram may contain anything
  constexpr int kFrames = 866;
  for (int i = 0; i < kFrames; ++i) {
    now_ += std::chrono::seconds(10) / kFrames;
    static_cast<void>(give(kFlooder, bomb));
  }
  EXPECT_LE(pipeline_->decoding().made_bytes.get(), (1U << 20) + 10 * (64U << 10) + 8U * kFrames * bomb.size());
}

// Messages with stack traces, compressed to a seventh or less, as fast as possible.
TEST_F(DecodeBounds, OrdinaryCompressedMessages_AreNeverOverTheBudget) {
  for (const std::size_t frames : {0U, 5U, 15U}) {
    for (int i = 0; i < 10'000; ++i) {
      now_ += kMillisecond;
      const std::string number = std::to_string(i);
      std::string text = R"({"version":"1.1","host":"shop)" + number + R"(","level":3,"timestamp":17900000)" + number +
                         R"(,"_logger":"com.example.shop.Checkout","_thread":"http-nio-8080-exec-)" +
                         std::to_string(i % 17) + R"(","short_message":"Order )" + number +
                         R"( failed: no stock","full_message":"Order )" + number + " failed: no stock";
      for (std::size_t f = 0; f < frames; ++f) {
        text += R"(\n\tat com.example.shop.step)" + std::to_string(f * 7919 % 1000) +
                ".Worker.run(Worker.java:" + std::to_string(f * 104729 % 997) + ")";
      }
      text += R"("})";
      const Seen seen = give("10.0.0.5:5000", test::compressed(text, test::Compression::gzip));
      ASSERT_EQ(seen.integrity, Integrity::whole) << frames << ' ' << i;
      ASSERT_EQ(seen.host, "shop" + number);
    }
  }
  EXPECT_EQ(pipeline_->decoding().over_budget.get(), 0U);
}

TEST_F(DecodeBounds, OrdinaryPickles_AreNeverOverTheBudget) {
  for (int i = 0; i < 10'000; ++i) {
    now_ += kMillisecond / 10;
    ASSERT_EQ(give("10.0.0.5:5000", pickled("item %d of anna's cart was not found", "K\x05\x85")).message,
              "item 5 of anna's cart was not found");
  }
  EXPECT_EQ(pipeline_->decoding().over_budget.get(), 0U);
}

}  // namespace
}  // namespace logsniffd::pipeline

// Senders whose counts include the blank after the count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string counted(std::string_view message, int more) {
  return std::to_string(static_cast<int>(message.size()) + more) + " " + std::string(message);
}
std::string high(std::string_view message) { return counted(message, 1); }

class CountedOneTooHighTest : public testing::Test {
 protected:
  void end(Framing& framing) {
    framing.end();
    EXPECT_EQ(framing.accounted(), framing.given);
    EXPECT_EQ(framing.context.counters.false_lengths.get(), 0U);
  }

  Framing framing_{FramingOptions{}};
};

TEST_F(CountedOneTooHighTest, NextCountInTheSameSegment_ShowsIt) {
  framing_.feed(high("<13>app: first") + high("<13>app: second") + high("<13>app: third"));
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: first", "<13>app: second", "<13>app: third"));
  end(framing_);
}

// Two cuts are left out: a segment that ends exactly where an exact count would lead is believed.
TEST_F(CountedOneTooHighTest, NextCountCutElsewhere_ShowsIt) {
  constexpr std::size_t kFirstEnds = 18;
  constexpr std::size_t kSecondEnds = 26;  // if its count is read as 6
  const std::string stream = high("<13>app: first") + high("<13>app: second") + high("<13>app: third");
  for (std::size_t at = 1; at < stream.size(); ++at) {
    if (at == kFirstEnds || at == kSecondEnds) continue;
    Framing framing{FramingOptions{}};
    framing.feed(stream.substr(0, at)).feed(stream.substr(at));
    EXPECT_THAT(framing.frames.all, ElementsAre("<13>app: first", "<13>app: second", "<13>app: third")) << at;
    end(framing);
  }
}

TEST_F(CountedOneTooHighTest, OneASegment_TheFirstWaitsForTheSecond) {
  framing_.feed(high("<13>app: first"));
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed(high("<13>app: second"));
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: first", "<13>app: second"));
  end(framing_);
}

TEST_F(CountedOneTooHighTest, Silence_ShowsItToo) {
  framing_.feed(high("<13>app: first")).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: first"));
  framing_.feed(high("<13>app: second"));
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: first", "<13>app: second"));
  end(framing_);
}

TEST_F(CountedOneTooHighTest, SilenceWhereTwoBytesAreMissing_ShowsNothing) {
  framing_.feed(counted("<13>app: first", 2)).quiet();
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed("!!");
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: first!!"));
  end(framing_);
}

TEST_F(CountedOneTooHighTest, ExactCountsBehindADigit_StayExact) {
  const std::string message = "<13>app: port 1";
  framing_.feed(counted(message, 0) + counted(message, 0) + counted(message, 0));
  EXPECT_THAT(framing_.frames.all, ElementsAre(message, message, message));
  end(framing_);
}

TEST_F(CountedOneTooHighTest, ExactCountsThatTakeInALineFeed_StayExact) {
  framing_.feed(counted("<13>app: first\n", 0) + counted("<13>app: second\n", 0));
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: first", "<13>app: second"));
  end(framing_);
}

TEST_F(CountedOneTooHighTest, SeveralLinesInAMessage_AreNoReasonToDoubtItsCount) {
  framing_.feed(high("<13>app: first\nhas two") + high("<13>app: second"));
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: first\nhas two", "<13>app: second"));
  end(framing_);
}

// If its count is read as 5, the second message leads to the "3" in its text, which more text shows not to be a count.
TEST_F(CountedOneTooHighTest, NumberInTheNextMessage_DecidesAsTheWholeStreamDoes) {
  const std::string stream = high("<13>app: second") + high("<13>e3 two tex");
  for (const Method method : {Method::automatic, Method::octet}) {
    Framing framing{FramingOptions{.method = method}};
    for (const char byte : stream) framing.feed({&byte, 1});
    framing.quiet();
    EXPECT_THAT(framing.frames.all, ElementsAre("<13>app: second", "<13>e3 two tex"));
    end(framing);
  }
}

TEST_F(CountedOneTooHighTest, OnlyMessageThatALineFeedEnds_IsGivenOutWithoutIt) {
  framing_.feed(high("<13>app: only\n"));
  end(framing_);
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: only|unfinished"));
}

}  // namespace
}  // namespace logsniffd::framing

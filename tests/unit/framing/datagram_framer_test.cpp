#include "daemon/framing/datagram_framer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>
#include <string>

#include "tests/support/compressed.hpp"
#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;

TEST(DatagramFramer, TrailingDelimiters_AreTrimmed) {
  FramingContext context{{100, 100}, {}};
  Frames frames;
  EXPECT_TRUE(frame_datagram(context, {}, as_bytes(std::string_view("hello\0", 6)), false, frames));
  EXPECT_TRUE(frame_datagram(context, {}, as_bytes("two\nlines\r\n"), false, frames));
  EXPECT_THAT(frames.all, ElementsAre("hello", "two\nlines"));
}

TEST(DatagramFramer, WithoutContent_NoFrame) {
  FramingContext context{{100, 100}, {}};
  Frames frames;
  EXPECT_FALSE(frame_datagram(context, {}, {}, false, frames));
  EXPECT_FALSE(frame_datagram(context, {}, as_bytes("\n"), false, frames));
  EXPECT_TRUE(frames.all.empty());
}

TEST(DatagramFramer, TooLongOrCutByTheSnapshot_IsTruncated) {
  FramingContext context{{4, 100}, {}};
  Frames frames;
  frame_datagram(context, {}, as_bytes("12345"), false, frames);
  frame_datagram(context, {}, as_bytes("123"), true, frames);
  EXPECT_THAT(frames.all, ElementsAre("1234|truncated", "123|truncated"));
}

std::vector<std::string> framed(const FramingOptions& options, std::string_view payload, bool cut_short = false) {
  FramingContext context{{100, 100}, {}};
  Frames frames;
  const bool any = frame_datagram(context, options, as_bytes(payload), cut_short, frames);
  EXPECT_EQ(any, !frames.all.empty());
  return frames.all;
}

TEST(DatagramFramer, ByteOrderMarkInFront_IsTrimmed) {
  EXPECT_THAT(framed({}, "\xef\xbb\xbf<13>text\0"sv), ElementsAre("<13>text"));
  EXPECT_THAT(framed({}, "\xef\xbb\xbf"sv), ElementsAre());
  EXPECT_THAT(framed({}, "\xef\xbb"sv), ElementsAre("\xef\xbb"));
}

TEST(DatagramFramer, SplitLines_EachIsARecordAndEmptyOnesAreNone) {
  constexpr FramingOptions kSplit{.method = Method::datagram, .split_lines = true};
  EXPECT_THAT(framed(kSplit, "one\ntwo\r\n\n\r\nthree"), ElementsAre("one", "two", "three"));
  EXPECT_THAT(framed(kSplit, "\n\r\n"), ElementsAre());
  EXPECT_THAT(framed(kSplit, "one\ntwo", true), ElementsAre("one", "two|truncated"));
  EXPECT_THAT(framed({.method = Method::nul, .split_lines = true}, "a\nb\0c\0"sv), ElementsAre("a\nb", "c"));
  EXPECT_THAT(framed({.method = Method::lines, .delimiter = ';', .split_lines = true}, "a;b;"), ElementsAre("a", "b"));
}

TEST(DatagramFramer, ConfiguredLengthOrCount_IsStrippedWhereItIsThatOfTheRest) {
  EXPECT_THAT(framed({.method = Method::length}, "\0\0\0\4text"sv), ElementsAre("text"));
  EXPECT_THAT(framed({.method = Method::length}, "\0\0\0\5text"sv), ElementsAre(std::string("\0\0\0\5text"sv)));
  EXPECT_THAT(framed({.method = Method::length, .length = {2, std::endian::little}}, "\3\0a\0\0"sv),
              ElementsAre(std::string("a\0\0"sv)))
      << "a payload behind a length is not text";
  EXPECT_THAT(framed({.method = Method::octet}, "7 <13>abc"), ElementsAre("<13>abc"));
  EXPECT_THAT(framed({.method = Method::octet}, "8 <13>abc"), ElementsAre("8 <13>abc"));
  EXPECT_THAT(framed({}, "7 <13>abc"), ElementsAre("7 <13>abc"));
}

// Gzip ends with the length of the text, lowest byte first, so here with a NUL. Zlib ends with a checksum: any bytes.
TEST(DatagramFramer, Compressed_KeepsItsEndAndItsLineFeeds) {
  for (const FramingOptions& options :
       {FramingOptions{}, FramingOptions{.method = Method::datagram, .split_lines = true},
        FramingOptions{.method = Method::nul, .split_lines = true}, FramingOptions{.method = Method::octet}}) {
    std::set<std::uint8_t> last;
    for (int i = 0; i < 2000; ++i) {
      for (const auto as : {test::Compression::gzip, test::Compression::zlib}) {
        const int level = std::array{1, 5, 6, 9}[static_cast<std::size_t>(i % 4)];
        const auto payload = test::compressed(R"({"short_message":"message )" + std::to_string(i) + "\"}", as, level);
        ASSERT_THAT(framed(options, as_text(payload)), ElementsAre(as_text(payload))) << i << ' ' << level;
        last.insert(payload.back());
      }
    }
    EXPECT_TRUE(last.contains('\0') && last.contains('\n') && last.contains('\r'));
  }
}

TEST(DatagramFramer, CompressedBeyondTheLimitOfARecord_IsWholeUpToItsOwn) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < kCompressedBytes) text += std::to_string(random());
  FramingContext context{{100, 100}, {}};
  Frames frames;
  const auto whole = test::compressed(text.substr(0, 1000), test::Compression::gzip);
  ASSERT_GT(whole.size(), 100U);
  frame_datagram(context, {}, whole, false, frames);
  EXPECT_THAT(frames.all, ElementsAre(as_text(whole)));
  EXPECT_EQ(context.counters.truncated.get(), 0U);
  const auto stored = test::compressed(text, test::Compression::gzip, 0);
  ASSERT_GT(stored.size(), kCompressedBytes);
  frame_datagram(context, {}, stored, false, frames);
  EXPECT_EQ(context.counters.truncated.get(), 1U);
  EXPECT_GE(context.counters.skipped_bytes.get(), stored.size() - kCompressedBytes);
}

TEST(DatagramFramer, TextThatBeginsAsZlibDoes_IsTrimmed) {
  EXPECT_THAT(framed({}, "x^2 + y^2\r\n"), ElementsAre("x^2 + y^2"));
  EXPECT_THAT(framed({}, "x\xda\xaa\n"), ElementsAre("x\xda\xaa"));  // an Arabic letter
  EXPECT_THAT(framed({.method = Method::datagram, .split_lines = true}, "x^2\nx^3\n"), ElementsAre("x^2", "x^3"));
}

TEST(DatagramFramer, Binary_KeepsItsEnd) {
  EXPECT_THAT(framed({}, "\x92\xce\x01\x02\0\n"sv), ElementsAre("\x92\xce\x01\x02\0\n"sv));
  EXPECT_THAT(framed({},
                     "\x1e\x0f"
                     "ABCDEFGH\0\1{}\n"sv),
              ElementsAre("\x1e\x0f"
                          "ABCDEFGH\0\1{}\n"sv))
      << "a chunk";
}

TEST(DatagramFramer, TextThatIsNotUtf8OrHoldsControls_IsTrimmed) {
  EXPECT_THAT(framed({},
                     "\xdc"
                     "ber\n"),
              ElementsAre("\xdc"
                          "ber"))
      << "Latin-1";
  EXPECT_THAT(framed({},
                     "\xdc"
                     "ber \x1b[1mfett\x1b[0m\r\n"),
              ElementsAre("\xdc"
                          "ber \x1b[1mfett\x1b[0m"));
  EXPECT_THAT(framed({}, "a\0b\x01\n\0"sv), ElementsAre("a\0b\x01"sv));
  EXPECT_THAT(framed({}, "h\0\xef\xbb\xbf\n"sv), ElementsAre("h\0\xef\xbb\xbf"sv));
}

}  // namespace
}  // namespace logsniffd::framing

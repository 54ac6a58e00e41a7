#include "daemon/record/json/inflate.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "daemon/text/compressed.hpp"
#include "tests/support/compressed.hpp"

namespace logsniffd::record::json {
namespace {

using test::compressed;
using test::Compression;
using Buffer = std::vector<std::uint8_t>;

constexpr std::size_t kCeiling = 100'000;
constexpr Compression kBoth[] = {Compression::gzip, Compression::zlib};

std::string text_of(std::size_t size) {
  std::mt19937 random(42);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>('a' + random() % 26);
  return text;
}

class InflaterTest : public testing::Test {
 protected:
  Inflated inflate(const Buffer& buffer) {
    output_ = {};
    const Buffer exact(buffer);  // an exact-size copy: a sanitizer sees the first byte after the end
    return inflater_.inflate(exact, kCeiling, output_);
  }

  Inflater inflater_;
  Bytes output_;
};

TEST_F(InflaterTest, EveryLevelAndSizeUpToTheCeiling_IsWhole) {
  for (const Compression as : kBoth) {
    for (const int level : {0, 1, 6, 9}) {
      for (const std::size_t size :
           {std::size_t{0}, std::size_t{1}, std::size_t{16'384}, std::size_t{16'385}, kCeiling - 1, kCeiling}) {
        const std::string text = text_of(size);
        ASSERT_EQ(inflate(compressed(text, as, level)), Inflated::whole) << level << ' ' << size;
        ASSERT_EQ(as_text(output_), text);
      }
    }
  }
}

TEST_F(InflaterTest, OneByteAboveTheCeiling_IsCut) {
  for (const Compression as : kBoth) {
    for (const int level : {0, 1, 6, 9}) {
      const std::string text = text_of(kCeiling + 1);
      EXPECT_EQ(inflate(compressed(text, as, level)), Inflated::cut);
      EXPECT_EQ(as_text(output_), text.substr(0, kCeiling));
    }
  }
}

TEST_F(InflaterTest, Bomb_IsCutAndTheNextOneIsRead) {
  const Buffer bomb = compressed(std::string(64U << 20, '\0'), Compression::gzip, 9);
  ASSERT_LT(bomb.size(), 100'000U);
  EXPECT_EQ(inflate(bomb), Inflated::cut);
  EXPECT_EQ(output_.size(), kCeiling);
  EXPECT_LE(inflater_.written(), kCeiling + 1);
  EXPECT_EQ(inflate(compressed("fine", Compression::zlib)), Inflated::whole);
  EXPECT_EQ(as_text(output_), "fine");
}

TEST_F(InflaterTest, CeilingThatChanges_HoldsEachTime) {
  const std::string text = text_of(40'000);
  const Buffer whole = compressed(text, Compression::zlib);
  for (const std::size_t ceiling : {40'000U, 10U, 20'000U, 39'999U, 0U, 40'000U}) {
    EXPECT_EQ(inflater_.inflate(whole, ceiling, output_), ceiling < text.size() ? Inflated::cut : Inflated::whole);
    EXPECT_EQ(as_text(output_), text.substr(0, ceiling));
  }
}

// Empty blocks: a fixed block that only ends takes 10 bits (RFC 1951, 3.2.6).
TEST_F(InflaterTest, ManyBlocks_AreLeftBehindAFew) {
  const auto stream = [](std::size_t blocks) {
    Buffer made{0x78, 0x9c};
    std::size_t bit = 0;
    made.resize(2 + (10 * blocks + 7) / 8);
    for (std::size_t i = 0; i < blocks; ++i, bit += 10) {
      const unsigned header = 2U | (i + 1 == blocks ? 1U : 0U);
      for (std::size_t b = 0; b < 3; ++b) {
        made[2 + (bit + b) / 8] =
            static_cast<std::uint8_t>(made[2 + (bit + b) / 8] | (header >> b & 1U) << (bit + b) % 8);
      }
    }
    for (const int byte : {0, 0, 0, 1}) made.push_back(static_cast<std::uint8_t>(byte));  // Adler-32 of nothing
    return made;
  };
  EXPECT_EQ(inflate(stream(1)), Inflated::whole);
  EXPECT_EQ(inflate(stream(Inflater::kFreeBlocks)), Inflated::whole);
  EXPECT_EQ(inflate(stream(Inflater::kFreeBlocks + 1)), Inflated::cut);
  EXPECT_EQ(inflate(stream(5000)), Inflated::cut);
}

// A compressor makes at most one table for one message.
TEST_F(InflaterTest, TablesOfOrdinaryMessages_AreOneAtMost) {
  for (const Compression as : kBoth) {
    for (std::size_t size = 1; size < 3000; size += 7) {
      ASSERT_EQ(inflate(compressed(text_of(size), as)), Inflated::whole);
      EXPECT_LE(inflater_.tables(), 1U) << size;
    }
    EXPECT_EQ(inflater_.tables(), 1U);
  }
}

TEST_F(InflaterTest, CeilingOfNothing_HoldsNothing) {
  EXPECT_EQ(inflater_.inflate(compressed("", Compression::zlib), 0, output_), Inflated::whole);
  EXPECT_EQ(inflater_.inflate(compressed("a", Compression::zlib), 0, output_), Inflated::cut);
  EXPECT_TRUE(output_.empty());
}

TEST_F(InflaterTest, EveryTruncation_IsCorrupt) {
  for (const Compression as : kBoth) {
    Buffer whole = compressed(text_of(500), as);
    while (!whole.empty()) {
      whole.pop_back();
      EXPECT_EQ(inflate(whole), Inflated::corrupt) << whole.size();
      EXPECT_TRUE(output_.empty());
    }
  }
}

// Only the bits between the last block and the checksum may flip unnoticed: they mean nothing.
TEST_F(InflaterTest, FlippedBitBehindTheHeader_NeverChangesTheText) {
  constexpr std::size_t kGzipHeader = 10;
  const std::string text = text_of(100);
  const Buffer whole = compressed(text, Compression::gzip);
  int found = 0;
  for (std::size_t i = kGzipHeader; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Buffer damaged = whole;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ (1 << bit));
      if (inflate(damaged) == Inflated::whole) {
        EXPECT_EQ(as_text(output_), text) << i;
      } else {
        ++found;
      }
    }
  }
  EXPECT_GE(found, static_cast<int>(8 * (whole.size() - kGzipHeader) - 7));
}

TEST_F(InflaterTest, LineEndsAndNulsBehindIt_ArePassedOver) {
  for (const Compression as : kBoth) {
    Buffer more = compressed("text", as);
    for (const char trailer : {'\0', '\r', '\n', '\0'}) {
      more.push_back(static_cast<std::uint8_t>(trailer));
      EXPECT_EQ(inflate(more), Inflated::whole);
    }
  }
}

TEST_F(InflaterTest, SomethingBehindIt_IsCorrupt) {
  for (const Compression as : kBoth) {
    Buffer more = compressed("text", as);
    more.push_back(1);
    EXPECT_EQ(inflate(more), Inflated::corrupt);
  }
}

TEST_F(InflaterTest, NeitherFormat_IsCorrupt) {
  for (const std::string_view text : {"", "x", "plain text", "{}", "\x1f\x8b", "\x78\x9c", "x^2 + y^2"}) {
    const Bytes bytes = as_bytes(text);
    EXPECT_EQ(inflate({bytes.begin(), bytes.end()}), Inflated::corrupt) << text;
  }
}

TEST(IsCompressed, TextThatBeginsSoIsNot) {
  const auto is = [](std::string_view text) { return text::is_compressed(as_bytes(text)); };
  EXPECT_FALSE(is("x^2 + y^2 = z^2"));
  EXPECT_FALSE(is("x\xda\xaa"));
  EXPECT_TRUE(is("x^2 \xff"));
  EXPECT_TRUE(is("x\x01\x01"));
  EXPECT_TRUE(is("\x1f\x8b\x08"));
  for (const Compression as : kBoth) {
    for (const int level : {0, 1, 2, 6, 9})
      EXPECT_TRUE(text::is_compressed(compressed(text_of(30), as, level))) << level;
  }
}

TEST(LooksCompressed, FirstBytesSayIt) {
  const auto looks = [](Buffer bytes) { return text::looks_compressed(bytes); };
  EXPECT_TRUE(looks({0x1f, 0x8b, 8}));
  for (const int second : {0x01, 0x5e, 0x9c, 0xda}) {
    EXPECT_TRUE(looks({0x78, static_cast<std::uint8_t>(second), 0})) << second;
  }
  EXPECT_FALSE(looks({}));
  EXPECT_FALSE(looks({0x78, 0x9c}));
  EXPECT_FALSE(looks({0x1f, 0x8b, 7}));
  EXPECT_FALSE(looks({0x1f, 0x8c, 8}));
  EXPECT_FALSE(looks({0x78, 0x9d, 0}));
  EXPECT_FALSE(looks({0x78, 0xbb, 0}));  // a preset dictionary
  EXPECT_FALSE(looks({0x79, 0x9c, 0}));
  for (const Compression as : kBoth) {
    for (const int level : {1, 6, 9}) EXPECT_TRUE(text::looks_compressed(compressed("text", as, level)));
  }
}

}  // namespace
}  // namespace logsniffd::record::json

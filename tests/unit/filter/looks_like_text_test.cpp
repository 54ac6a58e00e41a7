#include <gtest/gtest.h>

#include <string>

#include "daemon/filter/filter_table.hpp"

namespace logsniffd::filter {
namespace {

using namespace std::string_literals;

TEST(LooksLikeText, Empty_IsText) { EXPECT_TRUE(looks_like_text("")); }

TEST(LooksLikeText, Ascii_IsText) { EXPECT_TRUE(looks_like_text("hello ('127.0.0.1', 61129)")); }

TEST(LooksLikeText, TabsLineEndsAndColours_AreText) {
  EXPECT_TRUE(looks_like_text("\t\r\n"));
  EXPECT_TRUE(looks_like_text("\x1b[31mE\x1b[0m"));
}

TEST(LooksLikeText, CharactersOfEveryLength_AreText) { EXPECT_TRUE(looks_like_text("ü € 𝄞 \ud7ff \uffff \U0010ffff")); }

TEST(LooksLikeText, OneControlInTwenty_IsNot) {
  EXPECT_FALSE(looks_like_text("\x01" + std::string(19, 'x')));
  EXPECT_TRUE(looks_like_text("\x01" + std::string(20, 'x')));
}

TEST(LooksLikeText, EveryControlCounts) {
  for (const char control : "\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x1a\x1c\x1f\x7f"s) {
    EXPECT_FALSE(looks_like_text(std::string("ab") + control)) << static_cast<int>(control);
  }
  EXPECT_FALSE(looks_like_text("\xc2\x80"));
  EXPECT_FALSE(looks_like_text("\xc2\x9f"));
  EXPECT_TRUE(looks_like_text("\xc2\xa0"));
}

TEST(LooksLikeText, OneNulAtTheEnd_IsACString) {
  EXPECT_TRUE(looks_like_text("hi\0"s));
  EXPECT_FALSE(looks_like_text("hi\0\0"s));
  EXPECT_FALSE(looks_like_text("h\0i"s));
  EXPECT_FALSE(looks_like_text("\0"s));
}

TEST(LooksLikeText, InvalidUtf8_IsNot) {
  const std::string wrong[] = {
      "\x80",              // a lone continuation byte
      "\xff",              // not a lead byte
      "\xc0\xaf",          // overlong '/'
      "\xc1\xbf",          // overlong
      "\xe0\x9f\xbf",      // overlong, three bytes
      "\xf0\x8f\xbf\xbf",  // overlong, four bytes
      "\xed\xa0\x80",      // a surrogate
      "\xf4\x90\x80\x80",  // above U+10FFFF
      "\xf5\x80\x80\x80",  // above U+10FFFF
      "\xc3(",             // no second byte
      "\xe2\x82(",         // no third byte
      "\xf0\x9d\x84(",     // no fourth byte
  };
  for (const std::string& bytes : wrong) {
    EXPECT_FALSE(looks_like_text(bytes)) << testing::PrintToString(bytes);
    EXPECT_FALSE(looks_like_text("some text " + bytes + " and more of it")) << testing::PrintToString(bytes);
  }
}

TEST(LooksLikeText, Latin1_IsNot) { EXPECT_FALSE(looks_like_text("Z\xfcrich is not UTF-8 here")); }

TEST(LooksLikeText, CharacterCutByTheEnd_IsNot) {
  EXPECT_FALSE(looks_like_text("a \xe2\x82"));
  EXPECT_FALSE(looks_like_text("a \xf0\x9d\x84"));
}

TEST(LooksLikeText, CharacterAcrossTheWindow_IsText) {
  for (std::size_t before = 508; before <= 513; ++before) {
    EXPECT_TRUE(looks_like_text(std::string(before, 'x') + "𝄞 and more")) << before;
  }
}

TEST(LooksLikeText, BrokenCharacterAcrossTheWindow_IsNot) {
  EXPECT_FALSE(looks_like_text(std::string(509, 'x') + "\xf0\x9d( and more"));
}

TEST(LooksLikeText, BytesBehindTheWindow_AreNotLookedAt) {
  EXPECT_TRUE(looks_like_text(std::string(512, 'x') + "\xff\xff"));
  EXPECT_FALSE(looks_like_text(std::string(511, 'x') + "\xff\xff"));
}

TEST(LooksLikeText, TlsClientHello_IsNot) {
  EXPECT_FALSE(looks_like_text("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 some random bytes"s));
}

}  // namespace
}  // namespace logsniffd::filter

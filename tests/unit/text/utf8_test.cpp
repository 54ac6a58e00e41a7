#include "daemon/text/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace logsniffd::text {
namespace {

TEST(Utf8Cut, InsideCharacter_StepsBack) {
  const std::string_view text =
      "a\xe2\x82\xac"
      "b";
  EXPECT_EQ(utf8_cut(text, 1), 1U);
  EXPECT_EQ(utf8_cut(text, 2), 1U);
  EXPECT_EQ(utf8_cut(text, 3), 1U);
  EXPECT_EQ(utf8_cut(text, 4), 4U);
  EXPECT_EQ(utf8_cut(text, 99), 5U);
}

TEST(Utf8Cut, OnlyContinuations_CutsAnywhere) { EXPECT_EQ(utf8_cut(std::string(10, '\x80'), 6), 6U); }

TEST(IsUtf8, WellFormedText_Is) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string_view("all of ASCII \0 \x7f", 16)));
  EXPECT_TRUE(is_utf8("gr\xc3\xbc\xc3\x9f dich, 10 \xe2\x82\xac \xf0\x9f\x98\x80"));
}

TEST(IsUtf8, OneBrokenByte_IsNotWhereverItStands) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xc3';  // without its second byte
      EXPECT_FALSE(is_utf8(text)) << at << " of " << size;
    }
  }
}

TEST(IsUtf8, WhatRfc3629Forbids_IsNot) {
  EXPECT_FALSE(is_utf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // a surrogate
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
  EXPECT_FALSE(is_utf8("12345678\xe2\x82"));  // truncated
}

}  // namespace
}  // namespace logsniffd::text

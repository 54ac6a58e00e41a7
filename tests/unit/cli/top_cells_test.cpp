// Text, sparklines and bars in the cells of a terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <clocale>
#include <string>

#include "daemon/cli/cells.hpp"
#include "daemon/cli/sparkline.hpp"

namespace logsniffd::cli {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

class Cells : public testing::Test {
 protected:
  Cells() : former_(std::setlocale(LC_CTYPE, nullptr)) { EXPECT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }
  ~Cells() override { std::setlocale(LC_CTYPE, former_.c_str()); }

  std::string former_;
};

TEST_F(Cells, CharsetOfTheLocale_IsFound) {
  EXPECT_EQ(charset_of_locale(), Charset::utf8);
  std::setlocale(LC_CTYPE, "C");
  EXPECT_EQ(charset_of_locale(), Charset::ascii);
}

TEST_F(Cells, ShortText_IsPadded) {
  EXPECT_EQ(fit("ab", 4, Align::left, Charset::ascii), "ab  ");
  EXPECT_EQ(fit("ab", 4, Align::right, Charset::ascii), "  ab");
  EXPECT_EQ(fit("ab", 0, Align::left, Charset::ascii), "");
}

TEST_F(Cells, LongText_EndsWithAMark) {
  EXPECT_EQ(fit("abcdef", 4, Align::left, Charset::ascii), "abc~");
  EXPECT_EQ(fit("abcdef", 4, Align::right, Charset::utf8), "abc…");
  EXPECT_EQ(fit("abcd", 4, Align::left, Charset::utf8), "abcd");
}

TEST_F(Cells, WideCharacters_TakeTwoCells) {
  EXPECT_EQ(cells_of("日本", Charset::utf8), 4U);
  EXPECT_EQ(fit("日本", 5, Align::left, Charset::utf8), "日本 ");
  EXPECT_EQ(fit("日本語", 5, Align::left, Charset::utf8), "日本…");
  EXPECT_EQ(fit("日本語", 4, Align::left, Charset::utf8), "日… ");  // half of a character is none
}

TEST_F(Cells, WhatHasNoWidth_IsEscaped) {
  EXPECT_EQ(fit("a\x1b[2J", 20, Align::left, Charset::utf8), "a\\x1b[2J            ");
  EXPECT_EQ(fit("\n", 4, Align::left, Charset::utf8), "\\x0a");
  EXPECT_EQ(fit("\u202e", 12, Align::left, Charset::utf8), "\\xe2\\x80\\xae");  // turns the direction of text
  EXPECT_EQ(fit("\u009b", 8, Align::left, Charset::utf8), "\\xc2\\x9b");
  EXPECT_EQ(fit("\xff", 4, Align::left, Charset::utf8), "\\xff");
}

TEST_F(Cells, WhatTheLocaleLacks_IsEscaped) { EXPECT_EQ(fit("\u00e9", 8, Align::left, Charset::ascii), "\\xc3\\xa9"); }

TEST_F(Cells, Escape_IsNeverCut) { EXPECT_EQ(fit("ab\x1b", 5, Align::left, Charset::ascii), "ab~  "); }

TEST_F(Cells, Sentence_IsBrokenAtSpaces) {
  EXPECT_THAT(wrap("one two three", 9, Charset::ascii), ElementsAre("one two ", "three"));
  EXPECT_THAT(wrap("onetwothreefour", 8, Charset::ascii), ElementsAre("onetwoth", "reefour"));
  EXPECT_THAT(wrap("exactly8", 8, Charset::ascii), ElementsAre("exactly8"));
  EXPECT_THAT(wrap("", 8, Charset::ascii), IsEmpty());
}

TEST_F(Cells, Sparkline_IsRelativeToItsHighestValue) {
  EXPECT_EQ(sparkline({0, 1, 50, 100}, 4, Charset::utf8), "▁▂▅█");
  EXPECT_EQ(sparkline({0, 1, 50, 100}, 4, Charset::ascii), "_.=#");
  EXPECT_EQ(sparkline({1000, 0, 2, 2}, 3, Charset::ascii), "_##");  // what is not shown does not count
}

TEST_F(Cells, Sparkline_OfZeros_IsLow) { EXPECT_EQ(sparkline({0, 0}, 2, Charset::ascii), "__"); }

TEST_F(Cells, Sparkline_WithFewValues_HasThemAtTheRight) {
  EXPECT_EQ(sparkline({3}, 4, Charset::ascii), "   #");
  EXPECT_EQ(sparkline({}, 2, Charset::utf8), "  ");
  EXPECT_EQ(sparkline({1, 2}, 0, Charset::utf8), "");
}

TEST_F(Cells, Bar_IsEmptyOnlyAtZeroAndFullOnlyAtOne) {
  EXPECT_EQ(bar(0, 4, Charset::ascii), "....");
  EXPECT_EQ(bar(0.001, 4, Charset::ascii), "#...");
  EXPECT_EQ(bar(0.5, 4, Charset::utf8), "██░░");
  EXPECT_EQ(bar(0.999, 4, Charset::ascii), "###.");
  EXPECT_EQ(bar(1, 4, Charset::ascii), "####");
}

}  // namespace
}  // namespace logsniffd::cli

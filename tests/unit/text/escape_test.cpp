#include <gtest/gtest.h>

#include <string>

#include "daemon/text/escape.hpp"

namespace logsniffd::text {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(text, out);
  return out;
}

// The reverse, as docs/configuration.md describes it.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
      continue;
    }
    switch (text[++i]) {
      case 'n':
        out.push_back('\n');
        break;
      case 'r':
        out.push_back('\r');
        break;
      case 't':
        out.push_back('\t');
        break;
      case '\\':
        out.push_back('\\');
        break;
      case 'x':
        out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
        i += 2;
        break;
      default:
        ADD_FAILURE() << "unknown escape in " << text;
    }
  }
  return out;
}

bool is_one_clean_line(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) return false;
  }
  return true;
}

TEST(Escape, EveryByteInOneLine_IsReversible) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  EXPECT_TRUE(is_one_clean_line(escaped(all)));
  EXPECT_EQ(unescaped(escaped(all)), all);
}

// Every byte at every offset in a word of eight bytes, because the fast path looks at words.
TEST(Escape, EveryByteAtEveryOffset_IsReversible) {
  for (int c = 0; c < 256; ++c) {
    for (std::size_t offset = 0; offset < 17; ++offset) {
      std::string text(17, 'a');
      text[offset] = static_cast<char>(c);
      EXPECT_TRUE(is_one_clean_line(escaped(text))) << c;
      EXPECT_EQ(unescaped(escaped(text)), text) << c << " at " << offset;
    }
  }
}

TEST(Escape, PrintableAscii_StaysAsItIs) {
  std::string text;
  for (char c = ' '; c <= '~'; ++c) {
    if (c != '\\') text.push_back(c);
  }
  EXPECT_EQ(escaped(text), text);
}

TEST(Escape, KnownControls_HaveNames) {
  EXPECT_EQ(escaped("a\nb\rc\td\\e\x1b[0m\x7f"), "a\\nb\\rc\\td\\\\e\\x1b[0m\\x7f");
}

TEST(Escape, WellFormedUtf8_StaysAsItIs) {
  for (const std::string_view text :
       {"gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc2\xa0", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(escaped(text), text);
  }
}

TEST(Escape, WhatIsNoUtf8_IsEscapedByteByByte) {
  EXPECT_EQ(escaped("\xff"), "\\xff");
  EXPECT_EQ(escaped("\xc3"), "\\xc3");  // truncated
  EXPECT_EQ(escaped("\xc3(z"), "\\xc3(z");
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(escaped("\xe0\x80\x80"), "\\xe0\\x80\\x80");           // overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
}

TEST(Escape, C1Control_IsEscaped) {
  EXPECT_EQ(escaped("\xc2\x9b"
                    "31m"),
            "\\xc2\\x9b31m");
}

}  // namespace
}  // namespace logsniffd::text

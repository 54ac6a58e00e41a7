#include "daemon/record/json/json_string.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace logsniffd::record::json {
namespace {

// The output is exactly as large as REQUIRED, so that a sanitizer sees the first byte after it.
std::string unescaped(std::string_view string) {
  std::vector<char> room(string.size());
  const auto written = unescape(string, room.data());
  return written ? std::string(*written) : "none";
}

std::string bytes_of(std::string_view array) {
  std::vector<char> room(array.size() / 2);
  const auto written = read_byte_array(array, room.data());
  return written ? std::string(*written) : "none";
}

TEST(FindQuoteOrEscape, FirstOneAmongAllOtherBytes) {
  std::string others;
  for (int byte = 0; byte < 256; ++byte) {
    if (byte != '"' && byte != '\\') others += static_cast<char>(byte);
  }
  EXPECT_EQ(find_quote_or_escape(others, 0), others.size());
  for (const char wanted : {'"', '\\'}) {
    for (std::size_t place = 0; place <= others.size(); ++place) {
      std::string text = others.substr(0, place);
      text += wanted;
      text += "\"\\";
      text += others.substr(place);
      for (std::size_t at = place - std::min<std::size_t>(place, 20); at <= place; ++at) {
        ASSERT_EQ(find_quote_or_escape(text, at), place) << at;
      }
      text.resize(place);
      ASSERT_EQ(find_quote_or_escape(text, place), place);
    }
  }
}

TEST(Unescape, EveryEscape) {
  EXPECT_EQ(unescaped(""), "");
  EXPECT_EQ(unescaped("plain"), "plain");
  EXPECT_EQ(unescaped(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(unescaped(R"(a\u0041\u00E9\u20ac\ud83d\uDE00z)"), "aA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
  EXPECT_EQ(unescaped(R"(\u0000)"), std::string(1, '\0'));
  EXPECT_EQ(unescaped("\xff\\t\xfe"), "\xff\t\xfe");
}

TEST(Unescape, UnsoundOrLone_IsNothing) {
  for (const std::string_view string : {R"(\)", R"(a\)", R"(\q)", R"(\u)", R"(\u12)", R"(\u12g4)", R"(\ud83d)",
                                        R"(\ud83d\n)", R"(\ud83d\u0041)", R"(\ude00)", R"(\ud83d\ud83d)", "\\\xff",
                                        "\\u00\xff"
                                        "0"}) {
    EXPECT_EQ(unescaped(string), "none") << string;
  }
}

TEST(SoundEscapes, LoneSurrogatesAreSound) {
  EXPECT_TRUE(has_sound_escapes(R"(\ud83d \ude00 \n)"));
  EXPECT_TRUE(has_sound_escapes(""));
  for (const std::string_view string : {R"(\)", R"(\q)", R"(\u12)", R"(\u12g4)", R"(\u12G4)"}) {
    EXPECT_FALSE(has_sound_escapes(string)) << string;
  }
}

TEST(ByteArray, NumbersFrom0To255) {
  EXPECT_EQ(bytes_of("[104,105]"), "hi");
  EXPECT_EQ(bytes_of("[ 104 ,\t105\n]"), "hi");
  EXPECT_EQ(bytes_of("[0,255]"), std::string("\0\xff", 2));
  EXPECT_EQ(bytes_of("[7]"), "\a");
  for (const std::string_view array : {"", "[", "[]", "[256]", "[1000]", "[-1]", "[1.5]", "[1", "[1,", "[1,]", "[1,2]x",
                                       "[\"a\"]", "[[1]]", "[null]", "{}", "1"}) {
    EXPECT_EQ(bytes_of(array), "none") << array;
  }
}

}  // namespace
}  // namespace logsniffd::record::json

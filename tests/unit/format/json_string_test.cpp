#include "daemon/format/json_string.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace logsniffd::format {
namespace {

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

TEST(JsonString, Escapes_AreTheShortestThatJsonHas) {
  EXPECT_EQ(as_json(""), R"("")");
  EXPECT_EQ(as_json("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(as_json(std::string_view("\0\x1b\x1f", 3)), R"("\u0000\u001B\u001F")");
}

TEST(JsonString, Others_StayAsTheyAre) {
  EXPECT_EQ(as_json("/ ~\x7f gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"), "\"/ ~\x7f gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\"");
}

TEST(JsonString, Appends_BehindWhatIsThere) {
  std::string out = "x:";
  append_json_string("y", out);
  EXPECT_EQ(out, R"(x:"y")");
}

// A byte that must be escaped, at each place of texts of each length, beside bytes that look like one by half.
TEST(JsonString, EachPlaceOfEachLength_IsFound) {
  for (const char filler : {'!', ' ', '#', '[', ']', '\x7f'}) {
    for (std::size_t size = 1; size < 34; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        for (const char c : {'"', '\\', '\x00', '\x1f', '\n'}) {
          std::string text(size, filler);
          text[at] = c;
          const std::string out = as_json(text);
          EXPECT_EQ(nlohmann::json::parse(out).get<std::string>(), text);
          EXPECT_EQ(out.size(), size + 2 + (c == '\x00' || c == '\x1f' ? 5 : 1));
        }
      }
    }
  }
}

TEST(JsonString, RandomText_ReadsBackAsItWas) {
  constexpr std::string_view kPieces[] = {
      "\"", "\\", "\n", "\x01", "a", "bc", " ", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "12345678"};
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t pieces = random() % 24; pieces > 0; --pieces) text += kPieces[random() % std::size(kPieces)];
    EXPECT_EQ(nlohmann::json::parse(as_json(text)).get<std::string>(), text);
  }
}

}  // namespace
}  // namespace logsniffd::format

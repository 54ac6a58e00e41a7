#include "daemon/framing/json_scanner.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using Result = JsonScanner::Result;

// Returns the result and the final position: "complete 7", "invalid 1", "incomplete 3". Single bytes give the same.
std::string scan(std::string_view text) {
  constexpr std::array<std::string_view, 3> kNames{"incomplete", "complete", "invalid"};
  JsonScanner scanner;
  std::size_t at = 0;
  const Result result = scanner.scan(as_bytes(text), at);
  JsonScanner by_byte;
  std::size_t place = 0;
  Result last = Result::incomplete;
  for (std::size_t size = 1; size <= text.size() && last == Result::incomplete; ++size) {
    last = by_byte.scan(as_bytes(text.substr(0, size)), place);
  }
  EXPECT_EQ(last, result) << text;
  EXPECT_EQ(place, at) << text;
  return std::string(kNames[static_cast<std::size_t>(result)]) + " " + std::to_string(at);
}

TEST(JsonScanner, Object_EndsWithItsOwnBrace) {
  EXPECT_EQ(scan("{}"), "complete 2");
  EXPECT_EQ(scan("{ \r\n\t}"), "complete 6");
  EXPECT_EQ(scan(R"({"a":1}{"b":2})"), "complete 7");
  EXPECT_EQ(scan(R"({"a":{"b":[{},[]]},"c":"d"} text)"), "complete 27");
}

TEST(JsonScanner, BracesInText_AreText) {
  EXPECT_EQ(scan(R"({"a":"}"})"), "complete 9");
  EXPECT_EQ(scan(R"({"{":"[{"})"), "complete 10");
  EXPECT_EQ(scan(R"({"a":"\"}"})"), "complete 11");
  EXPECT_EQ(scan(R"({"a":"\\"})"), "complete 10");
}

TEST(JsonScanner, Values_AreNotLookedAtClosely) { EXPECT_EQ(scan(R"({"a":-1.5e+3,"b":null,"c":NaN})"), "complete 30"); }

TEST(JsonScanner, AnyTruncation_IsIncomplete) {
  const std::string_view object = R"({"a":{"b":["c\"",1,true]},"d":"}"})";
  for (std::size_t size = 1; size < object.size(); ++size) {
    EXPECT_EQ(scan(object.substr(0, size)), "incomplete " + std::to_string(size));
  }
}

TEST(JsonScanner, NoKeyBehindABrace_IsNoObject) {
  EXPECT_EQ(scan("{not json}"), "invalid 1");
  EXPECT_EQ(scan("{{}}"), "invalid 1");
  EXPECT_EQ(scan("{ 1}"), "invalid 2");
  EXPECT_EQ(scan("{,}"), "invalid 1");
}

TEST(JsonScanner, NoPunctuationBehindAString_IsNoObject) {
  EXPECT_EQ(scan(R"({"a""b"})"), "invalid 4");
  EXPECT_EQ(scan(R"({"a" b})"), "invalid 5");
  EXPECT_EQ(scan(R"({"a":{} 1})"), "invalid 8");
  EXPECT_EQ(scan(R"({"a"{)"), "invalid 4");
}

TEST(JsonScanner, ControlCharacterInAString_IsNoObject) {
  EXPECT_EQ(scan("{\"a\n\":1}"), "invalid 3");
  EXPECT_EQ(scan("{\"\0\":1}"sv), "invalid 2");
  EXPECT_EQ(scan("{\"a\\\n\":1}"), "invalid 4");
  EXPECT_EQ(scan("{\"a\t\":1}"), "complete 8");
}

TEST(JsonScanner, PunctuationOfText_IsNoValue) {
  EXPECT_EQ(scan(R"({"a":<13>})"), "invalid 5");
  EXPECT_EQ(scan("{\"a\":\0}"sv), "invalid 5");
}

TEST(JsonScanner, DeeperThanAllowed_IsNoObject) {
  const std::string start = R"({"a":)";
  EXPECT_EQ(scan(start + std::string(JsonScanner::kMaxDepth - 1, '[')), "incomplete 1028");
  EXPECT_EQ(scan(start + std::string(JsonScanner::kMaxDepth, '[')), "invalid 1028");
}

TEST(JsonScanner, BehindAnObject_TheSameScannerReadsTheNext) {
  JsonScanner scanner;
  std::size_t at = 0;
  const Bytes bytes = as_bytes(R"({"a":1}{"b":2}{x)");
  EXPECT_EQ(scanner.scan(bytes, at), Result::complete);
  EXPECT_EQ(scanner.scan(bytes, at), Result::complete);
  EXPECT_EQ(at, 14U);
  EXPECT_EQ(scanner.scan(bytes, at), Result::invalid);
}

}  // namespace
}  // namespace logsniffd::framing

#include "daemon/record/json/cut_json.hpp"

#include <gtest/gtest.h>

#include <string>

#include "daemon/record/json/json_object.hpp"

namespace logsniffd::record::json {
namespace {

std::string closed(std::string_view front) {
  std::string whole = "untouched";
  return close_cut_json(front, whole) ? whole : "none";
}

const std::string kText(kLongText, 't');

TEST(CutJson, MemberThatIsCut_IsLeftOut) {
  EXPECT_EQ(closed(R"({"a":"b","c":1)"), R"({"a":"b"})");
  EXPECT_EQ(closed(R"({"a":"b","c")"), R"({"a":"b"})");
  EXPECT_EQ(closed(R"({"a":"b","c":)"), R"({"a":"b"})");
  EXPECT_EQ(closed(R"({"a":"b","c":"half a na)"), R"({"a":"b"})");
  EXPECT_EQ(closed(R"({"a":"b",)"), R"({"a":"b"})");
  EXPECT_EQ(closed(R"({"a":"b","c":[1,2)"), R"({"a":"b"})");
  EXPECT_EQ(closed(R"({"a":"b","c":[1,{"d":[2],"e":3},)"), R"({"a":"b"})");
  EXPECT_EQ(closed(R"({"a":"b","c":{"d":1,"e":)"), R"({"a":"b","c":{"d":1}})");
  EXPECT_EQ(closed(R"({"a":"b","c":[1,2])"), R"({"a":"b","c":[1,2]})");
  EXPECT_EQ(closed(R"({"a":"},","c":{"d":"[")"), R"({"a":"},"})");
}

TEST(CutJson, LongTextThatIsCut_IsKept) {
  EXPECT_EQ(closed(R"({"a":1,"b":")" + kText), R"({"a":1,"b":")" + kText + "\"}");
  EXPECT_EQ(closed(R"({"a":{"b":")" + kText), R"({"a":{"b":")" + kText + "\"}}");
  EXPECT_EQ(closed(R"({"a":1,"b":[")" + kText), R"({"a":1})");
  EXPECT_EQ(closed(R"({"a":1,")" + kText), R"({"a":1})");  // a name
  EXPECT_EQ(closed(R"({"a":1,"b":")" + kText.substr(1)), R"({"a":1})");
}

TEST(CutJson, EscapeThatIsCut_IsLeftOut) {
  const std::string front = R"({"b":")" + kText;
  for (const std::string_view half : {R"(\)", R"(\u)", R"(\u00e)", R"(\ud83d)", R"(\ud83d\)", R"(\ud83d\ude0)"}) {
    EXPECT_EQ(closed(front + std::string(half)), front + "\"}") << half;
  }
  for (const std::string_view whole :
       {R"(\\)", R"(\")", R"(\u00e9)", R"(\ud83d\ude00)", R"(\ud83dx)", R"(\ud83d\nx)"}) {
    EXPECT_EQ(closed(front + std::string(whole)), front + std::string(whole) + "\"}") << whole;
  }
}

TEST(CutJson, WhatIsNoFront_IsRefused) {
  for (const std::string_view text :
       {"", "{", R"({"a")", R"({"a":1)", "[1,2", "1,2", R"({"a":1})", R"({"a":1}})", R"({"a":1],)", R"("a":1,"b)"}) {
    EXPECT_EQ(closed(text), "none") << text;
  }
  std::string deep;
  for (int i = 0; i <= kMaxJsonDepth; ++i) deep += R"({"a":1,"b":)";
  EXPECT_EQ(closed(deep), "none");
}

TEST(CutJson, EveryFrontOfAnObject_IsReadOrRefused) {
  const std::string whole = R"({"a":{"b":[1,{"c":"\u00e9\"]"}],"d":"x"},"e":null,"f":[{},[]],"g":{"h":true,"i":")" +
                            kText + R"(\\"},"j":-1.5e3})";
  JsonObject object;
  std::size_t read = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string again = closed(whole.substr(0, size));
    if (again == "none") continue;
    EXPECT_TRUE(object.read(again)) << again;
    ++read;
  }
  EXPECT_GT(read, whole.size() / 2);
}

}  // namespace
}  // namespace logsniffd::record::json

#include "daemon/record/python/percent_format.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/record/python/python_vectors.hpp"

namespace logsniffd::record::python {
namespace {

using namespace std::string_view_literals;

struct Printed {
  bool ok = false;
  bool cut = false;
  std::string text;
};

Printed print(std::string_view format, std::string_view args, std::size_t limit = 1 << 16) {
  Printed printed;
  Pickle pickle;
  EXPECT_EQ(pickle.read(as_bytes(args)), Pickle::Result::whole);
  Effort effort(1 << 20);
  BoundedText out(printed.text, limit, effort);
  printed.ok = percent_format(format, pickle, pickle.root(), out);
  printed.cut = out.cut();
  return printed;
}

TEST(PercentFormat, EveryCase_IsWhatPythonPrinted) {
  for (const PercentCase& c : percent_cases()) {
    const Printed printed = print(c.format, c.args);
    EXPECT_EQ(printed.ok, !c.raises) << c.format << " expected " << c.printed;
    EXPECT_EQ(printed.text, c.printed) << c.format;
  }
}

TEST(PercentFormat, AnyLimit_IsKeptAndTheCutShows) {
  for (const PercentCase& c : percent_cases()) {
    if (c.raises || c.printed.size() > 64) continue;
    for (std::size_t limit = 0; limit < c.printed.size(); ++limit) {
      const Printed printed = print(c.format, c.args, limit);
      EXPECT_LE(printed.text.size(), limit) << c.format;
      EXPECT_TRUE(printed.ok && printed.cut) << c.format << " to " << limit;
    }
  }
}

TEST(PercentFormat, OpaqueValue_IsItsNameUnderEveryConversion) {
  for (const char* const conversion : {"%s", "%r", "%a", "%d", "%f", "%x", "%c"}) {
    EXPECT_EQ(print(conversion, "cdecimal\nDecimal\n(S'1'\ntR\x85.").text, "<decimal.Decimal>") << conversion;
  }
  EXPECT_EQ(print("%20s|%-20s|", "(cdecimal\nDecimal\ncdecimal\nDecimal\nt.").text,
            "   <decimal.Decimal>|<decimal.Decimal>   |");
  EXPECT_FALSE(print("%(a)s", "ccollections\nOrderedDict\n.").ok);
}

TEST(PercentFormat, WhatWasThere_StaysInFront) {
  Pickle pickle;
  ASSERT_EQ(pickle.read(as_bytes("K\x05\x85."sv)), Pickle::Result::whole);
  std::string text = "before ";
  Effort effort(1000);
  BoundedText out(text, 100, effort);
  EXPECT_TRUE(percent_format("%d", pickle, pickle.root(), out));
  EXPECT_FALSE(percent_format("%d %d", pickle, pickle.root(), out));
  EXPECT_TRUE(percent_format("|%5d", pickle, pickle.root(), out));
  EXPECT_EQ(text, "before 5|    5");
}

TEST(PercentFormat, HugeWidthsAndPrecisions_CostNoMoreThanTheLimit) {
  const Printed wide = print("%2000000000d", "K\x05\x85.", 1000);
  EXPECT_TRUE(wide.ok && wide.cut);
  EXPECT_EQ(wide.text, std::string(1000, ' '));
  const Printed zeros = print("%.2000000000d", "K\x05\x85.", 1000);
  EXPECT_TRUE(zeros.ok && zeros.cut);
  EXPECT_EQ(zeros.text, std::string(1000, '0'));
  const Printed text = print("%2000000000s", "U\x01x\x85.", 1000);
  EXPECT_TRUE(text.ok && text.cut);
  EXPECT_EQ(text.text, std::string(1000, ' '));
  EXPECT_EQ(print("%.2000000000s", "U\x01x\x85.").text, "x");
  EXPECT_FALSE(print("%99999999999999999999d", "K\x05\x85.").ok);
  EXPECT_FALSE(print("%.99999999999999999999d", "K\x05\x85.").ok);
  EXPECT_FALSE(print("%.1001f", "K\x05\x85.").ok);
}

// 16,000 names, each searched for in a dict of 2,000, are too much work.
TEST(PercentFormat, ManyNamesAmongMany_AreNotAllLookedFor) {
  std::string args = "}(";
  for (int i = 0; i < 2000; ++i) args += "K\x01N";
  args += std::string(
      "U\x01"
      "aU\x00u.",
      7);
  std::string format;
  for (int i = 0; i < 16000; ++i) format += "%(a)s";
  EXPECT_FALSE(print(format, args).ok);
  EXPECT_TRUE(print(format.substr(0, 30 * 5), args).ok);
}

}  // namespace
}  // namespace logsniffd::record::python

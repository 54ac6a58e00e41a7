// The most expensive pickles. The tests count effort and measure no time.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/record/python/python.hpp"

namespace logsniffd::record::python {
namespace {

std::string sized(char opcode, std::string_view text) {
  std::string made(1, opcode);
  for (unsigned shift = 0; shift < 32; shift += 8) made += static_cast<char>(text.size() >> shift & 0xff);
  return made.append(text);
}

// A dict of msg and args; `args` are opcodes.
std::string record_of(std::string_view msg, std::string_view args) {
  return "\x80\x02}(U\x03msg" + sized('X', msg) + "U\x04" + "args" + std::string(args) + "u.";
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string made;
  while (times-- > 0) made += text;
  return made;
}

// `times` references to one value.
std::string shared(std::string_view value, std::size_t times) {
  return "(" + std::string(value) + "q\x01" + repeated(std::string("h\x01"), times - 1) + "t";
}

const std::string kWide = "\x8a\x40" + std::string(63, '\x7f') + "\x7f";  // an int of 511 bits

class PythonEffort : public testing::Test {
 protected:
  PythonReader::Result read(std::string_view frame) { return read(frame, PythonReader::effort_for(as_bytes(frame))); }
  PythonReader::Result read(std::string_view frame, std::size_t effort) {
    return reader_.read(as_bytes(frame), record_, fields_, effort);
  }

  PythonReader reader_;
  LogRecord record_;
  std::vector<Field> fields_;
};

TEST_F(PythonEffort, OrdinaryRecord_TakesHardlyMoreThanItsText) {
  const std::string args = std::string("U\x05") + "aliceK\x03\x86";
  ASSERT_EQ(read(record_of("user %s has %d items", args)), PythonReader::Result::whole);
  EXPECT_EQ(record_.message, "user alice has 3 items");
  EXPECT_FALSE(reader_.cut());
  EXPECT_LE(reader_.effort().spent(), 100U);
}

// 24 KB whose results are discarded: 4,000 conversions of an int of 511 bits took 5 ms.
TEST_F(PythonEffort, WideIntegersUnderPrecisions_TakeNoMoreThanTheFrameAllows) {
  for (const std::string_view conversion : {"%.0s", "%.1s", "%.2r", "%5.0a"}) {
    const std::string frame = record_of(repeated(conversion, 4000), shared(kWide, 4000));
    ASSERT_EQ(read(frame), PythonReader::Result::whole);
    EXPECT_LE(reader_.effort().spent(), PythonReader::kLeastEffort + PythonReader::kEffortPerByte * frame.size());
  }
  // If nothing is wanted, nothing is converted.
  ASSERT_EQ(read(record_of(repeated("%.0s", 1000), shared(kWide, 1000))), PythonReader::Result::whole);
  EXPECT_EQ(record_.message, "");
  EXPECT_FALSE(reader_.cut());
  EXPECT_LE(reader_.effort().spent(), 30U * 1000);
}

TEST_F(PythonEffort, WideInteger_SpendsMoreThanItsDigits) {
  ASSERT_EQ(read(record_of("%d", kWide + "\x85")), PythonReader::Result::whole);
  EXPECT_EQ(record_.message.size(), 154U);
  EXPECT_GE(reader_.effort().spent(), 154U + 64U * 64 / 8);
  ASSERT_EQ(read(record_of("%.1s", kWide + "\x85")), PythonReader::Result::whole);
  EXPECT_EQ(record_.message.size(), 1U);
  EXPECT_GE(reader_.effort().spent(), 64U * 64 / 8);
}

TEST_F(PythonEffort, EffortThatEnds_LeavesWhatIsWrittenAndSaysSo) {
  const std::string frame = record_of("%s, %s!", shared("U\x0aten bytes.", 2));
  ASSERT_EQ(read(frame, 24), PythonReader::Result::whole);
  EXPECT_TRUE(reader_.cut());
  EXPECT_EQ(record_.message, "ten bytes., ");
  ASSERT_EQ(read(frame, 0), PythonReader::Result::whole);
  EXPECT_TRUE(reader_.cut());
  EXPECT_EQ(record_.message, "%s, %s!");  // the format itself, as it was sent
  EXPECT_EQ(reader_.counters().format_errors.get(), 0U);
}

TEST_F(PythonEffort, NamesLookedUpInALargeDict_TakeIt) {
  std::string dict = "}(";
  for (int i = 0; i < 1000; ++i) dict += "K\x01N";
  dict += "U\x01xK\x01u";
  const std::string frame = record_of(repeated("%(x)s", 60), dict);
  ASSERT_EQ(read(frame), PythonReader::Result::whole);
  EXPECT_TRUE(reader_.effort().exhausted());
  EXPECT_TRUE(reader_.cut());
  EXPECT_LT(record_.message.size(), 60U);
}

// Pickles may use any number as a key of the memo.
TEST_F(PythonEffort, MemoKeysFarApart_AreKnownFromThoseOfEarlierPickles) {
  const std::string key("\xff\x1f\0\0", 4);
  Pickle pickle;
  ASSERT_EQ(pickle.read(as_bytes("N" + ("r" + key) + "0" + ("j" + key) + ".")), Pickle::Result::whole);
  EXPECT_EQ(pickle.read(as_bytes("N0" + ("j" + key) + ".")), Pickle::Result::malformed);
  EXPECT_EQ(pickle.read(as_bytes("N" + ("r" + std::string("\0\x20\0\0", 4)) + ".")), Pickle::Result::too_large);
  // MEMOIZE uses the number of entries as its key, as CPython does.
  ASSERT_EQ(pickle.read(as_bytes("\x80\x04K\x07" + ("r" + key) + "0K\x08\x94" + "0h\x01.")), Pickle::Result::whole);
  EXPECT_EQ(pickle.root().integer, 8);
}

}  // namespace
}  // namespace logsniffd::record::python

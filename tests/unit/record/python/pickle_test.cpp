#include "daemon/record/python/pickle.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/python/pickle_opcode.hpp"
#include "daemon/record/python/python_text.hpp"
#include "tests/unit/record/python/python_vectors.hpp"

namespace logsniffd::record::python {
namespace {

using namespace std::string_view_literals;
using Result = Pickle::Result;

// An exact-size copy, so that a sanitizer sees the first byte after the end.
Result read(Pickle& pickle, std::string_view wire, std::vector<std::uint8_t>& copy) {
  const Bytes bytes = as_bytes(wire);
  copy.assign(bytes.begin(), bytes.end());
  return pickle.read(copy);
}

std::string repr(std::string_view wire, std::size_t limit = 1 << 20) {
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  if (read(pickle, wire, copy) != Result::whole) return "not whole";
  std::string text;
  Effort effort(1 << 20);
  BoundedText out(text, limit, effort);
  append_repr(pickle, pickle.root(), out);
  return text;
}

TEST(Pickle, EveryPlainValueInEachProtocol_PrintsAsPythonPrintsIt) {
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  for (const PickleCase& c : pickle_cases()) {
    ASSERT_EQ(read(pickle, c.pickle, copy), Result::whole) << c.repr;
    EXPECT_EQ(pickle.refused_opcodes(), c.refused) << c.repr;
    if (c.repr.empty()) continue;
    std::string text;
    Effort effort(1 << 20);
    BoundedText out(text, 1 << 16, effort);
    append_str(pickle, pickle.root(), out);
    EXPECT_EQ(text, c.str);
    out.shrink(0);
    append_repr(pickle, pickle.root(), out);
    EXPECT_EQ(text, c.repr);
    out.shrink(0);
    append_ascii(pickle, pickle.root(), out);
    EXPECT_EQ(text, c.ascii);
  }
}

// STOP comes last, so no pickle begins with another one.
TEST(Pickle, EveryTruncation_IsMalformed) {
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  for (const PickleCase& c : pickle_cases()) {
    if (c.pickle.size() > 2000) continue;
    for (std::size_t size = 0; size < c.pickle.size(); ++size) {
      ASSERT_EQ(read(pickle, c.pickle.substr(0, size), copy), Result::malformed) << c.repr << " cut to " << size;
    }
  }
}

struct Broken {
  const char* name;
  std::string_view wire;
};

TEST(Pickle, WhatPythonDoesNotWrite_IsMalformed) {
  static constexpr Broken kBroken[] = {
      {"nothing", ""sv},
      {"STOP alone", "."sv},
      {"no opcode", "N\xff."sv},
      {"bytes behind STOP", "N.N"sv},
      {"two pickles", "N.N."sv},
      {"two values", "NN."sv},
      {"open mark", "(N."sv},
      {"pop from nothing", "0N."sv},
      {"pop beyond the mark", "N(2."sv},
      {"reduce beyond the mark", "N(R."sv},
      {"no mark to pop", "1N."sv},
      {"no mark for a tuple", "Nt."sv},
      {"too few for TUPLE3", "NN\x87."sv},
      {"protocol 6", "\x80\x06N."sv},
      {"frame beyond the end", "\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00N."sv},
      {"text beyond the end", "X\xff\xff\xff\xffok."sv},
      {"text of 2^63 bytes", "\x8d\x00\x00\x00\x00\x00\x00\x00\x80ok."sv},
      {"bytes of 2^64-1 bytes", "\x8e\xff\xff\xff\xff\xff\xff\xff\xffok."sv},
      {"byte array of 2^63 bytes", "\x96\x00\x00\x00\x00\x00\x00\x00\x80ok."sv},
      {"LONG4 of a negative length", "\x8b\xff\xff\xff\xff\x01."sv},
      {"BINSTRING of a negative length", "T\xff\xff\xff\xffok."sv},
      {"LONG4 beyond the end", "\x8b\xff\xff\xff\x7f\x01."sv},
      {"line without an end", "I12345."sv},
      {"INT without digits", "I\n."sv},
      {"INT that is none", "I12x\n."sv},
      {"LONG that is none", "L0x12L\n."sv},
      {"FLOAT that is none", "F1.5.\n."sv},
      {"FLOAT without digits", "F\n."sv},
      {"STRING without quotes", "Sabc\n."sv},
      {"STRING with one quote", "S'\n."sv},
      {"STRING with different quotes", "S'abc\"\n."sv},
      {"STRING with half an escape", "S'\\x1'\n."sv},
      {"STRING that ends with a backslash", "S'\\'\n."sv},
      {"UNICODE with half an escape", "V\\u12\n."sv},
      {"UNICODE beyond the last character", "V\\U00110000\n."sv},
      {"GET of what was not put", "h\x05."sv},
      {"GET of a hole in the memo", "Nq\x05h\x02."sv},
      {"GET of no number", "gx\n."sv},
      {"PUT of nothing", "q\x00N."sv},
      {"APPEND to a dict", "}Na."sv},
      {"APPEND to None", "NNa."sv},
      {"APPEND to nothing", "Na."sv},
      {"SETITEM on a list", "]NNs."sv},
      {"ADDITEMS to a list", "](N\x90."sv},
      {"SETITEMS of half a pair", "}(Nu."sv},
      {"DICT of half a pair", "(Nd."sv},
      {"a list for a key", "}]Ns."sv},
      {"a dict for a key", "}(}Nu."sv},
      {"STACK_GLOBAL of no names", "NN\x93."sv},
      {"OBJ of nothing", "(o."sv},
      {"MEMOIZE of nothing", "\x94N."sv},
  };
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  for (const Broken& broken : kBroken) {
    EXPECT_EQ(read(pickle, broken.wire, copy), Result::malformed) << broken.name;
  }
}

struct Hostile {
  const char* name;
  std::string_view wire;
  unsigned refused;
  std::uint8_t first;
  std::string_view repr;
};

TEST(Pickle, WhatNamesOrCallsCode_IsOpaqueAndCounted) {
  namespace op = pickle_opcode;
  static constexpr Hostile kHostile[] = {
      {"GLOBAL", "cos\nsystem\n."sv, 1, op::kGlobal, "<os.system>"},
      {"REDUCE", "cos\nsystem\n(S'rm -rf /'\ntR."sv, 2, op::kGlobal, "<os.system>"},
      {"REDUCE of a text", "S'x'\n)R."sv, 1, op::kReduce, "<object>"},
      {"STACK_GLOBAL", "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R."sv, 2, op::kStackGlobal, "<os.system>"},
      {"BUILD", "cos\nx\n}b."sv, 2, op::kGlobal, "<os.x>"},
      {"BUILD on a dict", "}}b."sv, 1, op::kBuild, "<object>"},
      {"INST", "(S'rm'\nios\nsystem\n."sv, 1, op::kInst, "<os.system>"},
      {"OBJ", "(cos\nsystem\nS'rm'\no."sv, 2, op::kGlobal, "<os.system>"},
      {"OBJ of a text", "(S'os'\no."sv, 1, op::kObj, "<object>"},
      {"NEWOBJ",
       "\x80\x02"
       "cos\nx\n)\x81."sv,
       2, op::kGlobal, "<os.x>"},
      {"NEWOBJ_EX",
       "\x80\x04"
       "cos\nx\n)}\x92."sv,
       2, op::kGlobal, "<os.x>"},
      {"EXT1", "\x80\x02\x82\x01."sv, 1, op::kExt1, "<extension>"},
      {"EXT2", "\x80\x02\x83\x01\x02."sv, 1, op::kExt2, "<extension>"},
      {"EXT4", "\x80\x02\x84\x01\x02\x03\x04."sv, 1, op::kExt4, "<extension>"},
      {"PERSID", "Pmine\n."sv, 1, op::kPersId, "<persistent>"},
      {"BINPERSID", "NQ."sv, 1, op::kBinPersId, "<persistent>"},
      {"NEXT_BUFFER", "\x80\x05\x97."sv, 1, op::kNextBuffer, "<buffer>"},
      {"READONLY_BUFFER", "\x80\x05\x97\x98."sv, 2, op::kNextBuffer, "<buffer>"},
      {"a reconstructed object", "ccopy_reg\n_reconstructor\n(cmine\nThing\nc__builtin__\nobject\nNtR}b."sv, 5,
       op::kGlobal, "<mine.Thing>"},
      {"reconstructed of nothing", "ccopy_reg\n_reconstructor\n)R."sv, 2, op::kGlobal, "<copy_reg._reconstructor>"},
      {"items of an opaque dict", "ccollections\nOrderedDict\n)R(S'a'\nNu."sv, 2, op::kGlobal,
       "<collections.OrderedDict>"},
      {"items of an opaque list", "cmine\nList\n)R(NNeNa."sv, 2, op::kGlobal, "<mine.List>"},
      {"plain values around", "(S'a'\ncos\nsystem\n(S'rm'\ntRI1\nt."sv, 2, op::kGlobal, "('a', <os.system>, 1)"},
  };
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  for (const Hostile& hostile : kHostile) {
    ASSERT_EQ(read(pickle, hostile.wire, copy), Result::whole) << hostile.name;
    EXPECT_EQ(pickle.refused_opcodes(), hostile.refused) << hostile.name;
    EXPECT_EQ(pickle.first_refused_opcode(), hostile.first) << hostile.name;
    EXPECT_EQ(repr(hostile.wire), hostile.repr) << hostile.name;
    for (std::size_t size = 0; size < hostile.wire.size(); ++size) {
      ASSERT_EQ(read(pickle, hostile.wire.substr(0, size), copy), Result::malformed) << hostile.name << " " << size;
    }
  }
}

TEST(Pickle, RefusedThenBroken_IsCountedNonetheless) {
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  EXPECT_EQ(read(pickle, "cos\nsystem\n(S'rm -rf /'\ntR", copy), Result::malformed);
  EXPECT_EQ(pickle.refused_opcodes(), 2U);
  EXPECT_EQ(read(pickle, "N.", copy), Result::whole);
  EXPECT_EQ(pickle.refused_opcodes(), 0U);
  EXPECT_EQ(pickle.first_refused_opcode(), 0U);
}

struct Written {
  const char* name;
  std::string_view wire;
  std::string_view repr;
};

TEST(Pickle, WhatOnlyOtherWritersWrite_IsRead) {
  static constexpr Written kWritten[] = {
      {"Python 2's str",
       "U\x03"
       "abc."sv,
       "'abc'"},
      {"Python 2's long str",
       "T\x03\x00\x00\x00"
       "abc."sv,
       "'abc'"},
      {"Python 2's str, protocol 0", "S'a\\n\\t\\'\\x41\\101\\q'\n."sv, "\"a\\n\\t'AA\\\\q\""},
      {"Python 2's long", "L5L\n."sv, "5"},
      {"Latin-1 in protocol 0", "V\xe9\\u20ac\\x\n."sv, "'\xc3\xa9\xe2\x82\xac\\\\x'"},
      {"INT beyond 64 bits", "I99999999999999999999\n."sv, "99999999999999999999"},
      {"POP and POP_MARK", "N(NN1I1\n0."sv, "None"},
      {"POP of a mark", "(0N."sv, "None"},
      {"DUP", "]2a."sv, "[[...]]"},
      {"LONG1 of no bytes", "\x8a\x00."sv, "0"},
      {"LONG1 with needless bytes", "\x8a\x0a\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00."sv, "5"},
      {"negative LONG1 with needless bytes", "\x8a\x09\xfe\xff\xff\xff\xff\xff\xff\xff\xff."sv, "-2"},
      {"a key twice", "}(S'a'\nI1\nS'a'\nI2\nu."sv, "{'a': 1, 'a': 2}"},
      {"a text that is not UTF-8",
       "U\x04"
       "a\xff\xc3z."sv,
       "'a\\xff\\xc3z'"},
  };
  for (const Written& written : kWritten) EXPECT_EQ(repr(written.wire), written.repr) << written.name;
}

TEST(Pickle, IntBeyondDecimal_IsShownInBase16) {
  std::string positive = "\x8a\x48" + std::string(71, '\x00') + "\x12.";
  EXPECT_EQ(repr(positive), "0x12" + std::string(142, '0'));
  std::string negative = "\x8a\x48" + std::string(70, '\x00') + "\x01\xff.";
  EXPECT_EQ(repr(negative), "-0x00ff" + std::string(140, '0'));
}

std::string little(std::uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

TEST(Pickle, BeyondBounds_IsTooLarge) {
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  const std::string many(PickleStack::kMaxItems + 1, 'N');
  std::string numbers = "(";
  for (std::size_t i = 0; i <= PickleStack::kMaxValues; ++i) numbers += "K\x01";
  EXPECT_EQ(read(pickle, many, copy), Result::too_large);
  EXPECT_EQ(read(pickle, numbers, copy), Result::too_large);
  EXPECT_EQ(read(pickle, std::string(PickleStack::kMaxItems + 1, '('), copy), Result::too_large);
  EXPECT_EQ(read(pickle, "Nr" + little(PickleStack::kMaxItems) + ".", copy), Result::too_large);
  EXPECT_EQ(read(pickle, "Np99999999\n.", copy), Result::too_large);
  EXPECT_EQ(read(pickle, "N" + std::string(PickleStack::kMaxItems + 1, '\x94') + ".", copy), Result::too_large);
  std::string appended = "]";
  for (std::size_t i = 0; i <= PickleStack::kMaxItems; ++i) appended += "Na";
  EXPECT_EQ(read(pickle, appended + ".", copy), Result::too_large);
  EXPECT_EQ(read(pickle, std::string(Pickle::kMaxBytes + 1, 'N'), copy), Result::too_large);
}

TEST(Pickle, AsMuchAsThereIsRoomFor_IsRead) {
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  std::string numbers = "(";
  for (std::size_t i = 0; i + 1 < PickleStack::kMaxValues; ++i) numbers += "K\x01";
  ASSERT_EQ(read(pickle, numbers + "l.", copy), Result::whole);
  EXPECT_EQ(pickle.root().size, PickleStack::kMaxValues - 1);
  const std::string nones = "(" + std::string(PickleStack::kMaxItems, 'N') + "t.";
  ASSERT_EQ(read(pickle, nones, copy), Result::whole);
  EXPECT_EQ(pickle.root().size, PickleStack::kMaxItems);
}

// Each list holds the previous one ten times. Written in full, that would be 10^40 items.
TEST(Pickle, MemoBomb_CostsWhatIsWritten) {
  std::string bomb = "(]q";
  bomb += '\0';
  for (char level = 1; level <= 40; ++level) {
    bomb += "](";
    for (int i = 0; i < 10; ++i) bomb.append("h").append(1, static_cast<char>(level - 1));
    bomb.append("eq").append(1, level);
  }
  bomb += "1h\x28.";  // the root is the outermost list alone
  const std::string shown = repr(bomb, 10000);
  EXPECT_EQ(shown.size(), 10000U);
  EXPECT_TRUE(shown.starts_with("[[["));
}

TEST(Pickle, DeepNesting_IsShownAsDots) {
  std::string deep(3000, ']');
  deep += std::string(2999, 'a') + ".";
  EXPECT_EQ(repr(deep), std::string(kMaxDepth, '[') + "..." + std::string(kMaxDepth, ']'));
}

TEST(Pickle, WarmedUp_NothingMoves) {
  Pickle pickle;
  std::vector<std::uint8_t> copy;
  ASSERT_EQ(read(pickle, "(V\\u0041\nV\\u0042\nt.", copy), Result::whole);
  const PickleValue* const before = &*pickle.items(pickle.root()).begin();
  const char* const text = before->data;
  ASSERT_EQ(read(pickle, "(V\\u0041\nV\\u0042\nt.", copy), Result::whole);
  EXPECT_EQ(&*pickle.items(pickle.root()).begin(), before);
  EXPECT_EQ(pickle.items(pickle.root()).begin()->data, text);
}

}  // namespace
}  // namespace logsniffd::record::python

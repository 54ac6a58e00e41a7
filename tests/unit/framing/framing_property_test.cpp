// Generated streams: the cuts between calls change no frame, and after a gap every frame is right from the
// second boundary on.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

std::string text(Random& random, std::size_t most, std::string_view alphabet) {
  std::string made;
  for (std::size_t i = below(random, most) + 1; i > 0; --i) made += alphabet[below(random, alphabet.size())];
  return made;
}

constexpr std::string_view kLine = "abcdefghijklmnopqrstuvwxyz 0123456789<>:.-";
constexpr std::string_view kValue = "abcdefghijklmnopqrstuvwxyz 0123456789:.-";
constexpr std::string_view kSeveralLines = "abcdefghijklmnopqrstuvwxyz 0123456789<>:.-\n";

struct Record {
  std::string wire;
  std::string frame;
};

struct Kind {
  const char* name;
  FramingOptions options;
  Record (*make)(Random&);
  std::size_t late_by = 2;  // so many records may be damaged by a late join; 0: no test joins it late
};

Record line(Random& random) {
  const std::string frame = text(random, 100, kLine);
  return {frame + (below(random, 2) != 0 ? "\r\n" : "\n"), frame};
}

Record nul(Random& random) {
  const std::string frame = text(random, 100, kSeveralLines);
  return {frame + '\0', frame};
}

// Ends with a letter, because a delimiter at the end would be trimmed.
Record counted(Random& random) {
  const std::string frame = "<13>" + text(random, 100, kSeveralLines) + "e";
  return {std::to_string(frame.size()) + " " + frame, frame};
}

Record mixed(Random& random) {
  if (below(random, 3) != 0) return counted(random);
  const std::string frame = "<14>" + text(random, 100, kLine) + "e";
  return {frame + "\n", frame};
}

template <int Bytes, bool Little>
Record length(Random& random) {
  const std::string frame = "{\"message\":\"" + text(random, 100, kValue) + "\"}";
  std::string header;
  for (int i = 0; i < Bytes; ++i) {
    const int shift = 8 * (Little ? i : Bytes - 1 - i);
    header += static_cast<char>(static_cast<unsigned char>(frame.size() >> shift));
  }
  return {header + frame, frame};
}

Record pickle(Random& random) {
  std::string frame("}q\0("sv);
  for (int i = 0; i < 5; ++i) {
    const std::string value = text(random, 20, kValue);
    frame +=
        std::string("X") + static_cast<char>(value.size()) + std::string(3, '\0') + value + "q" + static_cast<char>(i);
  }
  frame += "u.";
  return {std::string("\0\0\0"sv) + static_cast<char>(frame.size()) + frame, frame};
}

const Kind kKinds[] = {
    {"lines", {.method = Method::lines}, line},
    {"nul", {.method = Method::nul}, nul},
    {"octet", {.method = Method::octet}, counted},
    {"octet_mixed", {.method = Method::octet}, mixed},
    {"length_4_big", {.method = Method::length}, length<4, false>},
    {"length_4_little", {.method = Method::length, .length = {4, std::endian::little}}, length<4, true>},
    {"length_2_big", {.method = Method::length, .length = {2, std::endian::big}}, length<2, false>},
    {"length_2_little", {.method = Method::length, .length = {2, std::endian::little}}, length<2, true>},
    {"length_pickle", {.method = Method::length}, pickle},
    {"auto_counted", {}, counted, 5},
    {"auto_mixed", {}, mixed, 5},
    {"auto_length_4_big", {}, length<4, false>},
    {"auto_length_2_little", {}, length<2, true>, 0},
    {"auto_pickle", {}, pickle},
};

class FramingProperty : public testing::TestWithParam<Kind> {
 protected:
  std::vector<Record> records(std::size_t count) {
    std::vector<Record> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(GetParam().make(random_));
    return made;
  }
  static std::string wire(const std::vector<Record>& records, std::size_t from = 0) {
    std::string bytes;
    for (std::size_t i = from; i < records.size(); ++i) bytes += records[i].wire;
    return bytes;
  }
  // In pieces of at most `most` bytes.
  void feed(Framing& framing, std::string_view bytes, std::size_t most) {
    while (!bytes.empty()) {
      const std::size_t size = std::min(bytes.size(), below(random_, most) + 1);
      framing.feed(bytes.substr(0, size));
      bytes.remove_prefix(size);
    }
  }
  static void expect_balanced(Framing& framing) {
    EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
    EXPECT_EQ(framing.accounted(), framing.given);
  }

  Random random_{20240309};
};

TEST_P(FramingProperty, HoweverItIsCut_TheFramesAreThoseThatWereSent) {
  for (int round = 0; round < 60; ++round) {
    const auto sent = records(20);
    for (const std::size_t most :
         {std::size_t{1}, std::size_t{3}, std::size_t{30}, std::size_t{300}, std::size_t{10'000}}) {
      Framing framing(GetParam().options);
      feed(framing, wire(sent), most);
      framing.end();
      ASSERT_EQ(framing.frames.all.size(), sent.size());
      for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(framing.frames.all[i], sent[i].frame);
      EXPECT_EQ(framing.context.counters.false_lengths.get(), 0U);
      expect_balanced(framing);
    }
  }
}

class JoinedLateProperty : public FramingProperty {};

// From the second boundary after the gap on, because the first may be needed as proof.
TEST_P(FramingProperty, AfterAGap_AllIsWholeFromTheSecondBoundaryOn) {
  for (int round = 0; round < 300; ++round) {
    const auto before = records(5);
    const auto after = records(12);
    const std::string head = wire(before);
    const std::string tail = wire(after);
    const std::size_t lost = below(random_, after[0].wire.size());
    std::vector<std::string> first;
    for (const std::size_t most : {std::size_t{1}, std::size_t{40}, std::size_t{10'000}}) {
      Framing framing(GetParam().options);
      feed(framing, head.substr(0, head.size() - below(random_, before.back().wire.size())), most);
      framing.gap();
      const std::size_t known = framing.frames.all.size();
      feed(framing, tail.substr(lost), most);
      framing.end();
      std::vector<std::string> frames(framing.frames.all.begin() + static_cast<std::ptrdiff_t>(known),
                                      framing.frames.all.end());
      if (first.empty()) first = frames;
      EXPECT_EQ(frames, first);
      ASSERT_GE(frames.size(), after.size() - 2);
      for (std::size_t i = 0; i < after.size() - 2; ++i) {
        EXPECT_EQ(frames[frames.size() - 1 - i], after[after.size() - 1 - i].frame) << "from the end: " << i;
      }
      expect_balanced(framing);
    }
  }
}

TEST_P(JoinedLateProperty, AllIsWholeSoon) {
  for (int round = 0; round < 300; ++round) {
    const auto sent = records(12);
    Framing framing(GetParam().options, true);
    feed(framing, wire(sent).substr(below(random_, sent[0].wire.size())), 200);
    framing.end();
    const auto& frames = framing.frames.all;
    ASSERT_GE(frames.size(), sent.size() - GetParam().late_by) << testing::PrintToString(frames);
    for (std::size_t i = 0; i < sent.size() - GetParam().late_by; ++i) {
      ASSERT_EQ(frames[frames.size() - 1 - i], sent[sent.size() - 1 - i].frame) << "from the end: " << i;
    }
    expect_balanced(framing);
  }
}

std::vector<Kind> kinds_found_late() {
  std::vector<Kind> kinds;
  std::copy_if(std::begin(kKinds), std::end(kKinds), std::back_inserter(kinds),
               [](const Kind& kind) { return kind.late_by > 0; });
  return kinds;
}

std::string name_of(const testing::TestParamInfo<Kind>& with) { return with.param.name; }

INSTANTIATE_TEST_SUITE_P(All, FramingProperty, testing::ValuesIn(kKinds), name_of);
INSTANTIATE_TEST_SUITE_P(All, JoinedLateProperty, testing::ValuesIn(kinds_found_late()), name_of);

}  // namespace
}  // namespace logsniffd::framing

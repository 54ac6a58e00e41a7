#include "daemon/base/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace logsniffd {
namespace {

constexpr std::array<std::string_view, 4> kWords{"interfaces", "promiscuous", "snaplen", "to"};

TEST(Nearest, OneSlip_FindsTheWord) {
  EXPECT_EQ(nearest("interfcaes", kWords), "interfaces");
  EXPECT_EQ(nearest("promiscous", kWords), "promiscuous");
  EXPECT_EQ(nearest("snapplen", kWords), "snaplen");
}

TEST(Nearest, ShortWord_AllowsOneEditOnly) {
  EXPECT_EQ(nearest("sa", kWords), "");  // two edits
  EXPECT_EQ(nearest("too", kWords), "to");
}

TEST(Nearest, SwappedLetters_AreOneSlip) {
  EXPECT_EQ(nearest("ot", kWords), "to");
  EXPECT_EQ(nearest("snpaeln", kWords), "snaplen");
}

TEST(Nearest, CaseAlone_IsNoDifference) {
  EXPECT_EQ(nearest("TO", kWords), "to");
  EXPECT_EQ(nearest("SnapLen", kWords), "snaplen");
}

TEST(Nearest, NothingAlike_IsEmpty) {
  EXPECT_EQ(nearest("sinks", kWords), "");
  EXPECT_EQ(nearest("anything", {}), "");
}

TEST(Nearest, TwoCandidates_TheCloserOneWins) {
  constexpr std::array<std::string_view, 2> kAlike{"warnings", "warning"};
  EXPECT_EQ(nearest("warnin", kAlike), "warning");
}

TEST(Nearest, VeryLongWord_IsNotCompared) {
  const std::string at_bound(64, 'x');
  const std::string beyond(65, 'x');
  const std::array<std::string_view, 1> candidates{at_bound};
  EXPECT_EQ(nearest(at_bound, candidates), at_bound);
  EXPECT_EQ(nearest(beyond, candidates), "");
}

TEST(Nearest, DidYouMean_IsASentencePartOrNothing) {
  EXPECT_EQ(did_you_mean("snaplne", kWords), " (did you mean 'snaplen'?)");
  EXPECT_EQ(did_you_mean("zebra", kWords), "");
}

}  // namespace
}  // namespace logsniffd

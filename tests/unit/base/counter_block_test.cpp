#include "daemon/base/counter_block.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace logsniffd {
namespace {

enum class Mistake : std::uint8_t { none, forgotten, twice, same_name };

// The mistakes that names_every_counter() must find, one at a time.
template <class Number, Mistake kMistake = Mistake::none>
struct Parcels {
  Number taken{};
  Number given{};
  Number held{};
  std::array<Number, 2> lost{};
  Number heavy{};

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("taken"), self.taken);
    visit(part("given"), self.given);
    visit(part("held").gauge(), self.held);
    visit(part("lost", "water"), self.lost[0]);
    visit(part("lost", kMistake == Mistake::same_name ? "water" : "fire"), self.lost[1]);
    if (kMistake == Mistake::twice) visit("twice", self.taken);
    if (kMistake != Mistake::forgotten && kMistake != Mistake::twice) visit("heavy", self.heavy);
  }
};

static_assert(names_every_counter<Parcels<Counter>>());
static_assert(names_every_counter<Parcels<std::uint64_t>>());
static_assert(!names_every_counter<Parcels<Counter, Mistake::forgotten>>());
static_assert(!names_every_counter<Parcels<Counter, Mistake::twice>>());
static_assert(!names_every_counter<Parcels<Counter, Mistake::same_name>>());

Parcels<Counter> balanced() {
  Parcels<Counter> parcels;
  parcels.taken.set(15);
  parcels.given.set(1);
  parcels.held.set(2);
  parcels.lost[0].set(4);
  parcels.lost[1].set(8);
  parcels.heavy.set(100);
  return parcels;
}

TEST(CounterBlock, EverythingBalanced_NothingUnaccounted) { EXPECT_EQ(unaccounted(balanced()), 0); }

TEST(CounterBlock, PartThatVanished_IsUnaccounted) {
  Parcels<Counter> parcels = balanced();
  parcels.lost[1].set(0);
  EXPECT_EQ(unaccounted(parcels), 8);
}

TEST(CounterBlock, PartCountedTwice_IsNegative) {
  Parcels<Counter> parcels = balanced();
  parcels.given.add();
  EXPECT_EQ(unaccounted(parcels), -1);
}

TEST(CounterBlock, Added_EachCounterGoesToItsName) {
  Parcels<std::uint64_t> sum;
  add_counters(sum, balanced());
  add_counters(sum, balanced());
  EXPECT_EQ(sum.taken, 30);
  EXPECT_EQ(sum.given, 2);
  EXPECT_EQ(sum.held, 4);
  EXPECT_EQ(sum.lost, (std::array<std::uint64_t, 2>{8, 16}));
  EXPECT_EQ(sum.heavy, 200);
}

TEST(CounterBlock, GaugeAndUnlisted_AreSaidByTheName) {
  constexpr CounterName name = CounterName("events", "open").gauge().unlisted();
  EXPECT_EQ(name.group, "events");
  EXPECT_EQ(name.word, "open");
  EXPECT_TRUE(name.is_gauge);
  EXPECT_FALSE(name.is_listed);
  EXPECT_EQ(name.role, CounterName::Role::beside);
  EXPECT_FALSE(whole("taken").is_gauge);
  EXPECT_TRUE(part("held").is_listed);
}

}  // namespace
}  // namespace logsniffd

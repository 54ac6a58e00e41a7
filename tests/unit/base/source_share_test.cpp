#include "daemon/base/source_share.hpp"

#include <gtest/gtest.h>

#include <list>
#include <map>
#include <random>
#include <string>

namespace logsniffd {
namespace {

struct Entry : SourceShare::Held {
  Address source;
  std::uint64_t cost = 0;
};

class SourceShareTest : public testing::Test {
 protected:
  static Address host(unsigned number) { return *Address::parse("192.0.2." + std::to_string(number)); }
  Entry& add(unsigned number, std::uint64_t cost = 1) {
    Entry& entry = entries_.emplace_back();
    entry.source = host(number);
    entry.cost = cost;
    share_.add(entry, entry.source, cost);
    return entry;
  }
  ~SourceShareTest() override {
    for (Entry& entry : entries_) share_.remove(entry);
    EXPECT_EQ(share_.total(), 0U);
    EXPECT_EQ(share_.sources(), 0U);
  }

  SourceShare share_{1};
  std::list<Entry> entries_;
};

TEST_F(SourceShareTest, Nothing_NobodyGivesWay) { EXPECT_EQ(share_.gives_way(), nullptr); }

TEST_F(SourceShareTest, OneSourceFloods_ItsOldestGivesWay) {
  Entry& honest = add(1);
  Entry& oldest = add(2);
  for (int i = 0; i < 100; ++i) add(2);
  EXPECT_EQ(share_.gives_way(), &oldest);
  share_.renew(oldest);
  EXPECT_NE(share_.gives_way(), &oldest);
  EXPECT_NE(share_.gives_way(), &honest);
}

TEST_F(SourceShareTest, NobodyHoldsMoreThanItsPart_NobodyGivesWay) {
  for (unsigned source = 1; source <= 10; ++source) add(source);
  EXPECT_EQ(share_.gives_way(), nullptr);
}

TEST_F(SourceShareTest, CostCountsAndNotTheNumber_TheDearestSourceGivesWay) {
  for (int i = 0; i < 10; ++i) add(1);
  Entry& dear = add(2, 1000);
  EXPECT_EQ(share_.gives_way(), &dear);
  share_.resize(dear, 1);
  EXPECT_NE(share_.gives_way(), &dear);
}

TEST_F(SourceShareTest, FloodAmongHonestSources_TakesNothingFromThem) {
  constexpr std::size_t kRoom = 400;
  for (unsigned source = 1; source <= 20; ++source) {
    for (int i = 0; i < 5; ++i) add(source);
  }
  for (int i = 0; i < 10'000; ++i) {
    add(200);
    while (share_.total() > kRoom) {
      auto* const entry = static_cast<Entry*>(share_.gives_way());
      ASSERT_NE(entry, nullptr);
      share_.remove(*entry);
    }
  }
  for (unsigned source = 1; source <= 20; ++source) EXPECT_EQ(share_.held_by(host(source)), 5U);
  EXPECT_EQ(share_.held_by(host(200)), kRoom - 100);
}

TEST_F(SourceShareTest, SevenSourcesFlood_TakeNothingFromTheEighth) {
  constexpr std::size_t kRoom = 4000;
  for (int i = 0; i < 300; ++i) add(8);
  for (unsigned i = 0; i < 20'000; ++i) {
    add(201 + i % 7);
    while (share_.total() > kRoom) {
      auto* const entry = static_cast<Entry*>(share_.gives_way());
      ASSERT_NE(entry, nullptr);
      share_.remove(*entry);
    }
  }
  EXPECT_EQ(share_.held_by(host(8)), 300U);
}

TEST_F(SourceShareTest, RandomChanges_AgreeWithASum) {
  std::mt19937 random(1);
  std::map<unsigned, std::uint64_t> sums;
  std::uint64_t total = 0;
  for (int step = 0; step < 20'000; ++step) {
    if (entries_.size() < 50 || random() % 2 == 0) {
      const auto source = static_cast<unsigned>(1 + random() % 9);
      const std::uint64_t cost = std::uint64_t{1} << random() % 40;
      add(source, cost);
      sums[source] += cost;
      total += cost;
    } else {
      auto entry = std::next(entries_.begin(), static_cast<std::ptrdiff_t>(random() % entries_.size()));
      const auto source = static_cast<unsigned>(entry->source.bytes()[15]);
      sums[source] -= entry->cost;
      total -= entry->cost;
      share_.remove(*entry);
      entries_.erase(entry);
    }
    ASSERT_EQ(share_.total(), total);
    std::uint64_t most = 0;
    for (const auto& [source, sum] : sums) {
      ASSERT_EQ(share_.held_by(host(source)), sum);
      most = std::max(most, sum);
    }
    auto* const entry = static_cast<Entry*>(share_.gives_way());
    if (entry == nullptr) {
      ASSERT_LE(most, total / 8 + 1);
    } else {
      ASSERT_GE(share_.held_by(entry->source), most / 5 * 4);
      ASSERT_GT(share_.held_by(entry->source), total / 10);
    }
  }
}

}  // namespace
}  // namespace logsniffd

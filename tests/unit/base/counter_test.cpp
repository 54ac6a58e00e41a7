#include "daemon/base/counter.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace logsniffd {
namespace {

TEST(Counter, Fresh_IsZero) { EXPECT_EQ(Counter().get(), 0U); }

TEST(Counter, AddsAndSets_AreSeen) {
  Counter counter;
  counter.add();
  counter.add(41);
  EXPECT_EQ(counter.get(), 42U);
  counter.set(7);
  EXPECT_EQ(counter.get(), 7U);
}

TEST(Counter, ReaderBesideTheWriter_NeverSeesItFall) {
  constexpr std::uint64_t kTarget = 100'000;
  Counter counter;
  std::jthread writer([&] {
    for (std::uint64_t i = 0; i < kTarget; ++i) counter.add();
  });
  std::uint64_t before = 0;
  bool rising = true;
  while (before < kTarget) {
    const std::uint64_t now = counter.get();
    rising = rising && now >= before;
    before = now;
  }
  EXPECT_TRUE(rising);
  EXPECT_EQ(before, kTarget);
}

}  // namespace
}  // namespace logsniffd

#include "daemon/base/slab_pool.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace logsniffd {
namespace {

struct Large {
  std::unique_ptr<int> value;
  char padding[1000];
};

TEST(SlabPool, NumbersAreDense_AndReleasedOnesComeAgain) {
  SlabPool<int> pool;
  EXPECT_EQ(pool.acquire(), 0U);
  EXPECT_EQ(pool.acquire(), 1U);
  pool.release(0);
  EXPECT_EQ(pool.acquire(), 0U);
  EXPECT_EQ(pool.acquire(), 2U);
}

TEST(SlabPool, MoreThanOneSlab_AddressesStay) {
  SlabPool<Large> pool;
  constexpr std::uint32_t kMany = 7000;  // more than three slabs
  Large* const first = &pool[pool.acquire()];
  for (std::uint32_t i = 1; i < kMany; ++i) pool[pool.acquire()].value = std::make_unique<int>(static_cast<int>(i));
  EXPECT_EQ(&pool[0], first);
  for (std::uint32_t i = 1; i < kMany; ++i) ASSERT_EQ(*pool[i].value, static_cast<int>(i));
}

}  // namespace
}  // namespace logsniffd

#include "daemon/base/heavy_sources.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace logsniffd {
namespace {

Address host(unsigned number) {
  return *Address::parse("10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256));
}

TEST(HeavySources, OneSourceAlone_CrowdsNobodyOut) {
  HeavySources sources;
  EXPECT_FALSE(sources.crowds_out(host(1)));
  for (int i = 0; i < 100'000; ++i) sources.add(host(1), 100);
  EXPECT_FALSE(sources.crowds_out(host(1)));
  EXPECT_FALSE(sources.crowds_out(host(2)));
}

TEST(HeavySources, OneSourceBesideOthers_IsFound) {
  HeavySources sources;
  for (unsigned i = 0; i < 10'000; ++i) {
    for (int flood = 0; flood < 20; ++flood) sources.add(host(9999), 100);
    sources.add(host(i % 40), 100);
  }
  EXPECT_TRUE(sources.crowds_out(host(9999)));
  for (unsigned i = 0; i < 40; ++i) EXPECT_FALSE(sources.crowds_out(host(i)));
}

TEST(HeavySources, ManyEqualSources_NoneIsBlamed) {
  HeavySources sources;
  std::mt19937 random(1);
  for (int i = 0; i < 100'000; ++i) sources.add(host(static_cast<unsigned>(random() % 1000)), 1 + random() % 500);
  for (unsigned i = 0; i < 1000; ++i) EXPECT_FALSE(sources.crowds_out(host(i)));
}

TEST(HeavySources, FloodIsOver_ItIsForgotten) {
  HeavySources sources;
  for (int i = 0; i < 100'000; ++i) sources.add(host(1), 100);
  for (unsigned i = 0; i < 500'000; ++i) sources.add(host(2 + i % 100), 100);
  EXPECT_FALSE(sources.crowds_out(host(1)));
}

}  // namespace
}  // namespace logsniffd

#include "daemon/filter/sampler.hpp"

#include <set>

#include "tests/unit/filter/volume_fixture.hpp"

namespace logsniffd::filter {
namespace {

std::vector<int> kept(Sampler sampler, int records) {
  std::vector<int> numbers;
  for (int i = 0; i < records; ++i) {
    if (sampler.keeps(said("a record"))) numbers.push_back(i);
  }
  return numbers;
}

record::LogRecord of_port(std::uint16_t port) {
  record::LogRecord record = said("a record");
  record.flow.src.port = port;
  return record;
}

TEST(Sampler, KeepsOneOfEachRow) {
  const std::vector<int> numbers = kept(Sampler({.one_in = 100}, 7), 10'000);
  ASSERT_EQ(numbers.size(), 100U);
  for (int row = 0; row < 100; ++row) EXPECT_EQ(numbers[static_cast<std::size_t>(row)] / 100, row);
}

TEST(Sampler, KeepsAnotherPlaceOfEachRow) {
  std::set<int> places;
  for (const int number : kept(Sampler({.one_in = 100}, 7), 10'000)) places.insert(number % 100);
  EXPECT_GT(places.size(), 40U);
}

TEST(Sampler, SameSecretKeepsTheSame) {
  EXPECT_EQ(kept(Sampler({.one_in = 10}, 7), 1000), kept(Sampler({.one_in = 10}, 7), 1000));
  EXPECT_NE(kept(Sampler({.one_in = 10}, 7), 1000), kept(Sampler({.one_in = 10}, 8), 1000));
}

TEST(Sampler, ByFlowKeepsWholeConversations) {
  Sampler sampler({.one_in = 10, .by = SampleOptions::By::flow}, 7);
  int flows = 0;
  for (std::uint16_t port = 1; port <= 10'000; ++port) {
    record::LogRecord record = of_port(port);
    const bool keeps = sampler.keeps(record);
    EXPECT_EQ(sampler.keeps(record), keeps) << port;
    std::swap(record.flow.src, record.flow.dst);
    EXPECT_EQ(sampler.keeps(record), keeps) << port;
    flows += keeps ? 1 : 0;
  }
  EXPECT_NEAR(flows, 1000, 150);  // five standard deviations
}

}  // namespace
}  // namespace logsniffd::filter

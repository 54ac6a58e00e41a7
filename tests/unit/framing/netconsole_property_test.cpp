// Whatever the order of a netconsole sender's datagrams, the output is the same if they come in time. If some never
// come, each is counted and nothing else changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "daemon/framing/netconsole_order.hpp"

namespace logsniffd::framing {
namespace {

using Random = std::mt19937;

constexpr NetconsoleLimits kLimits{.bytes = 8U << 20, .messages = 1000, .senders = 10};
constexpr std::uint64_t kFirst = 100;
constexpr std::uint64_t kMessages = 60;

struct Datagram {
  std::uint64_t seq;
  std::string bytes;
};

std::string text_of(std::uint64_t seq) { return "message " + std::to_string(seq) + std::string(seq % 7 * 10, '.'); }
std::string header_of(std::uint64_t seq) {
  return "6," + std::to_string(seq) + "," + std::to_string(1000 + seq) + ",-";
}

// Every third message comes in fragments.
std::vector<Datagram> datagrams() {
  std::vector<Datagram> all;
  for (std::uint64_t seq = kFirst; seq < kFirst + kMessages; ++seq) {
    const std::string text = text_of(seq);
    if (seq % 3 != 0) {
      all.push_back({seq, header_of(seq) + ";" + text});
      continue;
    }
    for (std::size_t at = 0; at < text.size(); at += 9) {
      const std::string where = ",ncfrag=" + std::to_string(at) + "/" + std::to_string(text.size()) + ";";
      all.push_back({seq, header_of(seq) + where + text.substr(at, 9)});
    }
  }
  return all;
}

class Given final : public NetconsoleObserver {
 public:
  void on_netconsole(const RecordOrigin&, Bytes message, Integrity integrity) override {
    all_.emplace_back(as_text(message));
    whole_ = whole_ && integrity == Integrity::whole;
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return all_; }
  [[nodiscard]] bool whole() const { return whole_; }

 private:
  std::vector<std::string> all_;
  bool whole_ = true;
};

NetconsoleCounters run(const std::vector<Datagram>& datagrams, Given& given) {
  NetconsoleOrder order(kLimits);
  for (const Datagram& each : datagrams) {
    EXPECT_TRUE(order.add({.flow = {}, .seen_at = {}}, as_bytes(each.bytes), false, given));
  }
  order.finish(given);
  return order.counters();
}

// Shuffles all but the first datagram, which shows where the sequence begins.
void shuffle_behind_first(std::vector<Datagram>& all, Random& random) {
  std::shuffle(all.begin() + 1, all.end(), random);
}

TEST(NetconsoleProperty, AnyOrder_ComesOutInSequence) {
  std::vector<std::string> expected;
  for (std::uint64_t seq = kFirst; seq < kFirst + kMessages; ++seq)
    expected.push_back(header_of(seq) + ";" + text_of(seq));
  for (unsigned seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<Datagram> all = datagrams();
    shuffle_behind_first(all, random);
    Given given;
    const NetconsoleCounters counters = run(all, given);
    ASSERT_EQ(given.all(), expected) << "seed " << seed;
    EXPECT_TRUE(given.whole());
    EXPECT_EQ(counters.sender_missing.get(), 0U);
  }
}

TEST(NetconsoleProperty, WholeMessagesThatNeverCome_AreCountedAndTold) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::set<std::uint64_t> lost;
    for (int i = 0; i < 10; ++i) lost.insert(kFirst + 1 + random() % (kMessages - 2));
    std::vector<Datagram> all = datagrams();
    std::erase_if(all, [&](const Datagram& each) { return lost.contains(each.seq); });
    shuffle_behind_first(all, random);
    Given given;
    const NetconsoleCounters counters = run(all, given);
    std::vector<std::string> expected;
    std::uint64_t missing = 0;
    for (std::uint64_t seq = kFirst; seq < kFirst + kMessages; ++seq) {
      if (lost.contains(seq)) {
        ++missing;
        continue;
      }
      const std::string reported = missing > 0 ? ",missing_before=" + std::to_string(missing) : "";
      expected.push_back(header_of(seq) + reported + ";" + text_of(seq));
      missing = 0;
    }
    ASSERT_EQ(given.all(), expected) << "seed " << seed;
    EXPECT_EQ(counters.sender_missing.get(), lost.size());
  }
}

}  // namespace
}  // namespace logsniffd::framing

#include "daemon/framing/gelf_chunks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace logsniffd::framing {
namespace {

using namespace std::chrono_literals;
using Datagram = std::vector<std::uint8_t>;

constexpr GelfChunkLimits kRoomy{.bytes = 8U << 20, .messages = 1000};
const PacketTime kStart{1'700'000'000s};
const Flow kFlow{{*Address::parse("10.0.0.1"), 40'000}, {*Address::parse("10.0.0.2"), 12'201}, Transport::udp};
constexpr std::string_view kText = "0123456789abcdefghijklmnopqrstuvwxyz";

Datagram chunk(std::uint64_t id, int number, int count, std::string_view text) {
  Datagram datagram{0x1e, 0x0f};
  for (int shift = 56; shift >= 0; shift -= 8) datagram.push_back(static_cast<std::uint8_t>(id >> shift));
  datagram.push_back(static_cast<std::uint8_t>(number));
  datagram.push_back(static_cast<std::uint8_t>(count));
  datagram.insert(datagram.end(), text.begin(), text.end());
  return datagram;
}

std::vector<Datagram> chunks(std::string_view text = kText, std::uint64_t id = 1, std::size_t size = 8) {
  const int count = static_cast<int>((text.size() + size - 1) / size);
  std::vector<Datagram> all;
  for (int i = 0; i < count; ++i)
    all.push_back(chunk(id, i, count, text.substr(static_cast<std::size_t>(i) * size, size)));
  return all;
}

class GelfChunksTest : public testing::Test {
 protected:
  explicit GelfChunksTest(GelfChunkLimits limits = kRoomy) : table_(limits) {}

  // The counters add up after every test.
  void TearDown() override { expect_ledger(); }

  void expect_ledger() {
    const GelfChunkCounters& c = counters();
    EXPECT_EQ(unaccounted(c), 0);
    if (c.waiting.get() == 0) {
      EXPECT_EQ(c.held_bytes.get(), 0U);
      EXPECT_EQ(c.memory_bytes.get(), 0U);
    }
  }

  std::optional<std::string> add(const Datagram& datagram, PacketTime at = kStart, const Flow& flow = kFlow,
                                 bool cut_short = false) {
    const Datagram exact(datagram);  // an exact-size copy: a sanitizer sees the first byte after the end
    const std::optional<Bytes> whole = table_.add(flow, exact, cut_short, at);
    if (!whole) return std::nullopt;
    return std::string(as_text(*whole));
  }

  [[nodiscard]] const GelfChunkCounters& counters() const { return table_.counters(); }

  GelfChunks table_;
};

TEST(IsGelfChunk, TwoBytesSayIt) {
  EXPECT_TRUE(is_gelf_chunk(chunk(1, 0, 1, "x")));
  EXPECT_TRUE(is_gelf_chunk(Datagram{0x1e, 0x0f}));
  EXPECT_FALSE(is_gelf_chunk(Datagram{0x1e}));
  EXPECT_FALSE(is_gelf_chunk(Datagram{}));
  EXPECT_FALSE(is_gelf_chunk(Datagram{0x1f, 0x8b, 0x08}));
  EXPECT_FALSE(is_gelf_chunk(Datagram{0x1e, 0x0e}));
}

TEST_F(GelfChunksTest, InOrder_LastChunkCompletes) {
  const auto all = chunks();
  ASSERT_EQ(all.size(), 5U);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) EXPECT_EQ(add(all[i]), std::nullopt);
  EXPECT_EQ(counters().held_bytes.get(), 4 * (8 + kGelfChunkHeader));
  EXPECT_EQ(counters().waiting.get(), 1U);
  EXPECT_EQ(add(all.back()), kText);
  EXPECT_EQ(counters().delivered_bytes.get(), kText.size() + 5 * kGelfChunkHeader);
  EXPECT_EQ(counters().messages.get(), 1U);
  EXPECT_EQ(counters().chunks.get(), 5U);
  EXPECT_EQ(counters().waiting.get(), 0U);
}

TEST_F(GelfChunksTest, AnyOrder_IsPutRight) {
  auto all = chunks(kText.substr(0, 32));
  ASSERT_EQ(all.size(), 4U);
  std::vector<std::size_t> order{0, 1, 2, 3};
  do {
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(add(all[order[i]]), std::nullopt);
    EXPECT_EQ(add(all[order[3]]), kText.substr(0, 32));
  } while (std::ranges::next_permutation(order).found);
  EXPECT_EQ(counters().messages.get(), 24U);
}

TEST_F(GelfChunksTest, OneChunk_IsAMessage) {
  EXPECT_EQ(add(chunk(1, 0, 1, "all of it")), "all of it");
  EXPECT_EQ(add(chunk(1, 0, 1, "all of it")), "all of it");
  EXPECT_EQ(counters().messages.get(), 2U);
}

TEST_F(GelfChunksTest, AsManyAsThereMayBe_ArePutTogether) {
  const std::string text(kMaxGelfChunks * 50, 'x');
  auto all = chunks(text, 7, 50);
  ASSERT_EQ(all.size(), kMaxGelfChunks);
  std::ranges::reverse(all);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) ASSERT_EQ(add(all[i]), std::nullopt);
  EXPECT_EQ(add(all.back()), text);
}

TEST_F(GelfChunksTest, BytesOfAnyValue_AreKeptToTheLast) {
  const std::string text("\0\n\r\0", 4);
  EXPECT_EQ(add(chunk(1, 1, 2, text)), std::nullopt);
  EXPECT_EQ(add(chunk(1, 0, 2, text)), text + text);
}

TEST_F(GelfChunksTest, Duplicate_IsIgnoredAndTheFirstWins) {
  EXPECT_EQ(add(chunk(1, 0, 2, "first")), std::nullopt);
  EXPECT_EQ(add(chunk(1, 0, 2, "first")), std::nullopt);
  EXPECT_EQ(add(chunk(1, 0, 2, "other bytes")), std::nullopt);
  EXPECT_EQ(counters().duplicate_bytes.get(), 2 * kGelfChunkHeader + 5 + 11);
  EXPECT_EQ(add(chunk(1, 1, 2, " second")), "first second");
}

TEST_F(GelfChunksTest, Malformed_IsCountedAndTheOthersStay) {
  EXPECT_EQ(add(chunk(1, 0, 2, "a")), std::nullopt);
  const std::vector<Datagram> malformed{
      chunk(1, 1, 2, ""),                          // no payload
      chunk(1, 2, 2, "x"),                         // the number is not below the count
      chunk(1, 0, 0, "x"),                         // the count is 0
      chunk(2, 0, 129, "x"),                       // the count is too large
      chunk(2, 0, 255, "x"), chunk(1, 1, 3, "x"),  // the count differs
      chunk(1, 0, 1, "x"),   Datagram{0x1e, 0x0f},
  };
  std::uint64_t bytes = 0;
  for (const Datagram& each : malformed) {
    EXPECT_EQ(add(each), std::nullopt);
    bytes += each.size();
    EXPECT_EQ(counters().discarded_malformed_bytes.get(), bytes);
  }
  EXPECT_EQ(counters().waiting.get(), 1U);
  EXPECT_EQ(add(chunk(1, 1, 2, "b")), "ab");
}

TEST_F(GelfChunksTest, CutBySnapshotLength_IsMalformed) {
  EXPECT_EQ(add(chunk(1, 0, 1, "half a mess"), kStart, kFlow, true), std::nullopt);
  EXPECT_EQ(counters().discarded_malformed_bytes.get(), kGelfChunkHeader + 11);
}

TEST_F(GelfChunksTest, EveryTruncationOfTheHeader_IsMalformed) {
  const Datagram whole = chunk(1, 0, 2, "x");
  for (std::size_t size = 2; size < whole.size(); ++size) {
    EXPECT_EQ(add({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), std::nullopt);
  }
  EXPECT_EQ(counters().discarded_malformed_bytes.get(), counters().seen_bytes.get());
  EXPECT_EQ(counters().waiting.get(), 0U);
}

TEST_F(GelfChunksTest, OneDifferenceInTheIdentity_KeepsMessagesApart) {
  std::vector<Flow> flows(5, kFlow);
  flows[1].src.port = 40'001;
  flows[2].src.address = *Address::parse("10.0.0.3");
  flows[3].dst.address = *Address::parse("10.0.0.3");
  flows[4].dst.port = 12'202;
  for (const Flow& flow : flows) EXPECT_EQ(add(chunk(1, 0, 2, "a"), kStart, flow), std::nullopt);
  EXPECT_EQ(add(chunk(0x0100000000000001, 0, 2, "a")), std::nullopt);
  EXPECT_EQ(counters().waiting.get(), 6U);
  EXPECT_EQ(counters().duplicate_bytes.get(), 0U);
  for (const Flow& flow : flows) EXPECT_EQ(add(chunk(1, 1, 2, "b"), kStart, flow), "ab");
}

TEST_F(GelfChunksTest, WaitOver_DiscardsEvenWithoutAnotherChunk) {
  EXPECT_EQ(add(chunks()[0]), std::nullopt);
  EXPECT_EQ(add(chunks()[1], kStart + 4s), std::nullopt);  // does not renew the wait
  table_.expire(kStart + 5s);
  EXPECT_EQ(counters().waiting.get(), 1U);
  table_.expire(kStart + 5s + 1ns);
  EXPECT_EQ(counters().waiting.get(), 0U);
  EXPECT_EQ(counters().incomplete.get(), 1U);
  EXPECT_EQ(counters().discarded_timeout_bytes.get(), 2 * (8 + kGelfChunkHeader));
}

TEST_F(GelfChunksTest, WaitOver_TheChunkThatComesStartsAnew) {
  EXPECT_EQ(add(chunk(1, 0, 2, "a")), std::nullopt);
  EXPECT_EQ(add(chunk(1, 1, 2, "b"), kStart + 6s), std::nullopt);
  EXPECT_EQ(counters().discarded_timeout_bytes.get(), kGelfChunkHeader + 1);
  EXPECT_EQ(add(chunk(1, 0, 2, "A"), kStart + 6s), "Ab");
}

TEST_F(GelfChunksTest, LookAtTheClockLiesFarBehindTheChunks_NothingExpires) {
  EXPECT_EQ(add(chunk(1, 0, 2, "a")), std::nullopt);
  table_.expire(kStart - 6s);
  EXPECT_EQ(counters().waiting.get(), 1U);
}

TEST_F(GelfChunksTest, CaptureEnds_WhatWaitsIsCounted) {
  EXPECT_EQ(add(chunks()[0]), std::nullopt);
  EXPECT_EQ(add(chunks()[3]), std::nullopt);
  table_.finish();
  EXPECT_EQ(counters().discarded_unfinished_bytes.get(), 2 * (8 + kGelfChunkHeader));
  EXPECT_EQ(counters().incomplete.get(), 1U);
  EXPECT_EQ(counters().waiting.get(), 0U);
}

TEST_F(GelfChunksTest, WholeMessage_IsValidUntilTheNextAdd) {
  static_cast<void>(add(chunk(1, 0, 2, "a")));
  const Datagram last = chunk(1, 1, 2, "b");
  const std::optional<Bytes> whole = table_.add(kFlow, last, false, kStart);
  ASSERT_TRUE(whole);
  table_.expire(kStart + 1h);
  table_.finish();
  EXPECT_EQ(as_text(*whole), "ab");
}

class FewMessagesTest : public GelfChunksTest {
 protected:
  FewMessagesTest() : GelfChunksTest({.bytes = 8U << 20, .messages = 3}) {}
};

TEST_F(FewMessagesTest, OneTooMany_TheOldestGoes) {
  for (std::uint64_t id = 1; id <= 4; ++id) EXPECT_EQ(add(chunk(id, 0, 2, "a")), std::nullopt);
  EXPECT_EQ(counters().waiting.get(), 3U);
  EXPECT_EQ(counters().discarded_share_bytes.get(), kGelfChunkHeader + 1);
  for (std::uint64_t id = 2; id <= 4; ++id) EXPECT_EQ(add(chunk(id, 1, 2, "b")), "ab");
}

TEST_F(FewMessagesTest, LowerLimit_IsKeptAsSoonAsMoreIsAdded) {
  for (std::uint64_t id = 1; id <= 3; ++id) EXPECT_EQ(add(chunk(id, 0, 2, "a")), std::nullopt);
  table_.set_limits({.bytes = 8U << 20, .messages = 1});
  EXPECT_EQ(add(chunk(4, 0, 2, "a")), std::nullopt);
  EXPECT_EQ(counters().waiting.get(), 1U);
  EXPECT_EQ(counters().incomplete.get(), 3U);
}

TEST_F(GelfChunksTest, OneSenderFloods_TheOthersKeepTheirPlaces) {
  Flow flood = kFlow;
  flood.src.address = *Address::parse("192.0.2.66");
  GelfChunks table({.bytes = 1U << 20, .messages = 1000});
  EXPECT_EQ(table.add(kFlow, chunk(1, 0, 2, "a"), false, kStart), std::nullopt);
  for (std::uint64_t id = 1; id <= 5000; ++id)
    EXPECT_EQ(table.add(flood, chunk(id, 0, 2, "x"), false, kStart), std::nullopt);
  EXPECT_GT(table.counters().discarded_share_bytes.get(), 0U);
  EXPECT_TRUE(table.add(kFlow, chunk(1, 1, 2, "b"), false, kStart));
}

class SmallGelfChunksTest : public GelfChunksTest {
 protected:
  static constexpr std::uint64_t kBytes = 16 * 1024;
  SmallGelfChunksTest() : GelfChunksTest({.bytes = kBytes, .messages = 1000}) {}
};

TEST_F(SmallGelfChunksTest, ManyMessages_NeverExceedTheLimitAndTheOldestGoesFirst) {
  for (std::uint64_t id = 1; id <= 100; ++id) {
    EXPECT_EQ(add(chunk(id, 0, 2, "a")), std::nullopt);
    EXPECT_LE(counters().memory_bytes.get(), kBytes);
    expect_ledger();
  }
  EXPECT_GT(counters().waiting.get(), 1U);
  EXPECT_EQ(counters().incomplete.get(), 100 - counters().waiting.get());
  EXPECT_EQ(add(chunk(100, 1, 2, "b")), "ab");
}

TEST_F(SmallGelfChunksTest, OneMessageBeyondTheLimit_IsDiscardedWithTheChunkThatDidNotFit) {
  for (const Datagram& each : chunks(std::string(30'000, 'x'), 1, 1000)) {
    EXPECT_EQ(add(each), std::nullopt);
    EXPECT_LE(counters().memory_bytes.get(), kBytes);
    expect_ledger();
  }
  EXPECT_GT(counters().discarded_share_bytes.get(), 0U);
  EXPECT_EQ(counters().messages.get(), 0U);
}

TEST_F(SmallGelfChunksTest, ChunkLargerThanTheLimit_IsDiscardedAlone) {
  EXPECT_EQ(add(chunk(1, 0, 1, std::string(kBytes, 'x'))), std::nullopt);
  EXPECT_EQ(counters().discarded_limit_bytes.get(), kBytes + kGelfChunkHeader);
  EXPECT_EQ(counters().waiting.get(), 0U);
}

// A spare buffer that was large must not count against a message that does not need it.
TEST_F(SmallGelfChunksTest, SpareBuffers_TakeNothingFromAnybody) {
  EXPECT_EQ(add(chunk(1, 0, 2, std::string(4000, 'x'))), std::nullopt);
  ASSERT_TRUE(add(chunk(1, 1, 2, std::string(4000, 'x'))));
  for (std::uint64_t id = 2; id <= 3; ++id) EXPECT_EQ(add(chunk(id, 0, 2, "a")), std::nullopt);
  EXPECT_EQ(counters().incomplete.get(), 0U);
  EXPECT_LE(counters().memory_bytes.get(), kBytes);
}

// Random messages, split at random, shuffled, repeated and interleaved: each comes out once, as it was sent.
TEST_F(GelfChunksTest, ShuffledDuplicatedInterleaved_OutputEqualsInput) {
  std::mt19937 random(20240607);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (std::uint64_t round = 0; round < 50; ++round) {
    std::vector<std::string> sent;
    std::vector<Datagram> early;
    std::vector<Datagram> last;
    const std::size_t messages = 1 + below(20);
    for (std::uint64_t i = 0; i < messages; ++i) {
      std::string text(1 + below(3000), '\0');
      std::ranges::generate(text, [&] { return static_cast<char>(below(256)); });
      auto all = chunks(text, round * 100 + i, 24 + below(100));
      std::ranges::shuffle(all, random);
      // The withheld chunk completes its message, so no repeated chunk can follow it.
      last.push_back(all.back());
      all.pop_back();
      const std::size_t unique = all.size();
      for (std::size_t part = 0; part < unique; ++part) {
        if (below(4) == 0) all.push_back(all[part]);
      }
      early.insert(early.end(), all.begin(), all.end());
      sent.push_back(std::move(text));
    }
    std::ranges::shuffle(early, random);
    std::ranges::shuffle(last, random);
    for (const Datagram& each : early) ASSERT_EQ(add(each), std::nullopt);
    std::vector<std::string> received;
    for (const Datagram& each : last) {
      std::optional<std::string> whole = add(each);
      ASSERT_TRUE(whole);
      received.push_back(*std::move(whole));
    }
    std::ranges::sort(sent);
    std::ranges::sort(received);
    ASSERT_EQ(received, sent);
    ASSERT_EQ(counters().memory_bytes.get(), 0U);
  }
  EXPECT_EQ(counters().seen_bytes.get(), counters().delivered_bytes.get() + counters().duplicate_bytes.get());
  EXPECT_GT(counters().duplicate_bytes.get(), 0U);
}

// Random chunks: whatever comes out, the counters add up and the bounds hold after every chunk.
TEST_F(SmallGelfChunksTest, RandomChunks_KeepLedgerAndBounds) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  PacketTime now = kStart;
  for (int i = 0; i < 20'000; ++i) {
    now += below(200) == 0 ? Duration(6s) : Duration(1ms);
    const int count = static_cast<int>(below(50) == 0 ? 129 : below(5));
    const std::string text(below(20) == 0 ? 5000 : below(60), 'x');
    Flow flow = kFlow;
    flow.src.port = static_cast<std::uint16_t>(below(3));
    static_cast<void>(add(chunk(below(12), static_cast<int>(below(5)), count, text), now, flow, below(100) == 0));
    expect_ledger();
    ASSERT_LE(counters().memory_bytes.get(), kBytes);
    ASSERT_FALSE(HasFailure());
  }
  for (const Counter* each :
       {&counters().delivered_bytes, &counters().duplicate_bytes, &counters().discarded_timeout_bytes,
        &counters().discarded_share_bytes, &counters().discarded_malformed_bytes}) {
    EXPECT_GT(each->get(), 0U);  // every outcome occurred
  }
  table_.expire(now + 6s);
  EXPECT_EQ(counters().memory_bytes.get(), 0U);
}

}  // namespace
}  // namespace logsniffd::framing

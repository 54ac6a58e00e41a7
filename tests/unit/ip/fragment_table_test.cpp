#include "daemon/ip/fragment_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "daemon/ip/ip_decoder.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::ip {
namespace {

using namespace std::chrono_literals;
using test::Packet;

constexpr FragmentLimits kRoomy{.bytes = 32U << 20, .wait = 30s};
const PacketTime kStart{1'700'000'000s};
const Address kA4 = *Address::parse("10.0.0.1");
const Address kB4 = *Address::parse("10.0.0.2");
const Address kA6 = *Address::parse("2001:db8::1");
const Address kB6 = *Address::parse("2001:db8::2");
constexpr std::string_view kText = "0123456789abcdefghijklmnopqrstuvwxyz";  // 36: four parts of eight, one of four

class FragmentTableTest : public testing::Test {
 protected:
  explicit FragmentTableTest(FragmentLimits limits = kRoomy) : table_(limits) {}

  // The sum in the header holds after every test.
  void TearDown() override { expect_ledger(); }

  void expect_ledger() { EXPECT_EQ(unaccounted(table_.counters()), 0); }

  std::optional<std::string> add(const Packet& packet, PacketTime at = kStart) {
    const IpResult result = decode(packet, 1);  // the packet may lack a byte
    EXPECT_EQ(result.verdict, IpVerdict::datagram);
    EXPECT_TRUE(result.datagram.fragment);
    const std::optional<Datagram> whole = table_.add(result.datagram, at);
    if (!whole) return std::nullopt;
    EXPECT_FALSE(whole->fragment);
    EXPECT_EQ(whole->missing_bytes, 0U);
    EXPECT_EQ(whole->src, result.datagram.src);
    EXPECT_EQ(whole->dst, result.datagram.dst);
    last_protocol_ = whole->protocol;
    return std::string(as_text(whole->payload));
  }

  [[nodiscard]] const FragmentCounters& counters() const { return table_.counters(); }

  FragmentTable table_;
  std::uint8_t last_protocol_ = 0;
};

std::vector<Packet> parts4(std::string_view text = kText, std::uint32_t identification = 1, std::size_t size = 8) {
  return test::ip_fragments(kA4, kB4, {.protocol = 17, .identification = identification}, as_bytes(text), size);
}
std::vector<Packet> parts6(std::string_view text = kText, std::uint32_t identification = 1, std::size_t size = 8) {
  return test::ip_fragments(kA6, kB6, {.protocol = 17, .identification = identification}, as_bytes(text), size);
}
Packet part4(std::uint32_t offset, bool more, std::string_view text) {
  return test::ip(kA4, kB4, {.protocol = 17, .fragment_offset = offset, .more_fragments = more}, as_bytes(text));
}

TEST_F(FragmentTableTest, InOrder_LastFragmentCompletes) {
  for (const auto& parts : {parts4(), parts6()}) {
    ASSERT_EQ(parts.size(), 5U);
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) EXPECT_EQ(add(parts[i]), std::nullopt);
    EXPECT_EQ(add(parts.back()), kText);
    EXPECT_EQ(last_protocol_, kProtocolUdp);
  }
  EXPECT_EQ(counters().absorbed.get(), 10U);
  EXPECT_EQ(counters().datagrams.get(), 2U);
  EXPECT_EQ(counters().held.get(), 0U);
  EXPECT_EQ(counters().held_bytes.get(), 0U);
}

TEST_F(FragmentTableTest, Backwards_FirstFragmentCompletes) {
  const auto parts = parts4();
  for (std::size_t i = parts.size() - 1; i > 0; --i) EXPECT_EQ(add(parts[i]), std::nullopt);
  EXPECT_EQ(counters().held.get(), 4U);
  EXPECT_EQ(add(parts[0]), kText);
}

TEST_F(FragmentTableTest, ExactDuplicate_IsIgnored) {
  const auto parts = parts6();
  EXPECT_EQ(add(parts[4]), std::nullopt);
  EXPECT_EQ(add(parts[4]), std::nullopt);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(add(parts[i]), std::nullopt);
  EXPECT_EQ(add(parts[1]), std::nullopt);
  EXPECT_EQ(add(parts[3]), kText);
  EXPECT_EQ(counters().duplicate.get(), 2U);
  EXPECT_EQ(counters().absorbed.get(), 5U);
}

TEST_F(FragmentTableTest, WholeDatagramTwice_ComesOutTwice) {
  for (int round = 0; round < 2; ++round) {
    const auto parts = parts4();
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) EXPECT_EQ(add(parts[i]), std::nullopt);
    EXPECT_EQ(add(parts.back()), kText);
  }
}

TEST_F(FragmentTableTest, OverlapOfAnyShape_DiscardsTheWholeDatagram) {
  struct Case {
    const char* name;
    Packet first;
    Packet second;
  };
  const std::vector<Case> cases{
      {"same place, other bytes", part4(8, true, "abcdefgh"), part4(8, true, "ABCDEFGH")},
      {"same place, longer", part4(8, true, "abcdefgh"), part4(8, true, "abcdefghabcdefgh")},
      {"tail of the one before", part4(0, true, "abcdefghijklmnop"), part4(8, true, "ijklmnopabcdefgh")},
      {"inside the one before", part4(0, true, "abcdefghijklmnopabcdefgh"), part4(8, true, "ijklmnop")},
      {"head of the one behind", part4(8, true, "abcdefgh"), part4(0, true, "abcdefghijklmnop")},
      {"same place, ends it", part4(8, true, "abcdefgh"), part4(8, false, "abcdefgh")},
      {"same place, no longer ends it", part4(8, false, "abcdefgh"), part4(8, true, "abcdefgh")},
      {"a second end behind", part4(8, false, "abcdefgh"), part4(16, false, "abcdefgh")},
      {"a second end before", part4(16, false, "abcdefgh"), part4(8, false, "abcdefgh")},
      {"beyond the end", part4(8, false, "abc"), part4(16, true, "abcdefgh")},
      {"touches the end, says more", part4(16, false, "x"), part4(8, true, "abcdefghabcdefgh")},
      {"an end before what was seen", part4(16, true, "abcdefgh"), part4(8, false, "abcdefgh")},
  };
  std::uint64_t expected = 0;
  PacketTime now = kStart;
  for (const Case& overlap : cases) {
    SCOPED_TRACE(overlap.name);
    EXPECT_EQ(add(overlap.first, now), std::nullopt);
    EXPECT_EQ(add(overlap.second, now), std::nullopt);
    expected += 2;
    EXPECT_EQ(counters().discarded_overlap.get(), expected);
    EXPECT_EQ(counters().held.get(), 0U);
    now += 31s;  // the refusal is forgotten
  }
  EXPECT_EQ(counters().datagrams.get(), 0U);
}

TEST_F(FragmentTableTest, AfterAnOverlap_LaterFragmentsAreRefusedUntilTheWaitIsOver) {
  EXPECT_EQ(add(part4(0, true, "abcdefgh")), std::nullopt);
  EXPECT_EQ(add(part4(0, true, "ABCDEFGH")), std::nullopt);
  EXPECT_EQ(add(part4(0, true, "abcdefgh")), std::nullopt);
  EXPECT_EQ(add(part4(8, false, "end")), std::nullopt);
  EXPECT_EQ(counters().discarded_overlap.get(), 4U);
  EXPECT_GT(counters().held_bytes.get(), 0U);  // the refusal itself

  EXPECT_EQ(add(part4(0, true, "abcdefgh"), kStart + 31s), std::nullopt);
  EXPECT_EQ(add(part4(8, false, "end"), kStart + 31s), "abcdefghend");
  EXPECT_EQ(counters().held_bytes.get(), 0U);
}

TEST_F(FragmentTableTest, Malformed_IsCountedAndTheOthersStay) {
  EXPECT_EQ(add(part4(0, true, "abcdefgh")), std::nullopt);
  EXPECT_EQ(add(part4(8, true, "seven..")), std::nullopt);         // not a multiple of eight
  EXPECT_EQ(add(part4(8, true, "")), std::nullopt);                // empty
  EXPECT_EQ(add(part4(65'528, false, "12345678")), std::nullopt);  // 65,536 bytes
  Packet cut = part4(8, false, "end");
  cut.pop_back();
  EXPECT_EQ(add(cut), std::nullopt);
  EXPECT_EQ(counters().discarded_malformed.get(), 4U);
  EXPECT_EQ(add(part4(8, false, "end")), "abcdefghend");
}

TEST_F(FragmentTableTest, LargestDatagramInSmallestFragments_IsPutTogether) {
  const std::string largest(65'535, 'x');
  const auto parts = parts4(largest);
  ASSERT_EQ(parts.size(), kMaxFragments);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) ASSERT_EQ(add(parts[i]), std::nullopt);
  EXPECT_EQ(add(parts.back()), largest);
}

TEST_F(FragmentTableTest, OneDifferenceInTheIdentity_KeepsDatagramsApart) {
  const auto first = [](const Address& src, const Address& dst, std::uint8_t protocol, std::uint32_t identification) {
    return test::ip(src, dst, {.protocol = protocol, .identification = identification, .more_fragments = true},
                    as_bytes("abcdefgh"));
  };
  EXPECT_EQ(add(first(kA4, kB4, 17, 1)), std::nullopt);
  EXPECT_EQ(add(first(kB4, kA4, 17, 1)), std::nullopt);
  EXPECT_EQ(add(first(kA4, kB4, 6, 1)), std::nullopt);
  EXPECT_EQ(add(first(kA4, kB4, 17, 2)), std::nullopt);
  EXPECT_EQ(add(first(kA6, kB6, 17, 1)), std::nullopt);
  EXPECT_EQ(add(first(kA6, kB6, 17, 0x10001)), std::nullopt);  // IPv6 identifications have 32 bits
  EXPECT_EQ(counters().held.get(), 6U);
  EXPECT_EQ(counters().duplicate.get(), 0U);
}

TEST_F(FragmentTableTest, Ipv6NextHeader_IsThatOfTheFirstFragment) {
  const auto part = [](std::uint8_t protocol, std::uint32_t offset, bool more) {
    return test::ip(kA6, kB6, {.protocol = protocol, .fragment_offset = offset, .more_fragments = more},
                    as_bytes("abcdefgh"));
  };
  EXPECT_EQ(add(part(99, 8, false)), std::nullopt);
  EXPECT_EQ(add(part(17, 0, true)), "abcdefghabcdefgh");
  EXPECT_EQ(last_protocol_, kProtocolUdp);
}

TEST_F(FragmentTableTest, ExtensionHeadersInTheFragmentedPart_AreTakenOff) {
  Packet payload{17, 0, 1, 4, 0, 0, 0, 0};
  payload.insert(payload.end(), kText.begin(), kText.end());
  const auto parts = test::ip_fragments(kA6, kB6, {.protocol = 60}, payload, 24);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(add(parts[1]), std::nullopt);
  EXPECT_EQ(add(parts[0]), kText);
  EXPECT_EQ(last_protocol_, kProtocolUdp);
}

TEST_F(FragmentTableTest, BrokenExtensionHeadersInTheFragmentedPart_DiscardTheDatagram) {
  const Packet beyond{17, 200, 1, 4, 0, 0, 0, 0, 0, 0};
  const Packet nested{17, 0, 0, 9, 0, 0, 0, 1, 0, 0};  // a second fragment header
  std::uint32_t identification = 1;
  for (const auto& [protocol, payload] : {std::pair<std::uint8_t, Packet>{60, beyond}, {44, nested}}) {
    const test::IpOptions options{.protocol = protocol, .identification = identification++};
    for (const Packet& part : test::ip_fragments(kA6, kB6, options, payload, 8)) {
      EXPECT_EQ(add(part), std::nullopt);
    }
  }
  EXPECT_EQ(counters().discarded_malformed.get(), 4U);
  EXPECT_EQ(counters().datagrams.get(), 0U);
  EXPECT_EQ(counters().held_bytes.get(), 0U);
}

TEST_F(FragmentTableTest, WaitOver_DiscardsEvenWithoutAnotherFragment) {
  EXPECT_EQ(add(parts4()[0]), std::nullopt);
  EXPECT_EQ(add(parts4()[1], kStart + 20s), std::nullopt);  // does not renew the wait
  table_.expire(kStart + 30s);
  EXPECT_EQ(counters().held.get(), 2U);
  table_.expire(kStart + 30s + 1ns);
  EXPECT_EQ(counters().held.get(), 0U);
  EXPECT_EQ(counters().held_bytes.get(), 0U);
  EXPECT_EQ(counters().discarded_timeout.get(), 2U);
}

TEST_F(FragmentTableTest, LookAtTheClockLiesFarBehindTheFragments_NothingExpires) {
  const auto packets = test::ip_fragments(kA4, kB4, {.protocol = 17, .identification = 1}, as_bytes(kText), 8);
  add(packets[0]);
  table_.expire(kStart - 31s);
  EXPECT_EQ(counters().held.get(), 1U);
}

TEST_F(FragmentTableTest, CaptureEnds_WhatWaitsIsCounted) {
  const auto packets = test::ip_fragments(kA4, kB4, {.protocol = 17}, as_bytes(kText), 8);
  add(packets[0]);
  add(packets[2]);
  table_.finish();
  EXPECT_EQ(counters().held.get(), 0U);
  EXPECT_EQ(counters().discarded_unfinished.get(), 2U);
}

TEST_F(FragmentTableTest, WaitOver_TheFragmentThatComesStartsAnew) {
  EXPECT_EQ(add(part4(0, true, "abcdefgh")), std::nullopt);
  EXPECT_EQ(add(part4(8, false, "end"), kStart + 31s), std::nullopt);
  EXPECT_EQ(counters().discarded_timeout.get(), 1U);
  EXPECT_EQ(counters().held.get(), 1U);
}

TEST_F(FragmentTableTest, YoungerDatagrams_OutliveTheExpiryOfOlderOnes) {
  EXPECT_EQ(add(parts4(kText, 1)[0]), std::nullopt);
  const auto young = parts4(kText, 2);
  for (std::size_t i = 0; i + 1 < young.size(); ++i) EXPECT_EQ(add(young[i], kStart + 10s), std::nullopt);
  EXPECT_EQ(add(young.back(), kStart + 35s), kText);
  EXPECT_EQ(counters().discarded_timeout.get(), 1U);
}

class SmallFragmentTableTest : public FragmentTableTest {
 protected:
  static constexpr std::uint64_t kBytes = 4096;
  SmallFragmentTableTest() : FragmentTableTest({.bytes = kBytes, .wait = 30s}) {}
};

TEST_F(SmallFragmentTableTest, ManyDatagrams_NeverExceedTheLimitAndTheOldestGoesFirst) {
  for (std::uint32_t id = 1; id <= 100; ++id) {
    EXPECT_EQ(add(parts4(kText, id)[0]), std::nullopt);
    EXPECT_LE(counters().held_bytes.get(), kBytes);
    expect_ledger();
  }
  EXPECT_GT(counters().held.get(), 1U);
  EXPECT_EQ(counters().discarded_share.get(), 100 - counters().held.get());
  const auto youngest = parts4(kText, 100);
  for (std::size_t i = 1; i + 1 < youngest.size(); ++i) EXPECT_EQ(add(youngest[i]), std::nullopt);
  EXPECT_EQ(add(youngest.back()), kText);
}

TEST_F(SmallFragmentTableTest, OneDatagramBeyondTheLimit_IsDiscardedWithTheFragmentThatDidNotFit) {
  const auto parts = parts4(std::string(8000, 'x'), 1, 1000);
  for (const Packet& part : parts) {
    EXPECT_EQ(add(part), std::nullopt);
    EXPECT_LE(counters().held_bytes.get(), kBytes);
  }
  EXPECT_GT(counters().discarded_share.get(), 1U);
  EXPECT_EQ(counters().datagrams.get(), 0U);
}

TEST_F(SmallFragmentTableTest, OneSourceFloods_TheOthersKeepTheirPlaces) {
  const auto honest = parts4();
  EXPECT_EQ(add(honest[0]), std::nullopt);
  for (std::uint32_t id = 1; id <= 100; ++id) {
    const test::IpOptions options{.protocol = 17, .identification = id};
    EXPECT_EQ(add(test::ip_fragments(*Address::parse("192.0.2.66"), kB4, options, as_bytes(kText), 8)[0]),
              std::nullopt);
    expect_ledger();
  }
  for (std::size_t i = 1; i + 1 < honest.size(); ++i) EXPECT_EQ(add(honest[i]), std::nullopt);
  EXPECT_EQ(add(honest.back()), kText);
  EXPECT_EQ(counters().discarded_limit.get(), 0U);
}

TEST_F(SmallFragmentTableTest, FragmentLargerThanTheLimit_IsDiscardedAlone) {
  EXPECT_EQ(add(part4(0, true, std::string(5000, 'x'))), std::nullopt);
  EXPECT_EQ(counters().discarded_limit.get(), 1U);
  EXPECT_EQ(counters().held_bytes.get(), 0U);
}

// Random datagrams of both families, split at random, shuffled, repeated and interleaved: each comes out once, as
// it was sent.
TEST_F(FragmentTableTest, ShuffledDuplicatedInterleaved_OutputEqualsInput) {
  std::mt19937 random(20240607);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> sent;
    std::vector<Packet> first_copies;
    std::vector<Packet> second_copies;
    const std::size_t datagrams = 1 + below(20);
    for (std::size_t i = 0; i < datagrams; ++i) {
      std::string text(100 + below(5000), '\0');
      std::ranges::generate(text, [&] { return static_cast<char>(below(256)); });
      const auto id = static_cast<std::uint32_t>(round * 100 + static_cast<int>(i));
      const std::size_t size = 8 * (1 + below(12));
      std::vector<Packet> parts = i % 2 == 0 ? parts4(text, id, size) : parts6(text, id, size);
      // The withheld part completes its datagram, so no repeated part can follow it.
      std::ranges::shuffle(parts, random);
      second_copies.push_back(parts.back());
      parts.pop_back();
      const std::size_t unique = parts.size();
      for (std::size_t part = 0; part < unique; ++part) {
        if (below(4) == 0) parts.push_back(parts[part]);
      }
      first_copies.insert(first_copies.end(), parts.begin(), parts.end());
      sent.push_back(std::move(text));
    }
    std::ranges::shuffle(first_copies, random);
    std::ranges::shuffle(second_copies, random);
    for (const Packet& packet : first_copies) ASSERT_EQ(add(packet), std::nullopt);
    std::vector<std::string> received;
    for (const Packet& packet : second_copies) {
      std::optional<std::string> whole = add(packet);
      ASSERT_TRUE(whole);
      received.push_back(*std::move(whole));
    }
    std::ranges::sort(sent);
    std::ranges::sort(received);
    ASSERT_EQ(received, sent);
    ASSERT_EQ(counters().held.get(), 0U);
    ASSERT_EQ(counters().held_bytes.get(), 0U);
  }
  EXPECT_EQ(counters().fragments.get(), counters().absorbed.get() + counters().duplicate.get());  // none discarded
  EXPECT_GT(counters().duplicate.get(), 0U);
}

// Random fragments: whatever comes out, the sum and the bound hold after every fragment.
TEST_F(SmallFragmentTableTest, RandomFragments_KeepLedgerAndBound) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  const std::string text(200, 'x');
  PacketTime now = kStart;
  for (int i = 0; i < 20'000; ++i) {
    now += below(200) == 0 ? Duration(31s) : Duration(1ms);
    Datagram fragment;
    fragment.src = below(2) == 0 ? kA4 : kA6;
    fragment.dst = fragment.src.is_ipv4() ? kB4 : kB6;
    fragment.protocol = kProtocolUdp;
    fragment.payload = as_bytes(text).first(below(4) == 0 ? below(text.size()) : 8 * below(6));
    fragment.fragment =
        FragmentInfo{static_cast<std::uint32_t>(below(10)), static_cast<std::uint32_t>(8 * below(6)), below(3) != 0};
    static_cast<void>(table_.add(fragment, now));
    expect_ledger();
    ASSERT_LE(counters().held_bytes.get(), kBytes);
    ASSERT_FALSE(HasFailure());
  }
  for (const Counter* each :
       {&counters().absorbed, &counters().duplicate, &counters().discarded_timeout, &counters().discarded_share,
        &counters().discarded_overlap, &counters().discarded_malformed}) {
    EXPECT_GT(each->get(), 0U);  // every outcome occurred
  }
  table_.expire(now + 31s);
  EXPECT_EQ(counters().held.get(), 0U);
  EXPECT_EQ(counters().held_bytes.get(), 0U);
}

}  // namespace
}  // namespace logsniffd::ip

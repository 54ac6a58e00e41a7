#include "daemon/capture/copied_burst.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace logsniffd::capture {
namespace {

// Remembers what was handed over, and in how large bursts.
class Recorder final : public PacketObserver {
 public:
  void on_packet(const RawPacket& packet) override { on_packets({&packet, 1}); }
  void on_packets(std::span<const RawPacket> packets) override {
    bursts.push_back(packets.size());
    for (const RawPacket& packet : packets) texts.emplace_back(as_text(packet.bytes));
    last = packets.back().bytes;
  }

  std::vector<std::size_t> bursts;
  std::vector<std::string> texts;
  Bytes last;  // stale after the call, but still memory of the burst
};

class CopiedBurstTest : public testing::Test {
 protected:
  // The bytes are gone when this returns, as libpcap's are.
  void add(std::string text) {
    burst_->add({as_bytes(text), static_cast<std::uint32_t>(text.size()), {}, LinkType::ethernet, 0, {}}, recorder_);
    text.assign(text.size(), '?');
  }

  std::unique_ptr<CopiedBurst> burst_ = std::make_unique<CopiedBurst>();
  Recorder recorder_;
};

TEST_F(CopiedBurstTest, SmallPackets_WaitForTheFlush) {
  add("a");
  add("");
  add("bc");
  EXPECT_TRUE(recorder_.texts.empty());
  burst_->flush(recorder_);
  EXPECT_EQ(recorder_.texts, (std::vector<std::string>{"a", "", "bc"}));
  EXPECT_EQ(recorder_.bursts, std::vector<std::size_t>{3});
  burst_->flush(recorder_);
  EXPECT_EQ(recorder_.bursts.size(), 1U);
}

TEST_F(CopiedBurstTest, Copies_AreWipedAfterwards) {
  add("password");
  burst_->flush(recorder_);
  EXPECT_EQ(recorder_.texts, std::vector<std::string>{"password"});
  EXPECT_EQ(as_text(recorder_.last), std::string(8, '\0'));
}

TEST_F(CopiedBurstTest, FullBurst_IsHandedOver) {
  std::vector<std::string> expected;
  for (std::size_t i = 0; i <= kMaxBurst; ++i) add(expected.emplace_back(std::to_string(i)));
  EXPECT_EQ(recorder_.bursts, std::vector<std::size_t>{kMaxBurst});
  burst_->flush(recorder_);
  EXPECT_EQ(recorder_.texts, expected);
}

TEST_F(CopiedBurstTest, LargePacket_KeepsItsPlace) {
  const std::string largest(CopiedBurst::kLargestCopied, 'l');
  const std::string large = largest + "!";
  add("a");
  add(largest);
  add(large);
  EXPECT_EQ(recorder_.bursts, (std::vector<std::size_t>{2, 1}));
  add("b");
  burst_->flush(recorder_);
  EXPECT_EQ(recorder_.texts, (std::vector<std::string>{"a", largest, large, "b"}));
}

}  // namespace
}  // namespace logsniffd::capture

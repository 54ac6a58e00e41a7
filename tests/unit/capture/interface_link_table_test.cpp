#include "daemon/capture/link_table.hpp"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cstring>
#include <string>
#include <vector>

namespace logsniffd::capture {
namespace {

constexpr std::uint32_t kLowerUp = 0x10000;

struct Message {
  std::uint16_t type = RTM_NEWLINK;
  std::uint8_t family = AF_UNSPEC;
  std::uint32_t index = 2;
  std::uint32_t flags = IFF_UP | kLowerUp;
  std::string name = "eth0";
};

template <class T>
void append(std::vector<std::uint8_t>& out, T value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof(value));
}

std::vector<std::uint8_t> encode(const Message& message) {
  std::vector<std::uint8_t> body;
  append(body, message.family);
  append(body, std::uint8_t{0});
  append(body, std::uint16_t{1});
  append(body, message.index);
  append(body, message.flags);
  append(body, std::uint32_t{0});
  const auto attribute = [&](std::uint16_t type, const std::string& value) {
    append(body, static_cast<std::uint16_t>(4 + value.size()));
    append(body, type);
    body.insert(body.end(), value.begin(), value.end());
    while (body.size() % 4 != 0) body.push_back(0);
  };
  attribute(IFLA_QDISC, "noop");
  if (!message.name.empty()) attribute(IFLA_IFNAME, message.name + '\0');

  std::vector<std::uint8_t> out;
  append(out, static_cast<std::uint32_t>(16 + body.size()));
  append(out, message.type);
  append(out, std::uint16_t{0});
  append(out, std::uint32_t{1});
  append(out, std::uint32_t{0});
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

TEST(LinkTable, NewLink_IsKnownWithItsState) {
  LinkTable table;
  EXPECT_TRUE(table.apply(encode({})).changed);
  const Link* link = table.find("eth0");
  ASSERT_NE(link, nullptr);
  EXPECT_EQ(link->index, 2U);
  EXPECT_EQ(state_of(*link), "up");
  EXPECT_FALSE(link->loopback);
}

TEST(LinkTable, SameAgain_IsNoChange) {
  LinkTable table;
  (void)table.apply(encode({}));
  EXPECT_FALSE(table.apply(encode({})).changed);
}

TEST(LinkTable, StateChanges_AreTold) {
  LinkTable table;
  (void)table.apply(encode({}));
  EXPECT_TRUE(table.apply(encode({.flags = IFF_UP})).changed);
  EXPECT_EQ(state_of(*table.find("eth0")), "no carrier");
  EXPECT_TRUE(table.apply(encode({.flags = 0})).changed);
  EXPECT_EQ(state_of(*table.find("eth0")), "down");
}

TEST(LinkTable, Renamed_IsFoundUnderTheNewNameOnly) {
  LinkTable table;
  (void)table.apply(encode({}));
  EXPECT_TRUE(table.apply(encode({.name = "wan0"})).changed);
  EXPECT_EQ(table.find("eth0"), nullptr);
  ASSERT_NE(table.find("wan0"), nullptr);
  EXPECT_EQ(*table.name_of(2), "wan0");
}

TEST(LinkTable, Deleted_IsGoneButItsNameIsRemembered) {
  LinkTable table;
  (void)table.apply(encode({}));
  EXPECT_TRUE(table.apply(encode({.type = RTM_DELLINK})).changed);
  EXPECT_EQ(table.find("eth0"), nullptr);
  ASSERT_NE(table.name_of(2), nullptr);
  EXPECT_EQ(*table.name_of(2), "eth0");
  EXPECT_EQ(table.name_of(3), nullptr);
}

// A bridge sends a DELLINK of its own family for a port that only leaves the bridge.
TEST(LinkTable, BridgePortLeavesBridge_LinkStays) {
  LinkTable table;
  (void)table.apply(encode({}));
  EXPECT_FALSE(table.apply(encode({.type = RTM_DELLINK, .family = AF_BRIDGE})).changed);
  EXPECT_NE(table.find("eth0"), nullptr);
}

TEST(LinkTable, MessageWithoutName_KeepsTheKnownOne) {
  LinkTable table;
  (void)table.apply(encode({}));
  EXPECT_TRUE(table.apply(encode({.flags = 0, .name = ""})).changed);
  ASSERT_NE(table.find("eth0"), nullptr);
  EXPECT_FALSE(table.find("eth0")->up);
}

TEST(LinkTable, SeveralMessagesInOneDatagram_AreAllApplied) {
  std::vector<std::uint8_t> datagram = encode({});
  const auto second = encode({.index = 1, .flags = IFF_UP | IFF_LOOPBACK | kLowerUp, .name = "lo"});
  datagram.insert(datagram.end(), second.begin(), second.end());
  const auto end = encode({.type = NLMSG_DONE});
  datagram.insert(datagram.end(), end.begin(), end.end());
  LinkTable table;
  const LinkTable::Outcome outcome = table.apply(datagram);
  EXPECT_TRUE(outcome.changed);
  EXPECT_TRUE(outcome.done);
  EXPECT_EQ(table.links().size(), 2U);
  EXPECT_TRUE(table.find("lo")->loopback);
}

TEST(LinkTable, EveryTruncation_IsSurvived) {
  const std::vector<std::uint8_t> whole = encode({});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    LinkTable table;
    EXPECT_FALSE(table.apply(cut).changed) << size;
  }
}

TEST(LinkTable, LengthsOfZero_EndTheMessage) {
  std::vector<std::uint8_t> bytes = encode({});
  std::memset(bytes.data() + 32, 0, 2);  // the length of the first attribute
  LinkTable table;
  EXPECT_FALSE(table.apply(bytes).changed);
  std::memset(bytes.data(), 0, 4);
  EXPECT_FALSE(table.apply(bytes).changed);
}

TEST(LinkTable, MoreLinksThanTheCeiling_AreCountedNotKept) {
  LinkTable table;
  for (std::uint32_t index = 1; index <= kMaxLinks + 3; ++index) {
    (void)table.apply(encode({.index = index, .name = "v" + std::to_string(index)}));
  }
  EXPECT_EQ(table.links().size(), kMaxLinks);
  EXPECT_EQ(table.beyond_ceiling(), 3U);
}

TEST(LinkTable, NamesOfGoneLinks_AreForgottenWhenTheyAreTooMany) {
  LinkTable table;
  (void)table.apply(encode({.index = 1, .name = "stays"}));
  for (std::uint32_t index = 2; index <= 2 * kMaxLinks + 2; ++index) {
    (void)table.apply(encode({.index = index, .name = "goes"}));
    (void)table.apply(encode({.type = RTM_DELLINK, .index = index, .name = "goes"}));
  }
  EXPECT_EQ(table.name_of(2), nullptr);
  ASSERT_NE(table.name_of(1), nullptr);
  EXPECT_EQ(*table.name_of(1), "stays");
}

}  // namespace
}  // namespace logsniffd::capture

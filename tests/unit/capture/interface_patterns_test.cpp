#include "daemon/capture/interface_patterns.hpp"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include <cstring>

namespace logsniffd::capture {
namespace {

// rtnetlink(7): nlmsghdr, ifinfomsg, one IFLA_IFNAME.
std::vector<std::uint8_t> new_link(std::uint32_t index, const std::string& name) {
  std::vector<std::uint8_t> out(32 + 4 + name.size() + 1);
  const auto put = [&](std::size_t at, auto value) { std::memcpy(out.data() + at, &value, sizeof(value)); };
  put(0, static_cast<std::uint32_t>(out.size()));
  put(4, static_cast<std::uint16_t>(RTM_NEWLINK));
  put(20, index);
  put(32, static_cast<std::uint16_t>(4 + name.size() + 1));
  put(34, static_cast<std::uint16_t>(IFLA_IFNAME));
  std::memcpy(out.data() + 36, name.data(), name.size());
  return out;
}

LinkTable table_of(const std::vector<std::string>& names) {
  LinkTable table;
  std::uint32_t index = 0;
  for (const std::string& name : names) (void)table.apply(new_link(++index, name));
  return table;
}

TEST(InterfacePatterns, Name_MatchesItselfAlone) {
  EXPECT_TRUE(matches_any({"eth0"}, "eth0"));
  EXPECT_FALSE(matches_any({"eth0"}, "eth01"));
  EXPECT_FALSE(matches_any({}, "eth0"));
}

TEST(InterfacePatterns, Glob_MatchesAsTheShellDoes) {
  EXPECT_TRUE(matches_any({"lo", "eth[0-3]"}, "eth2"));
  EXPECT_FALSE(matches_any({"lo", "eth[0-3]"}, "eth4"));
  EXPECT_TRUE(matches_any({"veth*"}, "veth12ab"));
  EXPECT_TRUE(matches_any({"wg?"}, "wg0"));
  EXPECT_FALSE(matches_any({"wg?"}, "wg10"));
}

TEST(CheckName, GlobThatMatchesNothing_IsNoError) {
  EXPECT_TRUE(check_name("wg*", table_of({"lo"})));
  EXPECT_TRUE(check_name("any", table_of({"lo"})));
}

TEST(CheckName, MissingName_NamesWhatIsThere) {
  const Status status = check_name("wlan0", table_of({"lo", "eth0"}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind(), ErrorKind::usage);
  EXPECT_EQ(status.error().message(), "wlan0: no such interface; this machine has: lo, eth0");
}

TEST(CheckName, SlipOfThePen_IsGuessed) {
  const Status status = check_name("ens18s", table_of({"lo", "ens18"}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "ens18s: no such interface; this machine has: lo, ens18 (did you mean 'ens18'?)");
}

TEST(NamesOf, ManyLinks_AreCutOff) {
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back("v" + std::to_string(i));
  EXPECT_EQ(names_of(table_of(names)), "v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, ...");
}

}  // namespace
}  // namespace logsniffd::capture

#include "daemon/base/endpoint.hpp"

#include <gtest/gtest.h>

namespace logsniffd {
namespace {

TEST(Address, Ipv4Text_RoundTrips) {
  const auto address = Address::parse("10.0.0.1");
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->is_ipv4());
  EXPECT_EQ(address->to_string(), "10.0.0.1");
  EXPECT_EQ(address->bytes().size(), 16U);
}

TEST(Address, Ipv6Text_IsShortened) {
  const auto address = Address::parse("FE80:0:0:0:0:0:0:1");
  ASSERT_TRUE(address);
  EXPECT_FALSE(address->is_ipv4());
  EXPECT_EQ(address->to_string(), "fe80::1");
}

TEST(Address, MappedAndPlainIpv4_AreOneAddress) {
  EXPECT_EQ(Address::parse("::ffff:192.0.2.1"), Address::parse("192.0.2.1"));
}

TEST(Address, NoAddress_IsRefused) {
  for (const std::string_view text : {"", "10.0.0", "10.0.0.256", "10.0.0.1 ", "fe80::1%lo", "fe80:::1", "host"}) {
    EXPECT_EQ(Address::parse(text), std::nullopt) << text;
  }
}

TEST(Address, WireBytes_GiveTheSameAddressAsText) {
  constexpr std::array<std::uint8_t, 4> kFour{192, 0, 2, 1};
  constexpr std::array<std::uint8_t, 16> kSixteen{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x42};
  EXPECT_EQ(Address::from_ipv4(kFour), Address::parse("192.0.2.1"));
  EXPECT_EQ(Address::from_ipv6(kSixteen), Address::parse("2001:db8::42"));
}

TEST(Endpoint, Text_PutsIpv6InBrackets) {
  EXPECT_EQ((Endpoint{*Address::parse("10.0.0.1"), 514}.to_string()), "10.0.0.1:514");
  EXPECT_EQ((Endpoint{*Address::parse("fe80::1"), 514}.to_string()), "[fe80::1]:514");
}

TEST(Flow, TransportAlone_MakesADifference) {
  const Endpoint a{*Address::parse("10.0.0.1"), 1};
  const Endpoint b{*Address::parse("10.0.0.2"), 2};
  EXPECT_EQ((Flow{a, b, Transport::udp}), (Flow{a, b, Transport::udp}));
  EXPECT_NE((Flow{a, b, Transport::udp}), (Flow{a, b, Transport::tcp}));
  EXPECT_NE((Flow{a, b, Transport::udp}), (Flow{b, a, Transport::udp}));
  EXPECT_EQ(to_string(Transport::udp), "udp");
  EXPECT_EQ(to_string(Transport::tcp), "tcp");
}

}  // namespace
}  // namespace logsniffd

#include "daemon/base/socket_address.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace logsniffd {
namespace {

TEST(SocketAddress, HoldsEndpointsOfBothFamilies) {
  const Endpoint v4{*Address::parse("192.0.2.9"), 514};
  const Endpoint v6{*Address::parse("2001:db8::9"), 6514};
  EXPECT_EQ(SocketAddress(v4).family(), AF_INET);
  EXPECT_EQ(SocketAddress(v4).size(), sizeof(sockaddr_in));
  EXPECT_EQ(SocketAddress(v4).endpoint(), v4);
  EXPECT_EQ(SocketAddress(v6).family(), AF_INET6);
  EXPECT_EQ(SocketAddress(v6).size(), sizeof(sockaddr_in6));
  EXPECT_EQ(SocketAddress(v6).endpoint(), v6);
}

}  // namespace
}  // namespace logsniffd

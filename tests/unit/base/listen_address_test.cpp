#include "daemon/base/listen_address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace logsniffd {
namespace {

using testing::HasSubstr;

std::string words(const ListenAddress& address) {
  if (const auto* const unix_path = std::get_if<UnixPath>(&address)) return "unix " + unix_path->path;
  return std::get<Endpoint>(address).to_string();
}

struct Good {
  const char* text;
  const char* means;
};

class GoodListenAddress : public testing::TestWithParam<Good> {};

TEST_P(GoodListenAddress, IsRead) {
  const auto address = parse_listen_address(GetParam().text);
  ASSERT_TRUE(address) << address.error().message();
  EXPECT_EQ(words(*address), GetParam().means);
}

INSTANTIATE_TEST_SUITE_P(All, GoodListenAddress,
                         testing::Values(Good{"127.0.0.1:9514", "127.0.0.1:9514"}, Good{"127.9.9.9:1", "127.9.9.9:1"},
                                         Good{"[::1]:65535", "[::1]:65535"},
                                         Good{"unix:///run/logsniffd/metrics.sock",
                                              "unix /run/logsniffd/metrics.sock"}));

struct Bad {
  std::string text;
  const char* error;
};

class BadListenAddress : public testing::TestWithParam<Bad> {};

TEST_P(BadListenAddress, IsRefusedWithItsFix) {
  const auto address = parse_listen_address(GetParam().text);
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().kind(), ErrorKind::usage);
  EXPECT_THAT(address.error().message(), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadListenAddress,
    testing::Values(Bad{"", "use 127.0.0.1:PORT"}, Bad{"9514", "not an address with a port"},
                    Bad{"127.0.0.1", "not an address with a port"}, Bad{"127.0.0.1:", "no port from 1 to 65535"},
                    Bad{"127.0.0.1:0", "no port from 1 to 65535"}, Bad{"127.0.0.1:65536", "no port from 1 to 65535"},
                    Bad{"127.0.0.1:80x", "no port from 1 to 65535"}, Bad{"127.0.0.1:-1", "no port from 1 to 65535"},
                    Bad{"0.0.0.0:9514", "reached by other hosts"}, Bad{"[::]:9514", "reached by other hosts"},
                    Bad{"192.0.2.1:9514", "reached by other hosts"}, Bad{"128.0.0.1:1", "reached by other hosts"},
                    Bad{"localhost:9514", "not an IP address"}, Bad{"::1:9514", "not an IP address"},
                    Bad{"[127.0.0.1]:9514", "not an IP address"}, Bad{"[::ffff:127.0.0.1]:1", "not an IP address"},
                    Bad{"unix:run", "not an IP address"}, Bad{"unix://run/x", "absolute path"},
                    Bad{"unix:///" + std::string(107, 'x'), "longer than 107 bytes"}));

}  // namespace
}  // namespace logsniffd

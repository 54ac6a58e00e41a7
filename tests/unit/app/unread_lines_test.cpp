// What the daemon reports of streams that lost bytes.
#include "daemon/app/unread_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::app {
namespace {

using test::endpoint;
using testing::ElementsAre;
using testing::IsEmpty;

const Flow kIpv4{endpoint("192.0.2.7:40112"), endpoint("192.0.2.1:514"), Transport::tcp};
const Flow kIpv6{endpoint("[2001:db8::7]:40112"), endpoint("[2001:db8::1]:514"), Transport::tcp};

TEST(UnreadLines, NothingLost_NothingIsSaid) { EXPECT_THAT(describe(record_path::UnreadReport{}), IsEmpty()); }

TEST(UnreadLines, EachStream_IsALineThatNamesWhatItLost) {
  EXPECT_THAT(describe({{{kIpv4, {1234, 80, 5, 6}}, {kIpv6, {.late = 3}}}, {}}),
              ElementsAre("TCP 192.0.2.7:40112 -> 192.0.2.1:514: 1234 bytes missing, 80 bytes too late, 5 bytes after "
                          "its end, 6 bytes outside the window",
                          "TCP [2001:db8::7]:40112 -> [2001:db8::1]:514: 3 bytes too late"));
}

TEST(UnreadLines, ThoseThatAreNotShown_AreOneLine) {
  EXPECT_THAT(describe({{{kIpv4, {.missing = 1}}}, {.missing = 7, .outside_window = 9}}),
              ElementsAre("TCP 192.0.2.7:40112 -> 192.0.2.1:514: 1 bytes missing",
                          "TCP, other connections: 7 bytes missing, 9 bytes outside the window"));
}

}  // namespace
}  // namespace logsniffd::app

#include "daemon/app/explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "config/loader.hpp"

namespace logsniffd::app {
namespace {

using testing::HasSubstr;
using testing::Not;

Host host_with_eth0() {
  Host host;
  HostInterface lo;
  lo.name = "lo";
  lo.index = 1;
  lo.loopback = true;
  lo.link_type = capture::LinkType::ethernet;
  HostInterface eth0;
  eth0.name = "eth0";
  eth0.index = 2;
  host.interfaces = {lo, eth0};
  return host;
}

std::string explained(const std::string& yaml, bool show_bpf = false) {
  const auto loaded = config::load(yaml);
  EXPECT_TRUE(loaded.ok());
  return explain(loaded.config, "/etc/f.yaml", host_with_eth0(), show_bpf).value_or("failed");
}

constexpr const char* kYaml = R"(capture: {interfaces: [eth0, lo, 'tun*']}
filters:
  - name: app
    ports: [514, 6000-6010]
    protocol: tcp
    direction: to
    networks: [10.0.0.0/8, 192.0.2.1, 'fd00::/8']
    severity: warning
    exclude: [healthcheck]
    redact: [{pattern: 'password=\S+', with: x}]
    final: true
    to: [file, remote]
  - {name: rest, to: [journal, screen]}
sinks:
  file: {type: file, path: '/var/log/logsniffd/{filter}.log'}
  remote: {type: syslog, to: 'tcp://logs.example:601', spool: {path: /var/lib/logsniffd/remote}}
  journal: {type: journald}
  screen: {type: stdout}
)";

TEST(Explanation, ShowsWhatIsCapturedAndWhereItGoes) {
  EXPECT_EQ(explained(kYaml), R"(captures on lo, eth0 (EN10MB), with the kernel filter
  tcp or udp or (ip[6:2] & 0x3fff != 0) or (ip6[6] = 0 or ip6[6] = 43 or
  ip6[6] = 44 or ip6[6] = 51 or ip6[6] = 60 or ip6[6] = 135 or ip6[6] = 139 or
  ip6[6] = 140) or ether proto 0x8100 or ether proto 0x88a8 or
  ether proto 0x9100 or ether proto 0x8847 or ether proto 0x8848 or
  ether proto 0x8864 or ether proto 0x88e7 or ether proto 0xaa or ether proto 6
and on tun* when there is such an interface

filter app (/etc/f.yaml:3)
  takes tcp ports 514, 6000-6010, only what is sent to it, networks 10.0.0.0/8,
  192.0.2.1, fd00::/8
  refuses by severity (line 8), exclude (line 9)
  redacts
  is final for what it takes
  -> file: file /var/log/logsniffd/{filter}.log
  -> remote: syslog tcp://logs.example:601, spool /var/lib/logsniffd/remote

filter rest (/etc/f.yaml:13)
  takes tcp and udp, all ports
  -> journal: journald
  -> screen: stdout
)");
}

TEST(Explanation, OfAny_LeavesOutTheLoopbacksCopies) {
  EXPECT_THAT(explained("filters: [{name: a, port: 514, protocol: udp, to: [x]}]\nsinks: {x: {type: stdout}}"),
              HasSubstr("captures on any (LINUX_SLL2), with the kernel filter\n"
                        "  not (outbound and ifindex 1) and ((udp and (port 514)) or"));
}

TEST(Explanation, OfAnInterfaceWithControlCharacters_IsEscaped) {
  Host host = host_with_eth0();
  host.interfaces[1].name = "e\x1bth0";
  const auto loaded =
      config::load("capture: {interfaces: ['e*']}\nfilters: [{name: a, to: [x]}]\nsinks: {x: {type: stdout}}");
  EXPECT_THAT(explain(loaded.config, "f.yaml", host, false).value_or("failed"), HasSubstr("captures on e\\x1bth0 ("));
}

TEST(Explanation, KeepsTo80Columns) {
  std::istringstream lines(explained(kYaml));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Explanation, ShowsTheInstructionsOnlyIfAsked) {
  EXPECT_THAT(explained(kYaml), Not(HasSubstr("(000)")));
  const std::string with = explained(kYaml, true);
  EXPECT_THAT(with, HasSubstr(" instructions:\n    (000) ldh      [12]\n"));
  EXPECT_THAT(with, HasSubstr("ret      #262144\n"));
}

TEST(Explanation, OfTheInstructions_FollowsTheSnaplen) {
  EXPECT_THAT(explained(std::string("capture: {interfaces: [lo], snaplen: 1KiB}") + "\n" +
                            "filters: [{name: a, to: [x]}]\nsinks: {x: {type: stdout}}",
                        true),
              HasSubstr("ret      #1024\n"));
}

}  // namespace
}  // namespace logsniffd::app

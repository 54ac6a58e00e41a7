// Every error in capture, limits, daemon and at the top level, with exactly the text that the operator reads.
#include <gtest/gtest.h>

#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

class SectionRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(SectionRefusal, SaysWhereAndWhat) { EXPECT_EQ(lines_of(GetParam().yaml + kRest), GetParam().lines); }

const std::string kUnsupported = ": not supported by this version of logsniffd; remove the key";
const std::string kSizes = "; use a size such as 64KiB (units: B, KiB, MiB, GiB)";
const std::string kTimes = "; use a time such as 30s (units: us, ms, s, m, h, d)";
const std::string kMapping = " is a single value, but should be a mapping, with one 'key: value' per line";

INSTANTIATE_TEST_SUITE_P(
    Top, SectionRefusal,
    testing::Values(
        Refusal{"captur: {}", {"f.yaml:1:1: captur: unknown key (did you mean 'capture'?)"}},
        Refusal{"logging: {}",
                {"f.yaml:1:1: logging: unknown key; use capture, limits, filters, sinks, include or daemon"}},
        Refusal{"capture: {}\nlimits: {}\ncapture: {}",
                {"f.yaml:3:1: capture: duplicate key, first on line 1; remove one of them"}},
        Refusal{"capture: eth0", {"f.yaml:1:10: capture: 'eth0'" + kMapping}},
        Refusal{"limits: []",
                {"f.yaml:1:9: limits: this is a list, but should be a mapping, with one 'key: value' per line"}},
        Refusal{"daemon: info", {"f.yaml:1:9: daemon: 'info'" + kMapping}}));

INSTANTIATE_TEST_SUITE_P(
    Capture, SectionRefusal,
    testing::Values(
        Refusal{"capture:\n  interface: [eth0]",
                {"f.yaml:2:3: capture.interface: unknown key (did you mean 'interfaces'?)"}},
        Refusal{"capture:\n  mtu: 5",
                {"f.yaml:2:3: capture.mtu: unknown key; use interfaces, promiscuous, snaplen, buffer or latency"}},
        Refusal{"capture:\n  latency: 1s\n  latency: 2s",
                {"f.yaml:3:3: capture.latency: duplicate key, first on line 2; remove one of them"}},
        Refusal{"capture:\n  interfaces: eth0",
                {"f.yaml:2:15: capture.interfaces: 'eth0' is a single value, but should be a list, such as [a, b]"}},
        Refusal{"capture:\n  interfaces: []",
                {"f.yaml:2:15: capture.interfaces: lists no interfaces; use [any] for all"}},
        Refusal{"capture:\n  interfaces: [eth0, a/b]",
                {"f.yaml:2:22: capture.interfaces[1]: 'a/b' is not a valid interface name; use a name such as eth0, a "
                 "glob such as 'eth*', or any"}},
        Refusal{"capture:\n  interfaces:\n    - [eth0]",
                {"f.yaml:3:7: capture.interfaces[0]: this is a list, but should be a single value"}},
        Refusal{
            "capture:\n  promiscuous: yes",
            {"f.yaml:2:16: capture.promiscuous: 'yes' is neither true nor false; write one of them, without quotes"}},
        Refusal{
            "capture:\n  promiscuous: 'true'",
            {"f.yaml:2:16: capture.promiscuous: 'true' is neither true nor false; write one of them, without quotes"}},
        Refusal{"capture:\n  promiscuous: {}",
                {"f.yaml:2:16: capture.promiscuous: this is a mapping, but should be a single value; quote text that "
                 "starts with {"}},
        Refusal{"capture:\n  snaplen:\n  buffer: 1MiB",
                {"f.yaml:2:3: capture.snaplen: has no value; give it a single value, or remove the key"}},
        Refusal{"capture:\n  snaplen: 65536", {"f.yaml:2:12: capture.snaplen: '65536' has no unit" + kSizes}},
        Refusal{"capture:\n  snaplen: 64KB", {"f.yaml:2:12: capture.snaplen: '64KB' is not a valid size" + kSizes}},
        Refusal{"capture:\n  snaplen: -1KiB", {"f.yaml:2:12: capture.snaplen: '-1KiB' is not a valid size" + kSizes}},
        Refusal{"capture:\n  snaplen: 30s", {"f.yaml:2:12: capture.snaplen: '30s' is not a valid size" + kSizes}},
        Refusal{"capture:\n  snaplen: ''", {"f.yaml:2:12: capture.snaplen: '' is not a valid size" + kSizes}},
        Refusal{"capture:\n  snaplen: 0", {"f.yaml:2:12: capture.snaplen: 0 never means unlimited; use 64B to 256KiB"}},
        Refusal{"capture:\n  snaplen: 63B", {"f.yaml:2:12: capture.snaplen: 63B is too small; use 64B to 256KiB"}},
        Refusal{"capture:\n  snaplen: 257KiB",
                {"f.yaml:2:12: capture.snaplen: 257KiB is too large; use 64B to 256KiB"}},
        Refusal{"capture:\n  buffer: 1023KiB", {"f.yaml:2:11: capture.buffer: 1023KiB is too small; use 1MiB to 1GiB"}},
        Refusal{"capture:\n  buffer: 2GiB", {"f.yaml:2:11: capture.buffer: 2GiB is too large; use 1MiB to 1GiB"}},
        Refusal{"capture:\n  latency: 50", {"f.yaml:2:12: capture.latency: '50' has no unit" + kTimes}},
        Refusal{"capture:\n  latency: 50KiB", {"f.yaml:2:12: capture.latency: '50KiB' is not a valid time" + kTimes}},
        Refusal{"capture:\n  latency: 0s", {"f.yaml:2:12: capture.latency: 0 never means unlimited; use 1ms to 10s"}},
        Refusal{"capture:\n  latency: 999us", {"f.yaml:2:12: capture.latency: 999us is too small; use 1ms to 10s"}},
        Refusal{"capture:\n  latency: 11s", {"f.yaml:2:12: capture.latency: 11s is too large; use 1ms to 10s"}},
        Refusal{"capture:\n  workers: 2", {"f.yaml:2:3: capture.workers" + kUnsupported}},
        Refusal{"capture:\n  workers: [1]", {"f.yaml:2:3: capture.workers" + kUnsupported}},
        Refusal{"capture:\n  tunnels: [vxlan]", {"f.yaml:2:3: capture.tunnels" + kUnsupported}}));

INSTANTIATE_TEST_SUITE_P(
    Limits, SectionRefusal,
    testing::Values(
        Refusal{"limits:\n  connection: 5",
                {"f.yaml:2:3: limits.connection: unknown key (did you mean 'connections'?)"}},
        Refusal{"limits:\n  connections: 0",
                {"f.yaml:2:16: limits.connections: 0 never means unlimited; use 1 to 10000000"}},
        Refusal{"limits:\n  connections: 10000001",
                {"f.yaml:2:16: limits.connections: 10000001 is too large; use 1 to 10000000"}},
        Refusal{"limits:\n  connections: 99999999999999999999",
                {"f.yaml:2:16: limits.connections: 18446744073709551615 is too large; use 1 to 10000000"}},
        Refusal{"limits:\n  connections: 100k",
                {"f.yaml:2:16: limits.connections: '100k' is not a whole number; use digits only"}},
        Refusal{"limits:\n  connections: -1",
                {"f.yaml:2:16: limits.connections: '-1' is not a whole number; use digits only"}},
        Refusal{"limits:\n  connections: 0100",
                {"f.yaml:2:16: limits.connections: '0100' is not a whole number; use digits only"}},
        Refusal{"limits:\n  connections: '100'",
                {"f.yaml:2:16: limits.connections: '100' is text; write the number without quotes"}},
        Refusal{"limits:\n  idle: 0", {"f.yaml:2:9: limits.idle: 0 never means unlimited; use 1s to 30d"}},
        Refusal{"limits:\n  idle: 31d", {"f.yaml:2:9: limits.idle: 31d is too large; use 1s to 30d"}},
        Refusal{"limits:\n  reassembly: 0B",
                {"f.yaml:2:15: limits.reassembly: 0 never means unlimited; use 64KiB to 64GiB"}},
        Refusal{"limits:\n  per_connection: 0",
                {"f.yaml:2:19: limits.per_connection: 0 never means unlimited; use 4KiB to 1GiB"}},
        Refusal{"limits:\n  hole_wait: 0ms",
                {"f.yaml:2:14: limits.hole_wait: 0 never means unlimited; use 1ms to 10m"}},
        Refusal{"limits:\n  fragments: 0",
                {"f.yaml:2:14: limits.fragments: 0 never means unlimited; use 64KiB to 4GiB"}},
        Refusal{"limits:\n  record: 0", {"f.yaml:2:11: limits.record: 0 never means unlimited; use 64B to 16MiB"}},
        Refusal{"limits:\n  record: 17MiB", {"f.yaml:2:11: limits.record: 17MiB is too large; use 64B to 16MiB"}},
        Refusal{"limits:\n  reassembly: 1MiB\n  per_connection: 2MiB",
                {"f.yaml:3:19: limits.per_connection: per_connection (2MiB) is larger than reassembly (1MiB), the "
                 "limit for all connections; raise reassembly"}},
        Refusal{"limits:\n  reassembly: 512KiB",
                {"f.yaml:2:15: limits.reassembly: per_connection (1MiB) is larger than reassembly (512KiB), the limit "
                 "for all connections; raise reassembly"}}));

INSTANTIATE_TEST_SUITE_P(
    Daemon, SectionRefusal,
    testing::Values(
        Refusal{"daemon:\n  log_level: warn",
                {"f.yaml:2:14: daemon.log_level: 'warn' is unknown; use debug, info, warning or error"}},
        Refusal{"daemon:\n  log_level: eror",
                {"f.yaml:2:14: daemon.log_level: 'eror' is unknown (did you mean 'error'?); use debug, info, "
                 "warning or error"}},
        Refusal{"daemon:\n  loglevel: info", {"f.yaml:2:3: daemon.loglevel: unknown key (did you mean 'log_level'?)"}},
        Refusal{"daemon:\n  control: logsniffd.sock",
                {"f.yaml:2:12: daemon.control: 'logsniffd.sock' is not an absolute path; start it with /"}},
        Refusal{"daemon:\n  control: /" + std::string(107, 'x'),
                {"f.yaml:2:12: daemon.control: is longer than 107 bytes; shorten it"}},
        Refusal{"daemon:\n  metrics: 9514",
                {"f.yaml:2:12: daemon.metrics: '9514' is not an address with a port; use 127.0.0.1:PORT, [::1]:PORT or "
                 "unix:///PATH"}},
        Refusal{"daemon:\n  metrics: 0.0.0.0:9514",
                {"f.yaml:2:12: daemon.metrics: '0.0.0.0:9514' can be reached by other hosts, and the figures are for "
                 "this one only; use 127.0.0.1:PORT, [::1]:PORT or unix:///PATH"}},
        Refusal{"daemon:\n  metrics: unix:///" + std::string(107, 'x'),
                {"f.yaml:2:12: daemon.metrics: the path is longer than 107 bytes; shorten it"}}));

TEST(Section, SeveralProblems_AreAllReportedInTheOrderOfTheFile) {
  const std::vector<std::string> expected{
      "f.yaml:2:11: limits.record: 0 never means unlimited; use 64B to 16MiB",
      "f.yaml:4:3: capture.buffr: unknown key (did you mean 'buffer'?)",
      "f.yaml:5:12: capture.snaplen: '1' has no unit" + kSizes,
      "f.yaml:7:14: daemon.log_level: 'loud' is unknown; use debug, info, warning or error",
  };
  EXPECT_EQ(lines_of("limits:\n  record: 0\ncapture:\n  buffr: 1MiB\n  snaplen: 1\ndaemon:\n  log_level: loud" + kRest),
            expected);
}

}  // namespace
}  // namespace logsniffd::config

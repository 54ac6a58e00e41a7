// The complete configuration of the design: exactly what this version does not support is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/refusal.hpp"
#include "tests/unit/config/schema.hpp"

namespace logsniffd::config {
namespace {

const std::string kDesign = R"(capture:
  interfaces: [any]          # names or globs; one that appears later is picked up
  promiscuous: false
  snaplen: 256KiB            # larger than any GRO/TSO packet
  buffer: 64MiB              # kernel ring
  latency: 50ms              # how long the kernel may hold a part-filled block
  workers: 1
  tunnels: []                # vxlan, geneve, gre, erspan, ipip, mpls
limits:
  connections: 100000
  idle: 5m
  reassembly: 256MiB         # out-of-order bytes, all connections
  per_connection: 1MiB
  hole_wait: 2s              # a missing segment is waited for this long, then it is a gap
  fragments: 32MiB
  record: 64KiB              # longer records are truncated and say so
filters:                     # first to last; a record goes to every filter that matches, unless one says final: true
  - name: app
    port: 9988               # or ports: [514, 6000-6010]
    protocol: tcp            # tcp | udp | both
    direction: both          # to | from | both, seen from the port
    networks: [10.0.0.0/8]   # either end
    framing: auto
    decode: auto
    multiline: {start: '^\d{4}-', timeout: 1s}   # or indent: true
    match: ['ERROR|WARN']    # RE2; any of them
    exclude: ['healthcheck']
    severity: warning        # at least
    rate: {limit: 1000/s, burst: 5000}
    repeat: 5s               # fold equal neighbours of one sender into one, with an honest count
    final: false
    to: [app-file, journal]
sinks:
  app-file:
    type: file
    path: /var/log/logsniffd/{filter}.log      # templated, confined to the fixed part before the first field
    format: '{time} {src} {message}'
    mode: 0640
    rotate: {size: 100MiB, every: 1d, keep: 7, compress: zstd}
    queue: 64MiB
  journal: {type: journald, identifier: '{app}'}
  local:   {type: syslog, to: 'unix:///dev/log', facility: local0, tag: logsniffd, trust: false}   # trust: pass the sender's own facility and tag on
  remote:  {type: syslog, to: tcp://logs.example:601, protocol: rfc5424}   # udp://, tcp://, tls://: trust is true by default
  screen:  {type: stdout, format: json}
daemon:
  log_level: info
  control: /run/logsniffd/control.sock
  metrics: ''                # 127.0.0.1:9514 or unix:///run/logsniffd/metrics.sock, off when empty
)";

TEST(DesignExample, IsAccepted) {
  const std::string unused = ": no filter writes to this sink; list it in the 'to' of a filter, or remove it";
  const std::vector<std::string> expected{
      "f.yaml:42:3: warning: sinks.local" + unused,
      "f.yaml:43:3: warning: sinks.remote" + unused,
      "f.yaml:44:3: warning: sinks.screen" + unused,
  };
  EXPECT_EQ(lines_of(kDesign), expected);
}

TEST(DesignExample, ConformsToTheSchema) { EXPECT_THAT(schema_faults(kDesign), testing::Optional(testing::IsEmpty())); }

}  // namespace
}  // namespace logsniffd::config

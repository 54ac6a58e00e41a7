// The values of a valid file arrive in the model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/unit/config/refusal.hpp"
#include "tests/unit/config/schema.hpp"

namespace logsniffd::config {
namespace {

using sink::file::Compression;
using sink::file::RotationOptions;
using sink::file::SyncPolicy;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using namespace std::chrono_literals;

Config good(const std::string& yaml) {
  LoadResult result = load(yaml);
  EXPECT_THAT(lines_of(result.problems), IsEmpty());
  EXPECT_THAT(schema_faults(yaml), Optional(IsEmpty())) << yaml;
  return std::move(result.config);
}

SyslogTarget syslog(const Config& config, std::size_t sink) {
  return std::get<SyslogTarget>(config.sinks.at(sink).target);
}

// The target of a file sink with these keys.
FileTarget file(const std::string& keys) {
  return std::get<FileTarget>(good("sinks: {out: {type: file, path: /x" + keys + "}}" + kFilters).sinks.at(0).target);
}

TEST(Accepted, Capture_IsRead) {
  const Capture capture =
      good("capture: {interfaces: [eth0, 'veth*'], promiscuous: true, snaplen: 64B, buffer: 1GiB, latency: 10s}" +
           kRest)
          .capture;
  EXPECT_THAT(capture.interfaces, ElementsAre("eth0", "veth*"));
  EXPECT_TRUE(capture.promiscuous);
  EXPECT_EQ(capture.snaplen, 64U);
  EXPECT_EQ(capture.buffer, 1024 * kMiB);
  EXPECT_EQ(capture.latency, 10s);
}

TEST(Accepted, Limits_AreRead) {
  const Limits limits =
      good(
          "limits: {connections: 1, idle: 1s, reassembly: 64KiB, per_connection: 4KiB, hole_wait: 1ms, "
          "fragments: 64KiB, record: 64B}" +
          kRest)
          .limits;
  EXPECT_EQ(limits.connections, 1U);
  EXPECT_EQ(limits.idle, 1s);
  EXPECT_EQ(limits.reassembly, 64 * kKiB);
  EXPECT_EQ(limits.per_connection, 4 * kKiB);
  EXPECT_EQ(limits.hole_wait, 1ms);
  EXPECT_EQ(limits.fragments, 64 * kKiB);
  EXPECT_EQ(limits.record, 64U);
}

TEST(Accepted, Filter_IsRead) {
  const Config config = good(R"(filters:
  - name: app
    ports: [514, 6000-6010, '1-65535']
    protocol: tcp
    direction: from
    networks: [10.0.0.0/8, 192.0.2.7, '2001:db8::/32', 0.0.0.0/0, '::/0']
    framing: nul
    decode: syslog
    where: {host: 'web.*', field.status: '>=500'}
    match: ['ERROR|WARN', '^x$']
    redact: [{pattern: 'a=\S+', with: 'a=?'}, {pattern: b}]
    exclude: ['healthcheck']
    severity: warning
    final: true
    to: [out, again]
sinks: {out: {type: stdout}, again: {type: stdout}}
)");
  ASSERT_EQ(config.filters.size(), 1U);
  const Filter& filter = config.filters[0];
  EXPECT_EQ(filter.name, "app");
  ASSERT_EQ(filter.ports.size(), 3U);
  EXPECT_EQ(filter.ports[0].first, 514);
  EXPECT_EQ(filter.ports[0].last, 514);
  EXPECT_EQ(filter.ports[1].first, 6000);
  EXPECT_EQ(filter.ports[1].last, 6010);
  EXPECT_EQ(filter.ports[2].last, 65535);
  EXPECT_EQ(filter.transport, Transport::tcp);
  EXPECT_EQ(filter.direction, filter::Direction::from);
  ASSERT_EQ(filter.networks.size(), 5U);
  EXPECT_EQ(filter.networks[0].address.to_string(), "10.0.0.0");
  EXPECT_EQ(filter.networks[0].prefix, 96U + 8U);
  EXPECT_EQ(filter.networks[1].prefix, 128U);
  EXPECT_EQ(filter.networks[2].address.to_string(), "2001:db8::");
  EXPECT_EQ(filter.networks[2].prefix, 32U);
  EXPECT_EQ(filter.networks[3].prefix, 96U);
  EXPECT_EQ(filter.networks[4].prefix, 0U);
  EXPECT_EQ(filter.framing.method, framing::Method::nul);
  EXPECT_EQ(filter.decode, record::Decode::syslog);
  ASSERT_EQ(filter.redact.size(), 2U);
  EXPECT_EQ(filter.redact[0].with, "a=?");
  EXPECT_EQ(filter.redact[1].with, "***");
  ASSERT_EQ(filter.where.size(), 2U);
  EXPECT_EQ(filter.where[1].field, "field.status");
  EXPECT_EQ(filter.where[1].test, ">=500");
  EXPECT_THAT(filter.match, ElementsAre("ERROR|WARN", "^x$"));
  EXPECT_THAT(filter.exclude, ElementsAre("healthcheck"));
  EXPECT_EQ(filter.severity, record::Severity::warning);
  EXPECT_TRUE(filter.final);
  EXPECT_THAT(filter.to, ElementsAre("out", "again"));
  EXPECT_EQ(filter.mark.line, 2);
  EXPECT_EQ(filter.mark.column, 5);
}

TEST(Accepted, FilterWithoutPort_TakesEveryPort) { EXPECT_THAT(good(kRest).filters[0].ports, IsEmpty()); }

TEST(Accepted, EveryWord_IsItsValue) {
  const auto filter = [](const std::string& keys) {
    return good("filters: [{name: a, port: 1, to: [out], " + keys + "}]" + kSinks).filters.at(0);
  };
  EXPECT_EQ(filter("protocol: tcp").transport, Transport::tcp);
  EXPECT_EQ(filter("protocol: udp").transport, Transport::udp);
  EXPECT_EQ(filter("protocol: both").transport, std::nullopt);
  EXPECT_EQ(filter("direction: to").direction, filter::Direction::to);
  EXPECT_EQ(filter("direction: from").direction, filter::Direction::from);
  EXPECT_EQ(filter("direction: both").direction, filter::Direction::both);
  using enum framing::Method;
  EXPECT_EQ(filter("framing: auto").framing.method, automatic);
  EXPECT_EQ(filter("framing: lines").framing.method, lines);
  EXPECT_EQ(filter("framing: nul").framing.method, nul);
  EXPECT_EQ(filter("framing: octet").framing.method, octet);
  EXPECT_EQ(filter("framing: length").framing.method, length);
  EXPECT_EQ(filter("framing: datagram").framing.method, datagram);
  EXPECT_EQ(filter("decode: auto").decode, record::Decode::automatic);
  EXPECT_EQ(filter("decode: plain").decode, record::Decode::plain);
  EXPECT_EQ(filter("decode: syslog").decode, record::Decode::syslog);
  EXPECT_EQ(filter("decode: json").decode, record::Decode::json);
  EXPECT_EQ(filter("decode: gelf").decode, record::Decode::gelf);
  EXPECT_EQ(filter("decode: python").decode, record::Decode::python);
  EXPECT_EQ(filter("decode: netconsole").decode, record::Decode::netconsole);
  for (const std::string word : {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}) {
    EXPECT_EQ(filter("severity: " + word).severity, record::parse_severity(word));
  }
}

TEST(Accepted, FramingWithDetails) {
  const auto filter = [](const std::string& keys) {
    return good("filters: [{name: a, port: 1, to: [out], " + keys + "}]" + kSinks).filters.at(0);
  };
  const framing::FramingOptions lines = filter("framing: {method: lines, delimiter: \"\\x1e\"}").framing;
  EXPECT_EQ(lines.method, framing::Method::lines);
  EXPECT_EQ(lines.delimiter, 0x1e);
  const framing::FramingOptions length = filter("framing: {method: length, bytes: 2, order: little}").framing;
  EXPECT_EQ(length.method, framing::Method::length);
  EXPECT_EQ(length.length.bytes, 2U);
  EXPECT_EQ(length.length.order, std::endian::little);
  const framing::FramingOptions usual = filter("framing: length").framing;
  EXPECT_EQ(usual.length.bytes, 4U);
  EXPECT_EQ(usual.length.order, std::endian::big);
  EXPECT_TRUE(filter("framing: {method: datagram, split: true}").framing.split_lines);
}

TEST(Accepted, Multiline) {
  const auto filter = [](const std::string& keys) {
    return good("filters: [{name: a, port: 1, to: [out], " + keys + "}]" + kSinks).filters.at(0);
  };
  using enum framing::JoinMode;
  EXPECT_EQ(filter("final: true").multiline.mode, std::nullopt);
  EXPECT_EQ(filter("multiline: traceback").multiline.mode, traceback);
  EXPECT_EQ(filter("multiline: {traceback: true}").multiline.mode, traceback);
  EXPECT_EQ(filter("multiline: {indent: true}").multiline.mode, indent);
  EXPECT_EQ(filter("multiline: {indent: true}").multiline.timeout, std::chrono::seconds(1));
  EXPECT_EQ(filter("multiline: {indent: false}").multiline.mode, std::nullopt);
  const Multiline by_start = filter("multiline: {start: '^\\d{4}-', timeout: 250ms}").multiline;
  EXPECT_EQ(by_start.mode, framing::JoinMode::start);
  EXPECT_EQ(by_start.start, "^\\d{4}-");
  EXPECT_EQ(by_start.timeout, std::chrono::milliseconds(250));
}

TEST(Accepted, Sinks_AreReadInTheOrderOfTheFile) {
  const Config config = good(R"(filters: [{name: a, to: [f, s, j, o]}]
sinks:
  f: {type: file, path: '/var/log/logsniffd/{filter}.log', format: '{time} {src} {message}', mode: 0600, queue: 1MiB}
  s: {type: syslog, to: 'tcp://logs.example:601', protocol: rfc5424, queue: 64KiB}
  j: {type: journald, identifier: 'x-{app}', queue: 4GiB}
  o: {type: stdout, format: json}
)");
  ASSERT_EQ(config.sinks.size(), 4U);
  EXPECT_EQ(config.sinks[0].name, "f");
  const auto& to_file = std::get<FileTarget>(config.sinks[0].target);
  EXPECT_EQ(to_file.path, "/var/log/logsniffd/{filter}.log");
  EXPECT_EQ(to_file.format, "{time} {src} {message}");
  EXPECT_EQ(to_file.mode, 0600U);
  EXPECT_EQ(config.sinks[0].queue, kMiB);
  EXPECT_EQ(config.sinks[0].mark.line, 3);
  const auto& to_syslog = std::get<SyslogTarget>(config.sinks[1].target);
  EXPECT_EQ(to_syslog.to, "tcp://logs.example:601");
  EXPECT_EQ(to_syslog.protocol, "rfc5424");
  EXPECT_EQ(config.sinks[1].queue, 64 * kKiB);
  EXPECT_EQ(config.sinks[2].target, SinkTarget(JournaldTarget{"x-{app}"}));
  EXPECT_EQ(config.sinks[2].queue, 4096 * kMiB);
  EXPECT_EQ(config.sinks[3].target, SinkTarget(StandardOutputTarget{"json"}));
}

TEST(Accepted, TrustOfASyslogSink_IsWhatTheFileSays) {
  const Config config = good(R"(filters: [{name: a, to: [silent, local, remote]}]
sinks:
  silent: {type: syslog}
  local: {type: syslog, facility: local5, tag: remote/logs, trust: false}
  remote: {type: syslog, to: 'tcp://logs.example:601', trust: true}
)");
  EXPECT_EQ(syslog(config, 0).trust, std::nullopt);
  EXPECT_EQ(syslog(config, 0).facility, std::nullopt);
  EXPECT_EQ(syslog(config, 0).tag, "logsniffd");
  EXPECT_EQ(syslog(config, 1).trust, false);
  EXPECT_EQ(syslog(config, 1).facility, 21);
  EXPECT_EQ(syslog(config, 1).tag, "remote/logs");
  EXPECT_EQ(syslog(config, 2).trust, true);
}

TEST(Accepted, FacilityOfASyslogSink_IsTheNumberOfItsKeyword) {
  for (std::size_t number = 0; number < record::kFacilityNames.size(); ++number) {
    const std::string keyword(record::kFacilityNames[number]);
    const Config config = good("sinks: {out: {type: syslog, facility: " + keyword + "}}" + kFilters);
    EXPECT_EQ(syslog(config, 0).facility, number) << keyword;
  }
}

TEST(Accepted, TrustInEverySenderOnALocalSocket_IsWarnedOf) {
  EXPECT_EQ(
      lines_of("sinks: {out: {type: syslog, trust: true}}" + kFilters),
      (std::vector<std::string>{
          "f.yaml:1:36: warning: sinks.out.trust: passes on the facility and the tag that a remote sender chose, so "
          "its line may look like one of this host's own sshd; remove the key unless you trust every sender"}));
}

class GoodTarget : public testing::TestWithParam<const char*> {};
TEST_P(GoodTarget, IsTaken) {
  const std::string target = GetParam();
  EXPECT_EQ(syslog(good("sinks: {out: {type: syslog, to: '" + target + "'}}" + kFilters), 0).to, target);
}
INSTANTIATE_TEST_SUITE_P(All, GoodTarget,
                         testing::Values("unix:///dev/log", "udp://10.0.0.1:514", "tcp://[2001:db8::1]:601",
                                         "tcp://a-b.c_d:65535", "tls://logs.example", "tls://[2001:db8::1]",
                                         "tls://logs.example:10514"));

TEST(Accepted, Tls_HasVerificationUnlessItIsTurnedOff) {
  const Config config = good(R"(filters: [{name: a, to: [plain, all]}]
sinks:
  plain: {type: syslog, to: 'tls://logs.example'}
  all:
    type: syslog
    to: tls://192.0.2.1:6514
    max_size: 100KiB
    tls: {ca: /etc/ca.pem, certificate: /etc/client.pem, key: /etc/client.key, verify: true, server_name: logs.example}
)");
  EXPECT_EQ(syslog(config, 0).tls, sink::net::TlsOptions());
  EXPECT_TRUE(syslog(config, 0).tls.verify);
  EXPECT_FALSE(syslog(config, 0).max_size);
  const sink::net::TlsOptions expected{"/etc/ca.pem", "/etc/client.pem", "/etc/client.key", true, "logs.example"};
  EXPECT_EQ(syslog(config, 1).tls, expected);
  EXPECT_EQ(syslog(config, 1).max_size, 100 * kKiB);
}

TEST(Accepted, QuotedMode_IsOctalToo) { EXPECT_EQ(file(", mode: '0755'").mode, 0755U); }

TEST(Accepted, RotationAndSync_AreRead) {
  EXPECT_FALSE(file("").rotation);
  EXPECT_EQ(file("").sync, SyncPolicy::never);
  EXPECT_EQ(file(", rotate: {size: 100MiB}").rotation, (RotationOptions{100 * kMiB, {}, {7, {}, Compression::none}}));
  EXPECT_EQ(file(", rotate: {every: 1s, compress: none}").rotation,
            (RotationOptions{{}, 1s, {7, {}, Compression::none}}));
  EXPECT_EQ(file(", rotate: {size: 4KiB, every: 1d, keep: 1, keep_for: 30d, compress: zstd}").rotation,
            (RotationOptions{4 * kKiB, 24h, {1, 30 * 24h, Compression::zstd}}));
  EXPECT_EQ(file(", rotate: {every: 1d, compress: gzip}").rotation->archive.compression, Compression::gzip);
  EXPECT_EQ(file(", sync: never").sync, SyncPolicy::never);
  EXPECT_EQ(file(", sync: interval").sync, SyncPolicy::interval);
  EXPECT_EQ(file(", sync: always").sync, SyncPolicy::always);
}

TEST(Accepted, SectionsWithEveryKeyCommentedOut_KeepTheirDefaults) {
  EXPECT_EQ(good("capture:\nlimits:\ndaemon:" + kRest).limits.connections, Limits().connections);
}

TEST(Accepted, KeysOfLaterVersionsThatSayOff_AreFine) {
  good("capture: {workers: 1, tunnels: []}\ndaemon: {metrics: '', control: ''}" + kRest);
  good("capture: {workers: 1, tunnels: }\ndaemon: {metrics: , control: }" + kRest);
}

TEST(Accepted, LogLevels_AreRead) {
  for (const std::string level : {"debug", "info", "warning", "error"}) {
    EXPECT_EQ(good("daemon: {log_level: " + level + "}" + kRest).daemon.log_level, level);
  }
}

TEST(Accepted, ControlSocket_IsReadAndTurnedOff) {
  EXPECT_EQ(good("daemon: {control: /tmp/x.sock}" + kRest).daemon.control, "/tmp/x.sock");
  EXPECT_EQ(good("daemon: {control: ''}" + kRest).daemon.control, "");
  for (const std::string address : {"127.0.0.1:9514", "[::1]:9514", "unix:///run/logsniffd/metrics.sock"}) {
    EXPECT_EQ(good("daemon: {metrics: '" + address + "'}" + kRest).daemon.metrics, address);
  }
}

TEST(Accepted, MarksOfConditions_AreTheirLines) {
  const Config config =
      good("filters:\n- name: a\n  match: [x]\n  severity: err\n  to: [screen]\nsinks: {screen: {type: stdout}}");
  const Filter& filter = config.filters.at(0);
  EXPECT_EQ(filter.mark_of(filter::RouteVerdict::no_match).line, 3);
  EXPECT_EQ(filter.mark_of(filter::RouteVerdict::severity).line, 4);
  EXPECT_EQ(filter.mark_of(filter::RouteVerdict::excluded).line, 0);
}

TEST(LoadFile, Missing_IsAUsageErrorThatNamesTheFile) {
  const auto result = load_file("/nonexistent/logsniffd.yaml");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::usage);
  EXPECT_EQ(result.error().message(),
            "/nonexistent/logsniffd.yaml: No such file or directory; create it, or name another file with --config");
}

TEST(LoadFile, Folder_IsAUsageErrorThatNamesIt) {
  const auto result = load_file("/");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::usage);
  EXPECT_EQ(result.error().message(), "/: Is a directory; name a regular file with --config");
}

TEST(LoadFile, EndlessFile_IsCutOffAndRefused) {
  const auto result = load_file("/dev/zero");
  ASSERT_TRUE(result);
  EXPECT_THAT(lines_of(result->problems), ElementsAre(HasSubstr("larger than 4MiB")));
}

TEST(LoadFile, GoodFile_IsLoaded) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "logsniffd-load-file-test.yaml";
  std::ofstream(path) << kRest;
  const auto result = load_file(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
  EXPECT_EQ(result->config.filters.size(), 1U);
}

TEST(Accepted, SpoolOfEachTypeThatMayHaveOne) {
  const auto sink = [](const std::string& keys) { return good("sinks: {out: {" + keys + "}}" + kFilters).sinks.at(0); };
  EXPECT_FALSE(sink("type: journald").spool);
  const Sink usual = sink("type: journald, spool: {path: /var/lib/logsniffd/out}");
  ASSERT_TRUE(usual.spool);
  EXPECT_EQ(usual.spool->path, "/var/lib/logsniffd/out");
  EXPECT_EQ(usual.spool->size, 1024 * kMiB);
  const Sink file = sink("type: file, path: /x, spool: {path: /y, size: 16MiB}");
  EXPECT_EQ(file.spool, (Spool{"/y", 16 * kMiB}));
  EXPECT_EQ(sink("type: syslog, spool: {size: 64GiB, path: /y}").spool->size, 65536 * kMiB);
}

}  // namespace
}  // namespace logsniffd::config

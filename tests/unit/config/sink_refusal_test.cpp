// Every error in sinks, with exactly the text that the operator reads.
#include <gtest/gtest.h>

#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

// The cases are the keys of the sink `out`, all in line 2. The first key is at column 9.
class SinkRefusal : public testing::TestWithParam<Refusal> {};
TEST_P(SinkRefusal, SaysWhereAndWhat) {
  EXPECT_EQ(lines_of("sinks:\n  out: {" + GetParam().yaml + "}" + kFilters), GetParam().lines);
}

class SinkListRefusal : public testing::TestWithParam<Refusal> {};
TEST_P(SinkListRefusal, SaysWhereAndWhat) { EXPECT_EQ(lines_of(GetParam().yaml + kFilters), GetParam().lines); }

const std::string kSchemes = "; use unix, udp, tcp or tls";

INSTANTIATE_TEST_SUITE_P(
    Type, SinkRefusal,
    testing::Values(
        Refusal{"path: /x", {"f.yaml:2:3: sinks.out.type: is missing; use file, syslog, journald or stdout"}},
        Refusal{"type: fil, path: /x",
                {"f.yaml:2:15: sinks.out.type: 'fil' is unknown (did you mean 'file'?); use file, syslog, journald or "
                 "stdout"}},
        Refusal{"type: kafka",
                {"f.yaml:2:15: sinks.out.type: 'kafka' is unknown; use file, syslog, journald or stdout"}},
        Refusal{"type: [file]", {"f.yaml:2:15: sinks.out.type: this is a list, but should be a single value"}},
        Refusal{"type: journald, path: /x",
                {"f.yaml:2:25: sinks.out.path: unknown key; use type, identifier, queue or spool"}},
        Refusal{"type: stdout, to: x", {"f.yaml:2:23: sinks.out.to: unknown key; use type, format or queue"}},
        Refusal{"type: syslog, target: x",
                {"f.yaml:2:23: sinks.out.target: unknown key; use type, to, protocol, facility, tag, trust, max_size, "
                 "tls, queue or spool"}},
        Refusal{"type: stdout, queue: 1MiB, queue: 2MiB",
                {"f.yaml:2:36: sinks.out.queue: duplicate key, first on line 2; remove one of them"}},
        Refusal{"type: stdout, queue: 0", {"f.yaml:2:30: sinks.out.queue: 0 never means unlimited; use 64KiB to 4GiB"}},
        Refusal{"type: stdout, queue: 5GiB", {"f.yaml:2:30: sinks.out.queue: 5GiB is too large; use 64KiB to 4GiB"}}));

INSTANTIATE_TEST_SUITE_P(
    File, SinkRefusal,
    testing::Values(
        Refusal{"type: file", {"f.yaml:2:3: sinks.out.path: is missing; a file sink needs one"}},
        Refusal{"type: file, path: log.txt",
                {"f.yaml:2:27: sinks.out.path: 'log.txt' is not an absolute path; start it with /"}},
        Refusal{"type: file, path: ''", {"f.yaml:2:27: sinks.out.path: '' is not an absolute path; start it with /"}},
        Refusal{"type: file, path: /var/log/",
                {"f.yaml:2:27: sinks.out.path: '/var/log/' names a folder; add the name of a file in it"}},
        Refusal{"type: file, path: /var/../x",
                {"f.yaml:2:27: sinks.out.path: '/var/../x' has '.' or '..' as a component, or '//'; write it without "
                 "them"}},
        Refusal{
            "type: file, path: /var/..",
            {"f.yaml:2:27: sinks.out.path: '/var/..' has '.' or '..' as a component, or '//'; write it without them"}},
        Refusal{"type: file, path: '/var/log/{app}//x'",
                {"f.yaml:2:27: sinks.out.path: '/var/log/{app}//x' has '.' or '..' as a component, or '//'; write it "
                 "without them"}},
        Refusal{
            "type: file, path: /var/./x",
            {"f.yaml:2:27: sinks.out.path: '/var/./x' has '.' or '..' as a component, or '//'; write it without them"}},
        Refusal{"type: file, path: '/{host}.log'",
                {"f.yaml:2:27: sinks.out.path: '/{host}.log' needs a fixed folder before the first field, such as "
                 "/var/log/logsniffd/"}},
        Refusal{"type: file, path: '/var/log/{hos}.log'",
                {"f.yaml:2:27: sinks.out.path: {hos}: unknown field (did you mean 'host'?)"}},
        Refusal{"type: file, path: \"/var/log/a\\nb\"",
                {"f.yaml:2:27: sinks.out.path: the template: contains a line break or a control character; remove it"}},
        Refusal{"type: file, path: /" + std::string(4095, 'x'),
                {"f.yaml:2:27: sinks.out.path: is longer than 4095 bytes; shorten it"}},
        Refusal{"type: file, path: /x, mode: 640",
                {"f.yaml:2:37: sinks.out.mode: '640' is not a valid file mode; use 0 and three octal digits, such as "
                 "0640"}},
        Refusal{"type: file, path: /x, mode: 0680",
                {"f.yaml:2:37: sinks.out.mode: '0680' is not a valid file mode; use 0 and three octal digits, such as "
                 "0640"}},
        Refusal{"type: file, path: /x, mode: 04755",
                {"f.yaml:2:37: sinks.out.mode: '04755' is not a valid file mode; use 0 and three octal digits, such as "
                 "0640"}},
        Refusal{"type: file, path: /x, mode: 0440",
                {"f.yaml:2:37: sinks.out.mode: 0440 does not let the daemon itself write to the file; use a mode such "
                 "as 0640"}},
        Refusal{"type: file, path: /x, format: jsn",
                {"f.yaml:2:39: sinks.out.format: 'jsn' is unknown (did you mean 'json'?); use text, json, raw or a "
                 "template "
                 "such as '{time} {src} {message}'"}},
        Refusal{"type: file, path: /x, format: {time}",
                {"f.yaml:2:39: sinks.out.format: this is a mapping, but should be a single value; quote text that "
                 "starts with {"}},
        Refusal{"type: file, path: /x, format: '{mesage}'",
                {"f.yaml:2:39: sinks.out.format: {mesage}: unknown field (did you mean 'message'?)"}},
        Refusal{"type: file, path: /x, format: '{message}" + std::string(4097, 'x') + "'",
                {"f.yaml:2:39: sinks.out.format: is longer than 4096 bytes; shorten it"}},
        Refusal{"type: file, path: /x, sync: alway",
                {"f.yaml:2:37: sinks.out.sync: 'alway' is unknown (did you mean 'always'?); use never, interval or "
                 "always"}}));

INSTANTIATE_TEST_SUITE_P(
    Rotation, SinkRefusal,
    testing::Values(
        Refusal{"type: file, path: /x, rotate: 1d",
                {"f.yaml:2:39: sinks.out.rotate: this should be a mapping, such as {size: 100MiB, every: 1d, keep: "
                 "7}"}},
        Refusal{"type: file, path: /x, rotate: {keep: 7}",
                {"f.yaml:2:39: sinks.out.rotate: does not say when to rotate; give it size, every, or both"}},
        Refusal{"type: file, path: /x, rotate: {size: 4095B}",
                {"f.yaml:2:46: sinks.out.rotate.size: 4095B is too small; use 4KiB to 1024GiB"}},
        Refusal{"type: file, path: /x, rotate: {size: 100}",
                {"f.yaml:2:46: sinks.out.rotate.size: '100' has no unit; use a size such as 64KiB (units: B, KiB, MiB, "
                 "GiB)"}},
        Refusal{"type: file, path: /x, rotate: {size: 0}",
                {"f.yaml:2:46: sinks.out.rotate.size: 0 never means unlimited; use 4KiB to 1024GiB"}},
        Refusal{"type: file, path: /x, rotate: {every: 999ms}",
                {"f.yaml:2:47: sinks.out.rotate.every: 999ms is too small; use 1s to 366d"}},
        Refusal{"type: file, path: /x, rotate: {every: daily}",
                {"f.yaml:2:47: sinks.out.rotate.every: 'daily' is not a valid time; use a time such as 30s (units: us, "
                 "ms, s, m, h, d)"}},
        Refusal{"type: file, path: /x, rotate: {every: 1d, keep: 0}",
                {"f.yaml:2:57: sinks.out.rotate.keep: 0 never means unlimited; use 1 to 10000"}},
        Refusal{"type: file, path: /x, rotate: {every: 1d, keep: 9, keep_for: 10s}",
                {"f.yaml:2:70: sinks.out.rotate.keep_for: 10s is too small; use 1m to 3660d"}},
        Refusal{"type: file, path: /x, rotate: {every: 1d, keep_for: 30d}",
                {"f.yaml:2:39: warning: sinks.out.rotate: keeps 7 files at most, whatever keep_for says; set keep as "
                 "well"}},
        Refusal{"type: file, path: /x, rotate: {every: 1d, compress: xz}",
                {"f.yaml:2:61: sinks.out.rotate.compress: 'xz' is unknown; use none, gzip or zstd"}},
        Refusal{"type: file, path: /v/" + std::string(227, 'x') + ", rotate: {every: 1d}",
                {"f.yaml:2:27: sinks.out.path: leaves no room for the names of rotated files; use a file name of at "
                 "most 226 bytes"}},
        Refusal{"type: file, path: /x, rotate: {every: 1d, count: 7}",
                {"f.yaml:2:51: sinks.out.rotate.count: unknown key; use size, every, keep, keep_for or compress"}}));

INSTANTIATE_TEST_SUITE_P(
    Syslog, SinkRefusal,
    testing::Values(
        Refusal{"type: syslog, protocol: rfc5242",
                {"f.yaml:2:33: sinks.out.protocol: 'rfc5242' is unknown (did you mean 'rfc5424'?); use rfc3164 or "
                 "rfc5424"}},
        Refusal{"type: syslog, facility: authprv",
                {"f.yaml:2:33: sinks.out.facility: 'authprv' is unknown (did you mean 'authpriv'?); use kern, user, "
                 "mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, audit, alert, clock, local0, "
                 "local1, local2, local3, local4, local5, local6 or local7"}},
        Refusal{"type: syslog, tag: 'a b'",
                {"f.yaml:2:28: sinks.out.tag: 'a b' is not a valid tag; use 1 to 48 printable characters, but no "
                 "spaces, '[', ']' or ':'"}},
        Refusal{"type: syslog, tag: " + std::string(49, 'x'),
                {"f.yaml:2:28: sinks.out.tag: '" + std::string(49, 'x') +
                 "' is not a valid tag; use 1 to 48 printable characters, but no spaces, '[', ']' or ':'"}},
        Refusal{"type: syslog, trust: maybe",
                {"f.yaml:2:30: sinks.out.trust: 'maybe' is neither true nor false; write one of them, without quotes"}},
        Refusal{"type: syslog, to: logs.example",
                {"f.yaml:2:27: sinks.out.to: 'logs.example' is not a valid target; use unix:///dev/log, "
                 "udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT"}},
        Refusal{"type: syslog, to: 'tpc://h:1'",
                {"f.yaml:2:27: sinks.out.to: 'tpc://h:1' has an unknown scheme" + kSchemes}},
        Refusal{
            "type: syslog, to: 'unixx:///dev/log'",
            {"f.yaml:2:27: sinks.out.to: 'unixx:///dev/log' has an unknown scheme (did you mean 'unix'?)" + kSchemes}},
        Refusal{"type: syslog, to: 'tcp://h'",
                {"f.yaml:2:27: sinks.out.to: 'tcp://h' has no port; use tcp://HOST:PORT"}},
        Refusal{"type: syslog, to: 'udp://'", {"f.yaml:2:27: sinks.out.to: 'udp://' has no port; use udp://HOST:PORT"}},
        Refusal{"type: syslog, to: 'tcp://[::1]'",
                {"f.yaml:2:27: sinks.out.to: 'tcp://[::1]' has no port; use tcp://HOST:PORT"}},
        Refusal{"type: syslog, to: 'tcp://h:0'",
                {"f.yaml:2:27: sinks.out.to: 'tcp://h:0' has an invalid port; use 1 to 65535"}},
        Refusal{"type: syslog, to: 'tcp://h:65536'",
                {"f.yaml:2:27: sinks.out.to: 'tcp://h:65536' has an invalid port; use 1 to 65535"}},
        Refusal{"type: syslog, to: 'tcp://h:5/'",
                {"f.yaml:2:27: sinks.out.to: 'tcp://h:5/' has an invalid port; use 1 to 65535"}},
        Refusal{"type: syslog, to: 'tcp://:514'",
                {"f.yaml:2:27: sinks.out.to: 'tcp://:514' has an invalid host; use a name, an address or [IPV6]"}},
        Refusal{"type: syslog, to: 'tcp://::1:514'",
                {"f.yaml:2:27: sinks.out.to: 'tcp://::1:514' has an invalid host; use a name, an address or [IPV6]"}},
        Refusal{"type: syslog, to: 'tcp://[x]:514'",
                {"f.yaml:2:27: sinks.out.to: 'tcp://[x]:514' has an invalid host; use a name, an address or [IPV6]"}},
        Refusal{
            "type: syslog, to: 'unix://dev/log'",
            {"f.yaml:2:27: sinks.out.to: 'unix://dev/log' has no absolute path; use a socket such as unix:///dev/log"}},
        Refusal{"type: syslog, to: 'unix:///'",
                {"f.yaml:2:27: sinks.out.to: 'unix:///' has no absolute path; use a socket such as unix:///dev/log"}},
        Refusal{"type: syslog, to: 'unix:///" + std::string(107, 'x') + "'",
                {"f.yaml:2:27: sinks.out.to: 'unix:///" + std::string(56, 'x') +
                 "...' has a path that is too long for a socket; use at most 107 bytes"}}));

INSTANTIATE_TEST_SUITE_P(
    MaxSize, SinkRefusal,
    testing::Values(Refusal{"type: syslog, max_size: 1000B",
                            {"f.yaml:2:33: sinks.out.max_size: 1000B is too small; use 1KiB to 1MiB"}},
                    Refusal{"type: syslog, max_size: 2MiB",
                            {"f.yaml:2:33: sinks.out.max_size: 2MiB is too large; use 1KiB to 1MiB"}},
                    Refusal{"type: syslog, max_size: 0",
                            {"f.yaml:2:33: sinks.out.max_size: 0 never means unlimited; use 1KiB to 1MiB"}}));

INSTANTIATE_TEST_SUITE_P(
    Tls, SinkRefusal,
    testing::Values(
        Refusal{"type: syslog, to: 'tls://h:0'",
                {"f.yaml:2:27: sinks.out.to: 'tls://h:0' has an invalid port; use 1 to 65535"}},
        Refusal{"type: syslog, to: 'tls://'",
                {"f.yaml:2:27: sinks.out.to: 'tls://' has an invalid host; use a name, an address or [IPV6]"}},
        Refusal{"type: syslog, to: 'tcp://h:1', tls: {ca: /x}",
                {"f.yaml:2:40: sinks.out.tls: is only for tls:// targets; change 'to', or remove the key"}},
        Refusal{"type: syslog, tls: {ca: /x}",
                {"f.yaml:2:23: sinks.out.tls: is only for tls:// targets; change 'to', or remove the key"}},
        Refusal{"tls: {ca: ca.pem}, type: syslog, to: 'tls://h'",
                {"f.yaml:2:19: sinks.out.tls.ca: 'ca.pem' is not an absolute path; start it with /"}},
        Refusal{"type: syslog, to: 'tls://h', tls: {certificate: /x}",
                {"f.yaml:2:38: sinks.out.tls.key: is missing; certificate needs its private key"}},
        Refusal{"type: syslog, to: 'tls://h', tls: {key: /x}",
                {"f.yaml:2:38: sinks.out.tls.certificate: is missing; key needs its certificate"}},
        Refusal{"type: syslog, to: 'tls://h', tls: {verify: false}",
                {"f.yaml:2:52: warning: sinks.out.tls.verify: accepts any certificate, so that anyone on the network "
                 "path can pose as the server; set ca or server_name instead"}},
        Refusal{"type: syslog, to: 'tls://h', tls: {verify: maybe}",
                {"f.yaml:2:52: sinks.out.tls.verify: 'maybe' is neither true nor false; write one of them, without "
                 "quotes"}},
        Refusal{"type: syslog, to: 'tls://h', tls: {server_name: ''}",
                {"f.yaml:2:57: sinks.out.tls.server_name: '' is not a valid name; use the one in the server's "
                 "certificate"}},
        Refusal{"type: syslog, to: 'tls://h', tls: {server_nam: x}",
                {"f.yaml:2:44: sinks.out.tls.server_nam: unknown key (did you mean 'server_name'?)"}},
        Refusal{"type: syslog, to: 'tls://h', tls: true",
                {"f.yaml:2:43: sinks.out.tls: 'true' is a single value, but should be a mapping, with one 'key: value' "
                 "per line"}}));

INSTANTIATE_TEST_SUITE_P(
    Journald, SinkRefusal,
    testing::Values(Refusal{"type: journald, identifier: '{ap}'",
                            {"f.yaml:2:37: sinks.out.identifier: {ap}: unknown field (did you mean 'app'?)"}},
                    Refusal{"type: journald, identifier: '{app'",
                            {"f.yaml:2:37: sinks.out.identifier: {: is never closed; write {{ for a brace"}},
                    Refusal{"type: journald, identifier: " + std::string(4097, 'x'),
                            {"f.yaml:2:37: sinks.out.identifier: is longer than 4096 bytes; shorten it"}}));

INSTANTIATE_TEST_SUITE_P(
    Spool, SinkRefusal,
    testing::Values(
        Refusal{"type: syslog, spool: /x",
                {"f.yaml:2:30: sinks.out.spool: this should be a mapping, such as {path: /var/lib/logsniffd/NAME, "
                 "size: 1GiB}"}},
        Refusal{"type: syslog, spool: {}",
                {"f.yaml:2:23: sinks.out.spool.path: is missing; a spool needs a folder of its own"}},
        Refusal{"type: syslog, spool: {path: /x, dir: /y}",
                {"f.yaml:2:41: sinks.out.spool.dir: unknown key; use path or size"}},
        Refusal{"type: syslog, spool: {path: x/y}",
                {"f.yaml:2:37: sinks.out.spool.path: 'x/y' is not an absolute path; start it with /"}},
        Refusal{"type: syslog, spool: {path: /x/}",
                {"f.yaml:2:37: sinks.out.spool.path: '/x/' has '.' or '..' as a component, '//', or a '/' at the end; "
                 "write it without them"}},
        Refusal{"type: syslog, spool: {path: /}",
                {"f.yaml:2:37: sinks.out.spool.path: '/' has '.' or '..' as a component, '//', or a '/' at the end; "
                 "write it without them"}},
        Refusal{"type: syslog, spool: {path: /x/../y}",
                {"f.yaml:2:37: sinks.out.spool.path: '/x/../y' has '.' or '..' as a component, '//', or a '/' at the "
                 "end; write it without them"}},
        Refusal{"type: syslog, spool: {path: '/x/{filter}'}",
                {"f.yaml:2:37: sinks.out.spool.path: '/x/{filter}' has braces, but is not a template; write it without "
                 "them"}},
        Refusal{"type: syslog, spool: {path: /" + std::string(4000, 'x') + "}",
                {"f.yaml:2:37: sinks.out.spool.path: is longer than 4000 bytes; shorten it"}},
        Refusal{"type: journald, spool: {path: /x, size: 1MiB}",
                {"f.yaml:2:49: sinks.out.spool.size: 1MiB is too small; use 16MiB to 64GiB"}},
        Refusal{"type: file, path: /x, spool: {path: /y, size: 0}",
                {"f.yaml:2:55: sinks.out.spool.size: 0 never means unlimited; use 16MiB to 64GiB"}},
        Refusal{"type: stdout, spool: {path: /x}",
                {"f.yaml:2:23: sinks.out.spool: unknown key; use type, format or queue"}}));

INSTANTIATE_TEST_SUITE_P(
    List, SinkListRefusal,
    testing::Values(
        Refusal{"capture: {}", {"f.yaml:2:28: filters[0].to[0]: 'out' is not a sink; define it under sinks"}},
        Refusal{"sinks:", {"f.yaml:2:28: filters[0].to[0]: 'out' is not a sink; define it under sinks"}},
        Refusal{"sinks: [out]",
                {"f.yaml:1:8: sinks: this is a list, but should be a mapping, with one 'key: value' per line",
                 "f.yaml:2:28: filters[0].to[0]: 'out' is not a sink; define it under sinks"}},
        Refusal{"sinks: {out: stdout}", {"f.yaml:1:14: sinks.out: this should be a mapping, such as {type: journald}"}},
        Refusal{"sinks: {out: }", {"f.yaml:1:9: sinks.out.type: is missing; use file, syslog, journald or stdout"}},
        Refusal{"sinks:\n  out: {type: stdout}\n  out: {type: journald}",
                {"f.yaml:3:3: sinks.out: duplicate key, first on line 2; remove one of them"}},
        Refusal{"sinks:\n  out: {type: stdout}\n  a/b: {type: stdout}",
                {"f.yaml:3:3: sinks.a/b: 'a/b' is not a valid name; use 1 to 64 bytes, without '/' or control "
                 "characters, and not starting with '.'",
                 "f.yaml:3:3: warning: sinks.a/b: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}},
        Refusal{"sinks:\n  out: {type: journald, spool: {path: /x}}\n  b: {type: syslog, spool: {path: /x}}",
                {"f.yaml:3:3: warning: sinks.b: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it",
                 "f.yaml:3:35: sinks.b.spool.path: '/x' is already the spool of sink out; give each sink its own"}},
        Refusal{"sinks:\n  out: {type: stdout}\n  other: {type: stdout}",
                {"f.yaml:3:3: warning: sinks.other: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}}));

TEST(Sinks, MoreThan32_AreRefused) {
  std::string yaml = kFilters + "\nsinks:\n  out: {type: stdout}\n";
  for (int i = 1; i < 33; ++i) yaml += "  s" + std::to_string(i) + ": {type: stdout}\n";
  const LoadResult result = load(yaml);
  ASSERT_EQ(result.problems.size(), 32U);  // the others are not used
  EXPECT_EQ(result.problems.back().to_string("f.yaml"),
            "f.yaml:36:3: sinks.s32: there are more than 32 sinks; remove some");
  EXPECT_FALSE(result.ok());
}

}  // namespace
}  // namespace logsniffd::config

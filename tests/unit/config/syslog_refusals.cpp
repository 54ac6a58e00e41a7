// Errors in syslog sinks.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

const std::string kSchemes = "; use unix, udp, tcp or tls";
const std::string kFacilities =
    "; use kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, audit, alert, clock, "
    "local0, local1, local2, local3, local4, local5, local6 or local7";

}  // namespace

// Each case is the keys of the sink `out`, all in line 2. The first key is at column 9.
Refusals syslog_refusals() {
  return between(
      "sinks:\n  out: {",
      {// Syslog
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
               {"f.yaml:2:27: sinks.out.to: 'tpc://h:1' has an unknown scheme (did you mean 'tcp'?)" + kSchemes}},
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
                "...' has a path that is too long for a socket; use at most 107 bytes"}},
       Refusal{"type: syslog, protocol: ", {"f.yaml:2:23: sinks.out.protocol" + kNoValue}},
       Refusal{"type: syslog, protocol: 5424",
               {"f.yaml:2:33: sinks.out.protocol: '5424' is unknown; use rfc3164 or rfc5424"}},
       Refusal{"type: syslog, protocol: [rfc5424]", {"f.yaml:2:33: sinks.out.protocol" + kIsList}},
       Refusal{
           "type: syslog, protocol: RFC5424",
           {"f.yaml:2:33: sinks.out.protocol: 'RFC5424' is unknown (did you mean 'rfc5424'?); use rfc3164 or rfc5424"}},
       Refusal{"type: syslog, facility: ", {"f.yaml:2:23: sinks.out.facility" + kNoValue}},
       Refusal{"type: syslog, facility: 16", {"f.yaml:2:33: sinks.out.facility: '16' is unknown" + kFacilities}},
       Refusal{"type: syslog, facility: local8",
               {"f.yaml:2:33: sinks.out.facility: 'local8' is unknown (did you mean 'local0'?)" + kFacilities}},
       Refusal{"type: syslog, facility: [user]", {"f.yaml:2:33: sinks.out.facility" + kIsList}},
       Refusal{"type: syslog, facilty: user",
               {"f.yaml:2:23: sinks.out.facilty: unknown key (did you mean 'facility'?)"}},
       Refusal{"type: syslog, tag: ", {"f.yaml:2:23: sinks.out.tag" + kNoValue}},
       Refusal{"type: syslog, tag: ''",
               {"f.yaml:2:28: sinks.out.tag: '' is not a valid tag; use 1 to 48 printable characters, but no spaces, "
                "'[', ']' or ':'"}},
       Refusal{"type: syslog, tag: 'a:'",
               {"f.yaml:2:28: sinks.out.tag: 'a:' is not a valid tag; use 1 to 48 printable characters, but no spaces, "
                "'[', ']' or ':'"}},
       Refusal{"type: syslog, tag: 'a[1]'",
               {"f.yaml:2:28: sinks.out.tag: 'a[1]' is not a valid tag; use 1 to 48 printable characters, but no "
                "spaces, '[', ']' or ':'"}},
       Refusal{"type: syslog, tag: [a]", {"f.yaml:2:28: sinks.out.tag" + kIsList}},
       Refusal{"type: syslog, tag: ä",
               {"f.yaml:2:28: sinks.out.tag: 'ä' is not a valid tag; use 1 to 48 printable characters, but no spaces, "
                "'[', ']' or ':'"}},
       Refusal{"type: syslog, trust: ", {"f.yaml:2:23: sinks.out.trust" + kNoValue}},
       Refusal{"type: syslog, trust: 1",
               {"f.yaml:2:30: sinks.out.trust: '1' is neither true nor false; write one of them, without quotes"}},
       Refusal{"type: syslog, trust: [true]", {"f.yaml:2:30: sinks.out.trust" + kIsList}},
       Refusal{"type: syslog, thrust: true", {"f.yaml:2:23: sinks.out.thrust: unknown key (did you mean 'trust'?)"}},
       Refusal{"type: syslog, to: ", {"f.yaml:2:23: sinks.out.to" + kNoValue}},
       Refusal{"type: syslog, to: [unix:///dev/log]", {"f.yaml:2:27: sinks.out.to" + kIsList}},
       Refusal{"type: syslog, to: ''",
               {"f.yaml:2:27: sinks.out.to: '' is not a valid target; use unix:///dev/log, udp://HOST:PORT, "
                "tcp://HOST:PORT or tls://HOST:PORT"}},
       Refusal{"type: syslog, to: /dev/log",
               {"f.yaml:2:27: sinks.out.to: '/dev/log' is not a valid target; use unix:///dev/log, udp://HOST:PORT, "
                "tcp://HOST:PORT or tls://HOST:PORT"}},
       Refusal{"type: syslog, to: 'http://h:1'",
               {"f.yaml:2:27: sinks.out.to: 'http://h:1' has an unknown scheme; use unix, udp, tcp or tls"}},
       Refusal{"type: syslog, to: 'udp://h:port'",
               {"f.yaml:2:27: sinks.out.to: 'udp://h:port' has an invalid port; use 1 to 65535"}},
       Refusal{"type: syslog, to: 'udp://a b:514'",
               {"f.yaml:2:27: sinks.out.to: 'udp://a b:514' has an invalid host; use a name, an address or [IPV6]"}},
       Refusal{"type: syslog, to: 'udp://[::1:514'",
               {"f.yaml:2:27: sinks.out.to: 'udp://[::1:514' has an invalid host; use a name, an address or [IPV6]"}},
       Refusal{"type: syslog, to: 'udp://h:-1'",
               {"f.yaml:2:27: sinks.out.to: 'udp://h:-1' has an invalid port; use 1 to 65535"}},
       Refusal{"type: syslog, to: 'UDP://h:514'",
               {"f.yaml:2:27: sinks.out.to: 'UDP://h:514' has an unknown scheme (did you mean 'udp'?); use unix, udp, "
                "tcp or tls"}},
       Refusal{"type: syslog, too: x", {"f.yaml:2:23: sinks.out.too: unknown key (did you mean 'to'?)"}},
       Refusal{"type: syslog, host: x",
               {"f.yaml:2:23: sinks.out.host: unknown key; use type, to, protocol, facility, tag, trust, max_size, "
                "tls, queue or spool"}},
       Refusal{"type: syslog, tag: a, tag: b",
               {"f.yaml:2:31: sinks.out.tag: duplicate key, first on line 2; remove one of them"}},
       Refusal{"type: syslog, queue: 1", {"f.yaml:2:30: sinks.out.queue: '1' has no unit" + kSizes}},
       // MaxSize
       Refusal{"type: syslog, max_size: 1000B",
               {"f.yaml:2:33: sinks.out.max_size: 1000B is too small; use 1KiB to 1MiB"}},
       Refusal{"type: syslog, max_size: 2MiB",
               {"f.yaml:2:33: sinks.out.max_size: 2MiB is too large; use 1KiB to 1MiB"}},
       Refusal{"type: syslog, max_size: 0",
               {"f.yaml:2:33: sinks.out.max_size: 0 never means unlimited; use 1KiB to 1MiB"}},
       Refusal{"type: syslog, max_size: ", {"f.yaml:2:23: sinks.out.max_size" + kNoValue}},
       Refusal{"type: syslog, max_size: 8192", {"f.yaml:2:33: sinks.out.max_size: '8192' has no unit" + kSizes}},
       Refusal{"type: syslog, max_size: 8k", {"f.yaml:2:33: sinks.out.max_size: '8k' is not a valid size" + kSizes}},
       Refusal{"type: syslog, max_size: [8KiB]", {"f.yaml:2:33: sinks.out.max_size" + kIsList}},
       Refusal{"type: syslog, maxsize: 8KiB",
               {"f.yaml:2:23: sinks.out.maxsize: unknown key (did you mean 'max_size'?)"}},
       // Tls
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
                "per line"}},
       Refusal{"type: syslog, to: 'tls://h', tls: [ca]",
               {"f.yaml:2:43: sinks.out.tls: this is a list, but should be a mapping, with one 'key: value' per line"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {ca: }", {"f.yaml:2:44: sinks.out.tls.ca" + kNoValue}},
       Refusal{"type: syslog, to: 'tls://h', tls: {ca: [x]}", {"f.yaml:2:48: sinks.out.tls.ca" + kIsList}},
       Refusal{"type: syslog, to: 'tls://h', tls: {ca: ''}",
               {"f.yaml:2:48: sinks.out.tls.ca: '' is not an absolute path; start it with /"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {certificate: x, key: /x}",
               {"f.yaml:2:57: sinks.out.tls.certificate: 'x' is not an absolute path; start it with /"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {certificate: /x, key: x}",
               {"f.yaml:2:66: sinks.out.tls.key: 'x' is not an absolute path; start it with /"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {certificate: [/x], key: /x}",
               {"f.yaml:2:57: sinks.out.tls.certificate" + kIsList}},
       Refusal{"type: syslog, to: 'tls://h', tls: {certificate: /x, key: }",
               {"f.yaml:2:61: sinks.out.tls.key" + kNoValue}},
       Refusal{"type: syslog, to: 'tls://h', tls: {verify: }", {"f.yaml:2:44: sinks.out.tls.verify" + kNoValue}},
       Refusal{
           "type: syslog, to: 'tls://h', tls: {verify: no}",
           {"f.yaml:2:52: sinks.out.tls.verify: 'no' is neither true nor false; write one of them, without quotes"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {server_name: 'a b'}",
               {"f.yaml:2:57: sinks.out.tls.server_name: 'a b' is not a valid name; use the one in the server's "
                "certificate"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {server_name: " + std::string(254, 'a') + "}",
               {"f.yaml:2:57: sinks.out.tls.server_name: '" + std::string(64, 'a') +
                "...' is not a valid name; use the one in the server's certificate"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {server_name: }",
               {"f.yaml:2:44: sinks.out.tls.server_name" + kNoValue}},
       Refusal{"type: syslog, to: 'tls://h', tls: {server_name: [a]}",
               {"f.yaml:2:57: sinks.out.tls.server_name" + kIsList}},
       Refusal{"type: syslog, to: 'tls://h', tls: {server_name: a/b}",
               {"f.yaml:2:57: sinks.out.tls.server_name: 'a/b' is not a valid name; use the one in the server's "
                "certificate"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {cert: /x}",
               {"f.yaml:2:44: sinks.out.tls.cert: unknown key; use ca, certificate, key, verify or server_name"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {ca: /x, ca: /y}",
               {"f.yaml:2:52: sinks.out.tls.ca: duplicate key, first on line 2; remove one of them"}},
       Refusal{"type: syslog, to: 'tls://h', tls: {certifcate: /x}",
               {"f.yaml:2:44: sinks.out.tls.certifcate: unknown key (did you mean 'certificate'?)"}},
       Refusal{"type: syslog, to: 'udp://h:1', tls: {verify: true}",
               {"f.yaml:2:40: sinks.out.tls: is only for tls:// targets; change 'to', or remove the key"}},
       Refusal{"type: syslog, to: 'tls://h:'",
               {"f.yaml:2:27: sinks.out.to: 'tls://h:' has an invalid port; use 1 to 65535"}},
       Refusal{"type: syslog, to: 'tls://h h'",
               {"f.yaml:2:27: sinks.out.to: 'tls://h h' has an invalid host; use a name, an address or [IPV6]"}}},
      "}" + kFilters);
}

}  // namespace logsniffd::config

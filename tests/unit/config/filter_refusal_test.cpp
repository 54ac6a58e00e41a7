// Every error in filters, with exactly the text that the operator reads.
#include <gtest/gtest.h>

#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

// The cases are keys of one filter, and begin in line 3 of the file.
std::string filter_with(const std::string& keys) {
  return "filters:\n  - name: app\n    " + keys + "\n    to: [out]" + kSinks;
}

class FilterRefusal : public testing::TestWithParam<Refusal> {};
TEST_P(FilterRefusal, SaysWhereAndWhat) { EXPECT_EQ(lines_of(filter_with(GetParam().yaml)), GetParam().lines); }

class FilterListRefusal : public testing::TestWithParam<Refusal> {};
TEST_P(FilterListRefusal, SaysWhereAndWhat) { EXPECT_EQ(lines_of(GetParam().yaml + kSinks), GetParam().lines); }

const std::string kAt = "f.yaml:3:5: filters[0].";
const std::string kSeverities = "; use emerg, alert, crit, err, warning, notice, info or debug";

INSTANTIATE_TEST_SUITE_P(
    Ports, FilterRefusal,
    testing::Values(
        Refusal{"port: 0", {"f.yaml:3:11: filters[0].port: 0 is not a valid port (1 to 65535)"}},
        Refusal{"port: 65536", {"f.yaml:3:11: filters[0].port: 65536 is not a valid port (1 to 65535)"}},
        Refusal{"port: 70000", {"f.yaml:3:11: filters[0].port: 70000 is not a valid port (1 to 65535)"}},
        Refusal{"port: -1", {"f.yaml:3:11: filters[0].port: -1 is not a valid port (1 to 65535)"}},
        Refusal{"port: syslog", {"f.yaml:3:11: filters[0].port: 'syslog' is not a valid port (1 to 65535)"}},
        Refusal{"port: 514/udp", {"f.yaml:3:11: filters[0].port: '514/udp' is not a valid port (1 to 65535)"}},
        Refusal{"port: 0514", {"f.yaml:3:11: filters[0].port: 0514 is not a valid port (1 to 65535)"}},
        Refusal{"port: '514'", {"f.yaml:3:11: filters[0].port: '514' is text; write the port without quotes"}},
        Refusal{"port: 6000-6010", {"f.yaml:3:11: filters[0].port: 6000-6010 is a range; use ports: [6000-6010]"}},
        Refusal{"port: [514]", {"f.yaml:3:11: filters[0].port: this is a list, but should be a single value"}},
        Refusal{"port:", {kAt + "port: has no value; give it a single value, or remove the key"}},
        Refusal{"ports: 514",
                {"f.yaml:3:12: filters[0].ports: '514' is a single value, but should be a list, such as [a, b]"}},
        Refusal{"ports: []",
                {"f.yaml:3:12: filters[0].ports: lists no ports; list at least one, or remove the key for all ports"}},
        Refusal{"ports: [514, 6010-6000]",
                {"f.yaml:3:18: filters[0].ports[1]: 6010-6000 is a reversed range; use 6000-6010"}},
        Refusal{"ports: [0-10]", {"f.yaml:3:13: filters[0].ports[0]: 0 is not a valid port (1 to 65535)"}},
        Refusal{"ports: [1-70000]", {"f.yaml:3:13: filters[0].ports[0]: 70000 is not a valid port (1 to 65535)"}},
        Refusal{"ports: [1-]", {"f.yaml:3:13: filters[0].ports[0]: '' is not a valid port (1 to 65535)"}},
        Refusal{"ports: [1-2-3]", {"f.yaml:3:13: filters[0].ports[0]: 2-3 is not a valid port (1 to 65535)"}},
        Refusal{"port: 1\n    ports: [2]",
                {"f.yaml:4:5: filters[0].ports: port and ports are both given; list all of them under ports"}}));

INSTANTIATE_TEST_SUITE_P(
    Words, FilterRefusal,
    testing::Values(
        Refusal{"protocol: tpc", {"f.yaml:3:15: filters[0].protocol: 'tpc' is unknown; use tcp, udp or both"}},
        Refusal{"protocol: TCP", {"f.yaml:3:15: filters[0].protocol: 'TCP' is unknown; use tcp, udp or both"}},
        Refusal{"direction: form", {"f.yaml:3:16: filters[0].direction: 'form' is unknown; use to, from or both"}},
        Refusal{"direction: bot",
                {"f.yaml:3:16: filters[0].direction: 'bot' is unknown (did you mean 'both'?); use to, from or both"}},
        Refusal{"port: 1\n    framing: line",
                {"f.yaml:4:14: filters[0].framing: 'line' is unknown (did you mean 'lines'?); use auto, lines, nul, "
                 "octet, length or datagram"}},
        Refusal{"decode: sylog",
                {"f.yaml:3:13: filters[0].decode: 'sylog' is unknown (did you mean 'syslog'?); use auto, plain, "
                 "syslog, json, gelf, python or netconsole"}},
        Refusal{"severity: warn", {"f.yaml:3:15: filters[0].severity: 'warn' is unknown" + kSeverities}},
        Refusal{"severity: eror",
                {"f.yaml:3:15: filters[0].severity: 'eror' is unknown (did you mean 'err'?)" + kSeverities}},
        Refusal{"severity: 4", {"f.yaml:3:15: filters[0].severity: '4' is unknown" + kSeverities}},
        Refusal{"final: 1",
                {"f.yaml:3:12: filters[0].final: '1' is neither true nor false; write one of them, without quotes"}}));

INSTANTIATE_TEST_SUITE_P(
    FramingDetails, FilterRefusal,
    testing::Values(
        Refusal{"framing: {metod: lines}",
                {"f.yaml:3:5: filters[0].framing.method: is missing; use lines, length or datagram",
                 "f.yaml:3:15: filters[0].framing.metod: unknown key (did you mean 'method'?)"}},
        Refusal{"framing: {method: length, bytes: 3}", {"f.yaml:3:38: filters[0].framing.bytes: should be 2 or 4"}},
        Refusal{"framing: {method: length, order: network}",
                {"f.yaml:3:38: filters[0].framing.order: 'network' is unknown; use big or little"}},
        Refusal{
            "framing: {method: lines, delimiter: ab}",
            {"f.yaml:3:41: filters[0].framing.delimiter: should be a single byte, such as \"\\x1e\" in double quotes"}},
        Refusal{"framing: {method: nul, bytes: 2}",
                {"f.yaml:3:28: filters[0].framing.bytes: is only for method: length; remove it"}},
        Refusal{"framing: {method: lines, split: true}",
                {"f.yaml:3:30: filters[0].framing.split: is only for method: datagram; remove it"}}));

INSTANTIATE_TEST_SUITE_P(
    Multiline, FilterRefusal,
    testing::Values(
        Refusal{"multiline: tracback",
                {"f.yaml:3:16: filters[0].multiline: 'tracback' is unknown (did you mean 'traceback'?); use "
                 "traceback"}},
        Refusal{
            "multiline: {timeout: 1s}",
            {"f.yaml:3:16: filters[0].multiline: does not say how lines are joined; use start, indent or traceback"}},
        Refusal{"multiline: {indent: true, start: '^x'}",
                {"f.yaml:3:16: filters[0].multiline: has more than one of start, indent and traceback; keep one of "
                 "them"}},
        Refusal{"multiline: {start: '(a'}",
                {"f.yaml:3:24: filters[0].multiline.start: '(a' is not a valid RE2 expression: missing ): (a; see "
                 "https://github.com/google/re2/wiki/Syntax"}},
        Refusal{"multiline: {indent: true, timeout: 2h}",
                {"f.yaml:3:40: filters[0].multiline.timeout: 2h is too large; use 1ms to 1h"}}));

INSTANTIATE_TEST_SUITE_P(
    Networks, FilterRefusal,
    testing::Values(
        Refusal{
            "networks: 10.0.0.0/8",
            {"f.yaml:3:15: filters[0].networks: '10.0.0.0/8' is a single value, but should be a list, such as [a, b]"}},
        Refusal{"networks: [10.0.0.0/8, 10.1.2.3/8]",
                {"f.yaml:3:28: filters[0].networks[1]: '10.1.2.3/8' has host bits set; use 10.0.0.0/8 for the network, "
                 "or 10.1.2.3 for the single host"}},
        Refusal{"networks: ['fe80::1/10']",
                {"f.yaml:3:16: filters[0].networks[0]: 'fe80::1/10' has host bits set; use fe80::/10 for the network, "
                 "or fe80::1 for the single host"}},
        Refusal{"networks: [10.0.0/8]",
                {"f.yaml:3:16: filters[0].networks[0]: '10.0.0/8' is not a valid network; use an address and a prefix "
                 "length, such as 10.0.0.0/8"}},
        Refusal{"networks: [10.0.0.0/33]",
                {"f.yaml:3:16: filters[0].networks[0]: '10.0.0.0/33' has an invalid prefix length; use 0 to 32 after "
                 "the /"}},
        Refusal{"networks: ['fe80::/129']",
                {"f.yaml:3:16: filters[0].networks[0]: 'fe80::/129' has an invalid prefix length; use 0 to 128 after "
                 "the /"}},
        Refusal{"networks: [10.0.0.0/]",
                {"f.yaml:3:16: filters[0].networks[0]: '10.0.0.0/' has an invalid prefix length; use 0 to 32 after the "
                 "/"}}));

INSTANTIATE_TEST_SUITE_P(
    Expressions, FilterRefusal,
    testing::Values(
        Refusal{"match: ERROR",
                {"f.yaml:3:12: filters[0].match: 'ERROR' is a single value, but should be a list, such as [a, b]"}},
        Refusal{"match: [ok, '(a']",
                {"f.yaml:3:17: filters[0].match[1]: '(a' is not a valid RE2 expression: missing ): (a; see "
                 "https://github.com/google/re2/wiki/Syntax"}},
        Refusal{"exclude: ['a**']",
                {"f.yaml:3:15: filters[0].exclude[0]: 'a**' is not a valid RE2 expression: bad repetition operator: "
                 "**; see https://github.com/google/re2/wiki/Syntax"}},
        Refusal{"exclude: ['(?=x)']",
                {"f.yaml:3:15: filters[0].exclude[0]: '(?=x)' is not a valid RE2 expression: invalid perl operator: "
                 "(?=; see https://github.com/google/re2/wiki/Syntax"}},
        Refusal{"match: ['']", {"f.yaml:3:13: filters[0].match[0]: is empty and would match everything; remove it"}},
        Refusal{"match: [" + std::string(4097, 'a') + "]",
                {"f.yaml:3:13: filters[0].match[0]: is longer than 4096 bytes; split it into several"}}));

INSTANTIATE_TEST_SUITE_P(
    Keys, FilterRefusal,
    testing::Values(
        Refusal{"por: 5", {kAt + "por: unknown key (did you mean 'port'?)"}},
        Refusal{
            "sink: out",
            {kAt + "sink: unknown key; use name, port, ports, protocol, direction, networks, framing, "
                   "multiline, decode, where, match, exclude, severity, redact, sample, repeat, rate, final or to"}},
        Refusal{"port: 5\n    port: 6",
                {"f.yaml:4:5: filters[0].port: duplicate key, first on line 3; remove one of them"}},
        Refusal{"where: nginx",
                {"f.yaml:3:12: filters[0].where: 'nginx' is a single value, but should be a mapping, with "
                 "one 'key: value' per line"}},
        Refusal{"where: {hst: x}", {"f.yaml:3:13: filters[0].where.hst: unknown field (did you mean 'host'?)"}},
        Refusal{"where: {message: x}",
                {"f.yaml:3:13: filters[0].where.message: unknown field; use host, app, pid, msgid, "
                 "severity, interface or field.NAME"}},
        Refusal{"where: {host: [a]}",
                {"f.yaml:3:19: filters[0].where.host: this is a list, but should be a single value"}},
        Refusal{"where: {host: '('}",
                {"f.yaml:3:19: filters[0].where.host: '(' is not a valid RE2 expression: missing ): (; see "
                 "https://github.com/google/re2/wiki/Syntax"}},
        Refusal{"where: {field.status: '>=high'}",
                {"f.yaml:3:27: filters[0].where.field.status: '>=high' does not compare with a number; "
                 "example: '>=500'"}},
        Refusal{"redact: [x]",
                {"f.yaml:3:14: filters[0].redact[0]: 'x' is a single value, but should be a mapping, with "
                 "one 'key: value' per line"}},
        Refusal{"redact: [{with: x}]",
                {"f.yaml:3:14: filters[0].redact[0].pattern: is missing; give an RE2 expression for what "
                 "must not be seen"}},
        Refusal{"redact: [{pattern: ''}]",
                {"f.yaml:3:24: filters[0].redact[0].pattern: is empty and would match everything; remove "
                 "it"}},
        Refusal{"redact: [{pattern: 'x*'}]",
                {"f.yaml:3:14: filters[0].redact[0]: 'x*' matches the empty text, so it matches "
                 "everywhere"}},
        Refusal{"redact: [{pattern: x, wiht: y}]",
                {"f.yaml:3:27: filters[0].redact[0].wiht: unknown key; use pattern or with"}},
        Refusal{"direction: to",
                {"f.yaml:3:16: warning: filters[0].direction: is ignored, because it has no meaning "
                 "without a port; give the filter a port, or remove the key"}}));

INSTANTIATE_TEST_SUITE_P(
    List, FilterListRefusal,
    testing::Values(
        Refusal{"capture: {}",
                {"f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one",
                 "f.yaml:2:9: warning: sinks.out: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}},
        Refusal{"capture: {}\nfilters: []",
                {"f.yaml:2:1: filters: there is no filter, so nothing would be collected; add one",
                 "f.yaml:3:9: warning: sinks.out: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}},
        Refusal{"capture: {}\nfilters:",
                {"f.yaml:2:1: filters: there is no filter, so nothing would be collected; add one",
                 "f.yaml:3:9: warning: sinks.out: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}},
        Refusal{"filters: {name: a, to: [out]}",
                {"f.yaml:1:10: filters: this is a mapping, but should be a list, such as [a, b]; quote text that "
                 "starts with {",
                 "f.yaml:2:9: warning: sinks.out: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}},
        Refusal{"filters:\n  - {name: a, to: [out]}\n  - b",
                {"f.yaml:3:5: filters[1]: this should be a mapping, such as {name: app, port: 9988, to: [journal]}"}},
        Refusal{"filters:\n  - {name: a, to: [out]}\n  -",
                {"f.yaml:2:3: filters[1]: is empty; give it a name, a port and sinks, or remove it"}},
        Refusal{"filters:\n  - {name: a, to: [out]}\n  - port: 1",
                {"f.yaml:3:5: filters[1].name: is missing; give the filter a name",
                 "f.yaml:3:5: filters[1].to: is missing; list the sinks that the records go to"}},
        Refusal{"filters:\n  - {name: a, to: [out]}\n  - {name: b, to: [out]}\n  - {name: a, to: [out]}",
                {"f.yaml:4:12: filters[2].name: 'a' is already the name of the filter on line 2; rename one of them"}},
        Refusal{"filters:\n  - {name: a/b, to: [out]}",
                {"f.yaml:2:12: filters[0].name: 'a/b' is not a valid name; use 1 to 64 bytes, without '/' or control "
                 "characters, and not starting with '.'"}},
        Refusal{"filters:\n  - {name: '', to: [out]}",
                {"f.yaml:2:12: filters[0].name: '' is not a valid name; use 1 to 64 bytes, without '/' or control "
                 "characters, and not starting with '.'"}},
        Refusal{"filters:\n  - {name: a, to: [ou]}",
                {"f.yaml:2:20: filters[0].to[0]: 'ou' is not a sink (did you mean 'out'?)",
                 "f.yaml:3:9: warning: sinks.out: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}},
        Refusal{"filters:\n  - {name: a, to: [out, journal]}",
                {"f.yaml:2:25: filters[0].to[1]: 'journal' is not a sink; define it under sinks"}},
        Refusal{"filters:\n  - {name: a, to: [out, out]}",
                {"f.yaml:2:25: filters[0].to[1]: 'out' is listed twice; remove one of them"}},
        Refusal{"filters:\n  - {name: a, to: []}",
                {"f.yaml:2:19: filters[0].to: lists no sinks; list at least one",
                 "f.yaml:3:9: warning: sinks.out: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}},
        Refusal{"filters:\n  - {name: a, to: out}",
                {"f.yaml:2:19: filters[0].to: 'out' is a single value, but should be a list, such as [a, b]",
                 "f.yaml:3:9: warning: sinks.out: no filter writes to this sink; list it in the 'to' of a filter, or "
                 "remove it"}}));

std::string many_filters(int count) {
  std::string yaml = "filters:\n";
  for (int i = 0; i < count; ++i) yaml += "- {name: f" + std::to_string(i) + ", to: [out]}\n";
  return yaml + kSinks;
}

TEST(Filters, MoreThan64_AreRefused) {
  EXPECT_EQ(lines_of(many_filters(64)), std::vector<std::string>{});
  EXPECT_EQ(lines_of(many_filters(65)),
            std::vector<std::string>{"f.yaml:66:3: filters[64]: there are more than 64 filters; remove some"});
}

TEST(Filters, ListOfMoreThan256Items_IsRefused) {
  const auto with_ports = [](int count) {
    std::string list;
    for (int i = 1; i <= count; ++i) list += std::to_string(i) + ", ";
    return filter_with("ports: [" + list + "]");
  };
  EXPECT_EQ(lines_of(with_ports(256)), std::vector<std::string>{});
  EXPECT_EQ(lines_of(with_ports(257)),
            std::vector<std::string>{"f.yaml:3:12: filters[0].ports: has 257 items; use at most 256"});
}

}  // namespace
}  // namespace logsniffd::config

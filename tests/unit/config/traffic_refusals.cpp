// Errors in what says which traffic a filter takes.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

const std::string kAt = "f.yaml:3:5: filters[0].";
const std::string kSeverities = "; use emerg, alert, crit, err, warning, notice, info or debug";

}  // namespace

// Each case is keys of one filter. The first is in line 3.
Refusals traffic_refusals() {
  return between(
      "filters:\n  - name: app\n    ",
      {// Ports
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
       Refusal{"ports: [1-]",
               {"f.yaml:3:13: filters[0].ports[0]: '1-' is not a range; use two ports, such as 6000-6010"}},
       Refusal{"ports: [1-2-3]",
               {"f.yaml:3:13: filters[0].ports[0]: '1-2-3' is not a range; use two ports, such as 6000-6010"}},
       Refusal{"port: 1\n    ports: [2]",
               {"f.yaml:4:5: filters[0].ports: port and ports are both given; list all of them under ports"}},
       Refusal{"port: 1.5", {"f.yaml:3:11: filters[0].port: '1.5' is not a valid port (1 to 65535)"}},
       Refusal{"port: [514, 515]", {"f.yaml:3:11: filters[0].port" + kIsList}},
       Refusal{"port: {tcp: 514}",
               {"f.yaml:3:11: filters[0].port: this is a mapping, but should be a single value; quote text that starts "
                "with {"}},
       Refusal{"port: ''", {"f.yaml:3:11: filters[0].port: '' is not a valid port (1 to 65535)"}},
       Refusal{"port: 0x50", {"f.yaml:3:11: filters[0].port: '0x50' is not a valid port (1 to 65535)"}},
       Refusal{"port: 99999", {"f.yaml:3:11: filters[0].port: 99999 is not a valid port (1 to 65535)"}},
       Refusal{"ports:",
               {"f.yaml:3:5: filters[0].ports: has no value; give it a list, such as [a, b], or remove the key"}},
       Refusal{"ports: {a: 1}",
               {"f.yaml:3:12: filters[0].ports: this is a mapping, but should be a list, such as [a, b]; quote text "
                "that starts with {"}},
       Refusal{"ports: [[514]]", {"f.yaml:3:13: filters[0].ports[0]" + kIsList}},
       Refusal{"ports: [\"514\"]", {"f.yaml:3:13: filters[0].ports[0]: '514' is text; write the port without quotes"}},
       Refusal{"ports: [70000]", {"f.yaml:3:13: filters[0].ports[0]: 70000 is not a valid port (1 to 65535)"}},
       Refusal{"ports: [~]", {"f.yaml:3:12: filters[0].ports[0]" + kNoValue}},
       Refusal{"ports: [-5]", {"f.yaml:3:13: filters[0].ports[0]: -5 is not a valid port (1 to 65535)"}},
       Refusal{"ports: [5, syslog]", {"f.yaml:3:16: filters[0].ports[1]: 'syslog' is not a valid port (1 to 65535)"}},
       Refusal{"ports: [1 - 5]", {"f.yaml:3:13: filters[0].ports[0]: '1 ' is not a valid port (1 to 65535)"}},
       Refusal{"ports: [1-65536]", {"f.yaml:3:13: filters[0].ports[0]: 65536 is not a valid port (1 to 65535)"}},
       Refusal{"port: 514\n    prot: tcp", {"f.yaml:4:5: filters[0].prot: unknown key (did you mean 'port'?)"}},
       // Words
       Refusal{"protocol: tpc",
               {"f.yaml:3:15: filters[0].protocol: 'tpc' is unknown (did you mean 'tcp'?); use tcp, udp or both"}},
       Refusal{"protocol: TCP",
               {"f.yaml:3:15: filters[0].protocol: 'TCP' is unknown (did you mean 'tcp'?); use tcp, udp or both"}},
       Refusal{"direction: form",
               {"f.yaml:3:16: filters[0].direction: 'form' is unknown (did you mean 'from'?); use to, from or both"}},
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
               {"f.yaml:3:12: filters[0].final: '1' is neither true nor false; write one of them, without quotes"}},
       Refusal{"protocol:", {"f.yaml:3:5: filters[0].protocol" + kNoValue}},
       Refusal{"protocol: [tcp]", {"f.yaml:3:15: filters[0].protocol" + kIsList}},
       Refusal{"protocol: 6", {"f.yaml:3:15: filters[0].protocol: '6' is unknown; use tcp, udp or both"}},
       Refusal{"protocol: sctp", {"f.yaml:3:15: filters[0].protocol: 'sctp' is unknown; use tcp, udp or both"}},
       Refusal{"protocol: bth",
               {"f.yaml:3:15: filters[0].protocol: 'bth' is unknown (did you mean 'both'?); use tcp, udp or both"}},
       Refusal{"port: 1\n    direction: [to]", {"f.yaml:4:16: filters[0].direction" + kIsList}},
       Refusal{"port: 1\n    direction: in",
               {"f.yaml:4:16: filters[0].direction: 'in' is unknown; use to, from or both"}},
       Refusal{"port: 1\n    direction:", {"f.yaml:4:5: filters[0].direction" + kNoValue}},
       Refusal{"severity: [err]", {"f.yaml:3:15: filters[0].severity" + kIsList}},
       Refusal{"severity:", {"f.yaml:3:5: filters[0].severity" + kNoValue}},
       Refusal{"severity: WARNING",
               {"f.yaml:3:15: filters[0].severity: 'WARNING' is unknown (did you mean 'warning'?)" + kSeverities}},
       Refusal{"severity: critt",
               {"f.yaml:3:15: filters[0].severity: 'critt' is unknown (did you mean 'crit'?)" + kSeverities}},
       Refusal{"final: maybe",
               {"f.yaml:3:12: filters[0].final: 'maybe' is neither true nor false; write one of them, without quotes"}},
       Refusal{"final:", {"f.yaml:3:5: filters[0].final" + kNoValue}},
       Refusal{"final: [true]", {"f.yaml:3:12: filters[0].final" + kIsList}},
       Refusal{"final: 'false'",
               {"f.yaml:3:12: filters[0].final: 'false' is neither true nor false; write one of them, without quotes"}},
       Refusal{"finl: true", {"f.yaml:3:5: filters[0].finl: unknown key (did you mean 'final'?)"}},
       Refusal{"decode: [json]", {"f.yaml:3:13: filters[0].decode" + kIsList}},
       Refusal{"decode:", {"f.yaml:3:5: filters[0].decode" + kNoValue}},
       Refusal{"decode: jsn",
               {"f.yaml:3:13: filters[0].decode: 'jsn' is unknown (did you mean 'json'?); use auto, plain, syslog, "
                "json, gelf, python or netconsole"}},
       Refusal{"decode: xml",
               {"f.yaml:3:13: filters[0].decode: 'xml' is unknown; use auto, plain, syslog, json, gelf, python or "
                "netconsole"}},
       Refusal{"protocl: tcp", {"f.yaml:3:5: filters[0].protocl: unknown key (did you mean 'protocol'?)"}},
       Refusal{"dircetion: to", {"f.yaml:3:5: filters[0].dircetion: unknown key (did you mean 'direction'?)"}},
       Refusal{"decoder: json", {"f.yaml:3:5: filters[0].decoder: unknown key (did you mean 'decode'?)"}},
       Refusal{"severty: err", {"f.yaml:3:5: filters[0].severty: unknown key (did you mean 'severity'?)"}},
       // Networks
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
                "/"}},
       Refusal{"networks:",
               {"f.yaml:3:5: filters[0].networks: has no value; give it a list, such as [a, b], or remove the key"}},
       Refusal{"networks: {a: b}",
               {"f.yaml:3:15: filters[0].networks: this is a mapping, but should be a list, such as [a, b]; quote text "
                "that starts with {"}},
       Refusal{"networks: ['']",
               {"f.yaml:3:16: filters[0].networks[0]: '' is not a valid network; use an address and a prefix length, "
                "such as 10.0.0.0/8"}},
       Refusal{"networks: [[10.0.0.0/8]]", {"f.yaml:3:16: filters[0].networks[0]" + kIsList}},
       Refusal{"networks: [~]", {"f.yaml:3:15: filters[0].networks[0]" + kNoValue}},
       Refusal{"networks: [10.0.0.0/-1]",
               {"f.yaml:3:16: filters[0].networks[0]: '10.0.0.0/-1' has an invalid prefix length; use 0 to 32 after "
                "the /"}},
       Refusal{"networks: [example.net]",
               {"f.yaml:3:16: filters[0].networks[0]: 'example.net' is not a valid network; use an address and a "
                "prefix length, such as 10.0.0.0/8"}},
       Refusal{"networks: [300.0.0.1]",
               {"f.yaml:3:16: filters[0].networks[0]: '300.0.0.1' is not a valid network; use an address and a prefix "
                "length, such as 10.0.0.0/8"}},
       Refusal{"network: [10.0.0.0/8]", {"f.yaml:3:5: filters[0].network: unknown key (did you mean 'networks'?)"}}},
      "\n    to: [out]" + kSinks);
}

}  // namespace logsniffd::config

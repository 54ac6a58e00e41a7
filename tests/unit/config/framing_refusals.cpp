// Errors in framing and multiline.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

const std::string kFilterKeys =
    "; use name, port, ports, protocol, direction, networks, framing, multiline, decode, where, match, exclude, "
    "severity, redact, sample, repeat, rate, final or to";

}  // namespace

// Each case is keys of one filter. The first is in line 3.
Refusals framing_refusals() {
  return between(
      "filters:\n  - name: app\n    ",
      {// FramingDetails
       Refusal{"framing: {metod: lines}",
               {"f.yaml:3:5: filters[0].framing.method: is missing; use lines, length or datagram",
                "f.yaml:3:15: filters[0].framing.metod: unknown key (did you mean 'method'?)"}},
       Refusal{"framing: {method: length, bytes: 3}",
               {"f.yaml:3:38: filters[0].framing.bytes: 3 is not a size that a length can have; use 2 or 4"}},
       Refusal{"framing: {method: length, order: network}",
               {"f.yaml:3:38: filters[0].framing.order: 'network' is unknown; use big or little"}},
       Refusal{"framing: {method: lines, delimiter: ab}",
               {"f.yaml:3:41: filters[0].framing.delimiter: 'ab' is not a single byte; use one, such as \"\\x1e\" in "
                "double quotes"}},
       Refusal{"framing: {method: nul, bytes: 2}",
               {"f.yaml:3:28: filters[0].framing.bytes: is only for method: length; remove it"}},
       Refusal{"framing: {method: lines, split: true}",
               {"f.yaml:3:30: filters[0].framing.split: is only for method: datagram; remove it"}},
       // Framing
       Refusal{"framing:", {"f.yaml:3:5: filters[0].framing" + kNoValue}},
       Refusal{"framing: [lines]", {"f.yaml:3:14: filters[0].framing" + kIsList}},
       Refusal{
           "framing: newline",
           {"f.yaml:3:14: filters[0].framing: 'newline' is unknown; use auto, lines, nul, octet, length or datagram"}},
       Refusal{"framing: 4",
               {"f.yaml:3:14: filters[0].framing: '4' is unknown; use auto, lines, nul, octet, length or datagram"}},
       Refusal{"framing: {}", {"f.yaml:3:5: filters[0].framing.method: is missing; use lines, length or datagram"}},
       Refusal{"framing: {method: }", {"f.yaml:3:15: filters[0].framing.method" + kNoValue}},
       Refusal{"framing: {method: octets}",
               {"f.yaml:3:23: filters[0].framing.method: 'octets' is unknown (did you mean 'octet'?); use auto, lines, "
                "nul, octet, length or datagram"}},
       Refusal{"framing: {method: [lines]}", {"f.yaml:3:23: filters[0].framing.method" + kIsList}},
       Refusal{"framing: {method: lines, delimiter: }", {"f.yaml:3:30: filters[0].framing.delimiter" + kNoValue}},
       Refusal{"framing: {method: lines, delimiter: ''}",
               {"f.yaml:3:41: filters[0].framing.delimiter: '' is not a single byte; use one, such as \"\\x1e\" in "
                "double quotes"}},
       Refusal{"framing: {method: lines, delimiter: [a]}", {"f.yaml:3:41: filters[0].framing.delimiter" + kIsList}},
       Refusal{"framing: {method: octet, delimiter: a}",
               {"f.yaml:3:30: filters[0].framing.delimiter: is only for method: lines; remove it"}},
       Refusal{"framing: {method: length, bytes: two}",
               {"f.yaml:3:38: filters[0].framing.bytes: 'two' is not a whole number; use digits only"}},
       Refusal{"framing: {method: length, bytes: '2'}",
               {"f.yaml:3:38: filters[0].framing.bytes: '2' is text; write the number without quotes"}},
       Refusal{"framing: {method: length, bytes: 0}",
               {"f.yaml:3:38: filters[0].framing.bytes: 0 is not a size that a length can have; use 2 or 4"}},
       Refusal{"framing: {method: length, bytes: }", {"f.yaml:3:31: filters[0].framing.bytes" + kNoValue}},
       Refusal{"framing: {method: length, order: bg}",
               {"f.yaml:3:38: filters[0].framing.order: 'bg' is unknown (did you mean 'big'?); use big or little"}},
       Refusal{"framing: {method: length, order: [big]}", {"f.yaml:3:38: filters[0].framing.order" + kIsList}},
       Refusal{"framing: {method: lines, order: big}",
               {"f.yaml:3:30: filters[0].framing.order: is only for method: length; remove it"}},
       Refusal{"framing: {method: datagram, split: yes}",
               {"f.yaml:3:40: filters[0].framing.split: 'yes' is neither true nor false; write one of them, without "
                "quotes"}},
       Refusal{"framing: {method: datagram, split: }", {"f.yaml:3:33: filters[0].framing.split" + kNoValue}},
       Refusal{"framing: {method: lines, method: nul}",
               {"f.yaml:3:30: filters[0].framing.method: duplicate key, first on line 3; remove one of them"}},
       Refusal{"framing: {method: lines, delimeter: a}",
               {"f.yaml:3:30: filters[0].framing.delimeter: unknown key (did you mean 'delimiter'?)"}},
       Refusal{"frame: lines", {"f.yaml:3:5: filters[0].frame: unknown key" + kFilterKeys}},
       // Multiline
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
               {"f.yaml:3:40: filters[0].multiline.timeout: 2h is too large; use 1ms to 1h"}},
       Refusal{"multiline:", {"f.yaml:3:5: filters[0].multiline" + kNoValue}},
       Refusal{"multiline: true", {"f.yaml:3:16: filters[0].multiline: 'true' is unknown; use traceback"}},
       Refusal{"multiline: [indent]", {"f.yaml:3:16: filters[0].multiline" + kIsList}},
       Refusal{
           "multiline: {}",
           {"f.yaml:3:16: filters[0].multiline: does not say how lines are joined; use start, indent or traceback"}},
       Refusal{"multiline: {start: }", {"f.yaml:3:17: filters[0].multiline.start" + kNoValue}},
       Refusal{"multiline: {start: ''}",
               {"f.yaml:3:24: filters[0].multiline.start: is empty and would match everything; remove it"}},
       Refusal{"multiline: {start: [a]}", {"f.yaml:3:24: filters[0].multiline.start" + kIsList}},
       Refusal{"multiline: {start: " + std::string(4097, 'a') + "}",
               {"f.yaml:3:24: filters[0].multiline.start: is longer than 4096 bytes; split it into several"}},
       Refusal{"multiline: {indent: 2}",
               {"f.yaml:3:25: filters[0].multiline.indent: '2' is neither true nor false; write one of them, without "
                "quotes"}},
       Refusal{"multiline: {indent: }", {"f.yaml:3:17: filters[0].multiline.indent" + kNoValue}},
       Refusal{"multiline: {traceback: yes}",
               {"f.yaml:3:28: filters[0].multiline.traceback: 'yes' is neither true nor false; write one of them, "
                "without quotes"}},
       Refusal{
           "multiline: {indent: true, traceback: true}",
           {"f.yaml:3:16: filters[0].multiline: has more than one of start, indent and traceback; keep one of them"}},
       Refusal{"multiline: {indent: true, timeout: 1}",
               {"f.yaml:3:40: filters[0].multiline.timeout: '1' has no unit" + kTimes}},
       Refusal{"multiline: {indent: true, timeout: 0}",
               {"f.yaml:3:40: filters[0].multiline.timeout: 0 never means unlimited; use 1ms to 1h"}},
       Refusal{"multiline: {indent: true, timeout: 999us}",
               {"f.yaml:3:40: filters[0].multiline.timeout: 999us is too small; use 1ms to 1h"}},
       Refusal{"multiline: {indent: true, timeout: soon}",
               {"f.yaml:3:40: filters[0].multiline.timeout: 'soon' is not a valid time" + kTimes}},
       Refusal{"multiline: {indent: true, timeout: }", {"f.yaml:3:31: filters[0].multiline.timeout" + kNoValue}},
       Refusal{"multiline: {begin: x}",
               {"f.yaml:3:16: filters[0].multiline: does not say how lines are joined; use start, indent or traceback",
                "f.yaml:3:17: filters[0].multiline.begin: unknown key; use start, indent, traceback or timeout"}},
       Refusal{"multiline: {strat: x}",
               {"f.yaml:3:16: filters[0].multiline: does not say how lines are joined; use start, indent or traceback",
                "f.yaml:3:17: filters[0].multiline.strat: unknown key (did you mean 'start'?)"}},
       Refusal{"multiline: {indent: true, indent: true}",
               {"f.yaml:3:31: filters[0].multiline.indent: duplicate key, first on line 3; remove one of them"}},
       Refusal{"multi_line: traceback",
               {"f.yaml:3:5: filters[0].multi_line: unknown key (did you mean 'multiline'?)"}}},
      "\n    to: [out]" + kSinks);
}

}  // namespace logsniffd::config

// Errors in the list of sinks.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
Refusals sink_list_refusals() {
  return between(
      "",
      {// List
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
                "remove it"}},
       Refusal{"sinks: 5",
               {"f.yaml:1:8: sinks: '5'" + kMapping,
                "f.yaml:2:28: filters[0].to[0]: 'out' is not a sink; define it under sinks"}},
       Refusal{"sinks: {out: [stdout]}",
               {"f.yaml:1:14: sinks.out: this should be a mapping, such as {type: journald}"}},
       Refusal{"sinks: {\"\": {type: stdout}, out: {type: stdout}}",
               {"f.yaml:1:9: sinks.: '' is not a valid name" + kNames, "f.yaml:1:9: warning: sinks." + kUnused}},
       Refusal{"sinks: {.x: {type: stdout}, out: {type: stdout}}",
               {"f.yaml:1:9: sinks..x: '.x' is not a valid name" + kNames, "f.yaml:1:9: warning: sinks..x" + kUnused}},
       Refusal{"sinks: {" + std::string(65, 'a') + ": {type: stdout}, out: {type: stdout}}",
               {"f.yaml:1:9: sinks." + std::string(64, 'a') + "...: '" + std::string(64, 'a') +
                    "...' is not a valid name" + kNames,
                "f.yaml:1:9: warning: sinks." + std::string(65, 'a') + kUnused}},
       Refusal{"sinks: {out: {type: stdout}}\nsinks: {out: {type: stdout}}",
               {"f.yaml:2:1: sinks: duplicate key, first on line 1; remove one of them"}}},
      kFilters);
}

}  // namespace logsniffd::config

// Errors in the list of filters: their names, and where their records go.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
Refusals filter_refusals() {
  return between(
      "",
      {// List
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
                "remove it"}},
       Refusal{"filters: app",
               {"f.yaml:1:10: filters: 'app' is a single value, but should be a list, such as [a, b]",
                "f.yaml:2:9: warning: sinks.out" + kUnused}},
       Refusal{"filters: 5",
               {"f.yaml:1:10: filters: '5' is a single value, but should be a list, such as [a, b]",
                "f.yaml:2:9: warning: sinks.out" + kUnused}},
       Refusal{"filters: [a]",
               {"f.yaml:1:11: filters[0]: this should be a mapping, such as {name: app, port: 9988, to: [journal]}",
                "f.yaml:2:9: warning: sinks.out" + kUnused}},
       Refusal{"filters: [[a]]",
               {"f.yaml:1:11: filters[0]: this should be a mapping, such as {name: app, port: 9988, to: [journal]}",
                "f.yaml:2:9: warning: sinks.out" + kUnused}},
       Refusal{"filters:\n  - {name: , to: [out]}", {"f.yaml:2:6: filters[0].name" + kNoValue}},
       Refusal{"filters:\n  - {name: [a], to: [out]}", {"f.yaml:2:12: filters[0].name" + kIsList}},
       Refusal{"filters:\n  - {name: .a, to: [out]}",
               {"f.yaml:2:12: filters[0].name: '.a' is not a valid name" + kNames}},
       Refusal{"filters:\n  - {name: \"a\\tb\", to: [out]}",
               {"f.yaml:2:12: filters[0].name: 'a\\x09b' is not a valid name" + kNames}},
       Refusal{"filters:\n  - {name: " + std::string(65, 'a') + ", to: [out]}",
               {"f.yaml:2:12: filters[0].name: '" + std::string(64, 'a') + "...' is not a valid name" + kNames}},
       Refusal{"filters:\n  - {name: a, to: }",
               {"f.yaml:2:15: filters[0].to: has no value; give it a list, such as [a, b], or remove the key",
                "f.yaml:3:9: warning: sinks.out" + kUnused}},
       Refusal{"filters:\n  - {name: a, to: [~, out]}", {"f.yaml:2:19: filters[0].to[0]" + kNoValue}},
       Refusal{"filters:\n  - {name: a, to: [[out]]}",
               {"f.yaml:2:20: filters[0].to[0]" + kIsList, "f.yaml:3:9: warning: sinks.out" + kUnused}},
       Refusal{"filters:\n  - {name: a, to: {out: }}",
               {"f.yaml:2:19: filters[0].to: this is a mapping, but should be a list, such as [a, b]; quote text that "
                "starts with {",
                "f.yaml:3:9: warning: sinks.out" + kUnused}},
       Refusal{"filters:\n  - {to: [out]}", {"f.yaml:2:5: filters[0].name: is missing; give the filter a name"}},
       Refusal{"filters:\n  - {name: a}",
               {"f.yaml:2:5: filters[0].to: is missing; list the sinks that the records go to",
                "f.yaml:3:9: warning: sinks.out" + kUnused}},
       Refusal{"filters:\n  - {nam: a, to: [out]}",
               {"f.yaml:2:5: filters[0].name: is missing; give the filter a name",
                "f.yaml:2:6: filters[0].nam: unknown key (did you mean 'name'?)"}},
       Refusal{"filters:\n  - {name: a, too: [out]}",
               {"f.yaml:2:5: filters[0].to: is missing; list the sinks that the records go to",
                "f.yaml:2:15: filters[0].too: unknown key (did you mean 'to'?)",
                "f.yaml:3:9: warning: sinks.out" + kUnused}},
       Refusal{"filters:\n  - {name: a, name: b, to: [out]}",
               {"f.yaml:2:15: filters[0].name: duplicate key, first on line 2; remove one of them"}},
       Refusal{"filters:\n  - {name: a, to: [out], to: [out]}",
               {"f.yaml:2:26: filters[0].to: duplicate key, first on line 2; remove one of them",
                "f.yaml:2:31: filters[0].to[0]: 'out' is listed twice; remove one of them"}},
       Refusal{"filters: [{name: a, to: [out]}]\nfilters: [{name: b, to: [out]}]",
               {"f.yaml:2:1: filters: duplicate key, first on line 1; remove one of them"}}},
      kSinks);
}

}  // namespace logsniffd::config

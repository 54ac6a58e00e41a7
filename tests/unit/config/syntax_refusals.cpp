// Errors before the first key is understood.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

const std::string kNoFilter = "f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one";

}  // namespace

Refusals syntax_refusals() {
  return {
      // All
      Refusal{"", {kNoFilter}}, Refusal{"# nothing yet\n", {kNoFilter}}, Refusal{"---\n", {kNoFilter}},
      Refusal{"filters: {time} x\n", {"f.yaml:1:17: not valid YAML: end of map not found" + kHint}},
      Refusal{"capture:\n  snaplen: 1KiB: 2\n", {"f.yaml:2:16: not valid YAML: illegal map value" + kHint}},
      Refusal{"capture:\n  promiscuous: true\n\tsnaplen: 1KiB\n",
              {"f.yaml:3:1: not valid YAML: illegal tab when looking for indentation" + kHint}},
      Refusal{"capture:\n  interfaces: [any\nlimits:\n",
              {"f.yaml:3:7: not valid YAML: end of sequence flow not found" + kHint}},
      // yaml-cpp alone would read the rest of the file as the value of `a`.
      Refusal{"sinks:\n  a:\n    path: '/x\nfilters:\n",
              {"f.yaml:3:5: not valid YAML: a quote that opens after this place is never closed; close it"}},
      Refusal{"sinks:\n  a:\n    path: \"/x\nfilters:\n",
              {"f.yaml:3:5: not valid YAML: a quote that opens after this place is never closed; close it"}},
      Refusal{"capture: &c {}\nlimits: *c\n", {"f.yaml:2:9: aliases (*name) are not supported; write the value out"}},
      Refusal{"capture: *c\n", {"f.yaml:1:10: not valid YAML: the referenced anchor is not defined" + kHint}},
      Refusal{"capture: !mine {}\n", {"f.yaml:1:10: tags (!name) are not supported; remove the tag"}},
      Refusal{"capture:\n  snaplen: !!int 5\n", {"f.yaml:2:12: tags (!name) are not supported; remove the tag"}},
      Refusal{"capture: {}\n---\nlimits: {}\n",
              {"f.yaml:2:1: a second document starts here; keep only one in this file"}},
      Refusal{"capture: {}\n...\n---\nlimits: {}\n",
              {"f.yaml:3:1: a second document starts here; keep only one in this file"}},
      Refusal{"? [a, b]\n: c\n", {"f.yaml:1:3: a key must be a word; quote a value that starts with { or ["}},
      Refusal{"capture:\n  : c\n", {"f.yaml:2:3: a key is missing before the ':'; add one"}},
      Refusal{"filters: \"a\\0b\"\n", {"f.yaml:1:10: contains a NUL byte; remove it"}},
      Refusal{"sinks:\n  caf\xe9: {}\n", {"f.yaml:2:3: contains bytes that are not UTF-8; save the file as UTF-8"}},
      Refusal{"filters: [\n", {"f.yaml:3:1: not valid YAML: end of sequence flow not found" + kHint}},
      Refusal{"filters: {a\n", {"f.yaml:3:1: not valid YAML: end of map flow not found" + kHint}},
      Refusal{"}\n", {"f.yaml:1:1: not valid YAML: illegal flow end" + kHint}},
      Refusal{"filters: 'x' y\n", {"f.yaml:1:14: not valid YAML: end of map not found" + kHint}},
      Refusal{"filters:\n- a\n b: c\n", {"f.yaml:3:3: not valid YAML: illegal map value" + kHint}},
      Refusal{"a: b: c\n", {"f.yaml:1:5: not valid YAML: illegal map value" + kHint}},
      Refusal{"capture: !!map {}\n", {"f.yaml:1:10: tags (!name) are not supported; remove the tag"}},
      Refusal{"capture: |\n  x\n\tfoo\n",
              {"f.yaml:3:1: not valid YAML: illegal tab when looking for indentation" + kHint}},
      Refusal{"- a\n",
              {"f.yaml:1:1: this is a list, but should be a mapping, with one 'key: value' per line",
               "f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one"}},
      Refusal{"just text\n",
              {"f.yaml:1:1: 'just text'" + kMapping,
               "f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one"}},
      Refusal{"42\n",
              {"f.yaml:1:1: '42'" + kMapping,
               "f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one"}},
      Refusal{"%YAML 3.0\n---\ncapture: {}\n", {"f.yaml:1:1: not valid YAML: YAML major version too large" + kHint}},
      Refusal{"capture: \"\\q\"\n", {"f.yaml:1:13: not valid YAML: unknown escape character: q" + kHint}},
      Refusal{"capture: @x\n", {"f.yaml:1:10: not valid YAML: unknown token" + kHint}},
      Refusal{"capture: `x`\n", {"f.yaml:1:10: not valid YAML: unknown token" + kHint}},
      Refusal{"? a\n",
              {"f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one",
               "f.yaml:1:3: a: unknown key; use capture, limits, filters, sinks, include or daemon"}},
      Refusal{"[]: 1\n", {"f.yaml:1:1: a key must be a word; quote a value that starts with { or ["}},
      Refusal{"capture: {a: 1, }\n  b\n", {"f.yaml:2:3: not valid YAML: end of map not found" + kHint}},
      Refusal{"a\n b\n",
              {"f.yaml:1:1: 'a b'" + kMapping,
               "f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one"}},
      Refusal{"filters: [a]]\n", {"f.yaml:1:13: not valid YAML: illegal flow end" + kHint}},
      Refusal{"<<: {}\n",
              {"f.yaml:1:1: <<: unknown key; use capture, limits, filters, sinks, include or daemon",
               "f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one"}},
      Refusal{"\"capture\": {\"snaplen\": \"x\"}\n",
              {"f.yaml:1:1: filters: there is no filter, so nothing would be collected; add one",
               "f.yaml:1:24: capture.snaplen: 'x' is not a valid size" + kSizes}}};
}

}  // namespace logsniffd::config

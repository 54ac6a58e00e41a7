// Errors in the conditions that a filter has for records, and in redact.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

const std::string kAt = "f.yaml:3:5: filters[0].";
const std::string kSyntax = "; see https://github.com/google/re2/wiki/Syntax";

}  // namespace

// Each case is keys of one filter. The first is in line 3.
Refusals condition_refusals() {
  return between(
      "filters:\n  - name: app\n    ",
      {// Expressions
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
               {"f.yaml:3:13: filters[0].match[0]: is longer than 4096 bytes; split it into several"}},
       Refusal{"match:",
               {"f.yaml:3:5: filters[0].match: has no value; give it a list, such as [a, b], or remove the key"}},
       Refusal{"match: {a: b}",
               {"f.yaml:3:12: filters[0].match: this is a mapping, but should be a list, such as [a, b]; quote text "
                "that starts with {"}},
       Refusal{"match: [[a]]", {"f.yaml:3:13: filters[0].match[0]" + kIsList}},
       Refusal{"match: [~]", {"f.yaml:3:12: filters[0].match[0]" + kNoValue}},
       Refusal{"match: ['a{1001}']",
               {"f.yaml:3:13: filters[0].match[0]: 'a{1001}' is not a valid RE2 expression: invalid repetition size: "
                "{1001}" +
                kSyntax}},
       Refusal{"match: ['[z-a]']",
               {"f.yaml:3:13: filters[0].match[0]: '[z-a]' is not a valid RE2 expression: invalid character class "
                "range: z-a" +
                kSyntax}},
       Refusal{"match: [\"\\\\\"]",
               {"f.yaml:3:13: filters[0].match[0]: '\\' is not a valid RE2 expression: trailing \\" + kSyntax}},
       Refusal{"matches: [a]", {"f.yaml:3:5: filters[0].matches: unknown key (did you mean 'match'?)"}},
       Refusal{"exclude: x",
               {"f.yaml:3:14: filters[0].exclude: 'x' is a single value, but should be a list, such as [a, b]"}},
       Refusal{"exclude:",
               {"f.yaml:3:5: filters[0].exclude: has no value; give it a list, such as [a, b], or remove the key"}},
       Refusal{"exclude: ['']", {"f.yaml:3:15: filters[0].exclude[0]: is empty and would match everything; remove it"}},
       Refusal{"exclude: [{}]",
               {"f.yaml:3:15: filters[0].exclude[0]: this is a mapping, but should be a single value; quote text that "
                "starts with {"}},
       Refusal{"exlude: [a]", {"f.yaml:3:5: filters[0].exlude: unknown key (did you mean 'exclude'?)"}},
       Refusal{"exclude: ['(?P<n']",
               {"f.yaml:3:15: filters[0].exclude[0]: '(?P<n' is not a valid RE2 expression: invalid named capture "
                "group: (?P<n" +
                kSyntax}},
       Refusal{"exclude: [" + std::string(4097, 'a') + "]",
               {"f.yaml:3:15: filters[0].exclude[0]: is longer than 4096 bytes; split it into several"}},
       // Keys
       Refusal{"por: 5", {kAt + "por: unknown key (did you mean 'port'?)"}},
       Refusal{"sink: out",
               {kAt + "sink: unknown key; use name, port, ports, protocol, direction, networks, framing, "
                      "multiline, decode, where, match, exclude, severity, redact, sample, repeat, rate, "
                      "final or to"}},
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
               {"f.yaml:3:24: filters[0].redact[0].pattern: 'x*' matches the empty text, so it matches everywhere; use "
                "one that needs a character"}},
       Refusal{"redact: [{pattern: x, wiht: y}]",
               {"f.yaml:3:27: filters[0].redact[0].wiht: unknown key (did you mean 'with'?)"}},
       Refusal{"direction: to",
               {"f.yaml:3:16: warning: filters[0].direction: is ignored, because it has no meaning "
                "without a port; give the filter a port, or remove the key"}},
       // Where
       Refusal{"where: {host: ''}",
               {"f.yaml:3:19: filters[0].where.host: is empty, so no record would pass; give it an expression, or "
                "remove the key"}},
       Refusal{"where: {host: }", {"f.yaml:3:13: filters[0].where.host" + kNoValue}},
       Refusal{
           "where: [host]",
           {"f.yaml:3:12: filters[0].where: this is a list, but should be a mapping, with one 'key: value' per line"}},
       Refusal{"where:\n      host: a\n      host: b",
               {"f.yaml:5:7: filters[0].where.host: duplicate key, first on line 4; remove one of them"}},
       Refusal{"where: {field: x}",
               {"f.yaml:3:13: filters[0].where.field: unknown field; use host, app, pid, msgid, severity, interface or "
                "field.NAME"}},
       Refusal{"where: {field.: x}",
               {"f.yaml:3:13: filters[0].where.field.: unknown field; use host, app, pid, msgid, severity, interface "
                "or field.NAME"}},
       Refusal{"where: {severty: err}",
               {"f.yaml:3:13: filters[0].where.severty: unknown field (did you mean 'severity'?)"}},
       Refusal{"where: {pid: '<'}",
               {"f.yaml:3:18: filters[0].where.pid: '<' does not compare with a number; example: '>=500'"}},
       Refusal{"where: {pid: '<=x'}",
               {"f.yaml:3:18: filters[0].where.pid: '<=x' does not compare with a number; example: '>=500'"}},
       Refusal{"where: {app: {a: b}}",
               {"f.yaml:3:18: filters[0].where.app: this is a mapping, but should be a single value; quote text that "
                "starts with {"}},
       Refusal{"where: {app: " + std::string(4097, 'a') + "}",
               {"f.yaml:3:18: filters[0].where.app: is longer than 4096 bytes; split it into several"}},
       Refusal{"wher: {app: a}", {"f.yaml:3:5: filters[0].wher: unknown key (did you mean 'where'?)"}},
       // Redact
       Refusal{"redact: x",
               {"f.yaml:3:13: filters[0].redact: 'x' is a single value, but should be a list, such as [a, b]"}},
       Refusal{"redact:",
               {"f.yaml:3:5: filters[0].redact: has no value; give it a list, such as [a, b], or remove the key"}},
       Refusal{"redact: {pattern: x}",
               {"f.yaml:3:13: filters[0].redact: this is a mapping, but should be a list, such as [a, b]; quote text "
                "that starts with {"}},
       Refusal{
           "redact: [{}]",
           {"f.yaml:3:14: filters[0].redact[0].pattern: is missing; give an RE2 expression for what must not be seen"}},
       Refusal{"redact: [{pattern: }]", {"f.yaml:3:15: filters[0].redact[0].pattern" + kNoValue}},
       Refusal{"redact: [{pattern: [x]}]", {"f.yaml:3:24: filters[0].redact[0].pattern" + kIsList}},
       Refusal{
           "redact: [{pattern: '('}]",
           {"f.yaml:3:24: filters[0].redact[0].pattern: '(' is not a valid RE2 expression: missing ): (" + kSyntax}},
       Refusal{"redact: [{pattern: " + std::string(4097, 'a') + "}]",
               {"f.yaml:3:24: filters[0].redact[0].pattern: is longer than 4096 bytes; split it into several"}},
       Refusal{"redact: [{pattern: x, with: }]", {"f.yaml:3:27: filters[0].redact[0].with" + kNoValue}},
       Refusal{"redact: [{pattern: x, with: [y]}]", {"f.yaml:3:33: filters[0].redact[0].with" + kIsList}},
       Refusal{"redact: [{pattern: x, with: '\\1'}]",
               {"f.yaml:3:33: filters[0].redact[0].with: '\\1' cannot replace a match; use \\0 for the match, \\1 to "
                "\\9 for a group of the expression, and \\\\ for a backslash"}},
       Refusal{"redact: [{pattern: x, with: 'a\\'}]",
               {"f.yaml:3:33: filters[0].redact[0].with: 'a\\' cannot replace a match; use \\0 for the match, \\1 to "
                "\\9 for a group of the expression, and \\\\ for a backslash"}},
       Refusal{
           "redact: [{patern: x}]",
           {"f.yaml:3:14: filters[0].redact[0].pattern: is missing; give an RE2 expression for what must not be seen",
            "f.yaml:3:15: filters[0].redact[0].patern: unknown key (did you mean 'pattern'?)"}},
       Refusal{"redact: [{pattern: x, pattern: y}]",
               {"f.yaml:3:27: filters[0].redact[0].pattern: duplicate key, first on line 3; remove one of them"}},
       Refusal{
           "redact: [{pattern: x}, ~]",
           {"f.yaml:3:13: filters[0].redact[1].pattern: is missing; give an RE2 expression for what must not be seen"}},
       Refusal{"redacted: []", {"f.yaml:3:5: filters[0].redacted: unknown key (did you mean 'redact'?)"}}},
      "\n    to: [out]" + kSinks);
}

}  // namespace logsniffd::config

// Errors that every sink may have, and those of stdout and journald.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
// Each case is the keys of the sink `out`, all in line 2. The first key is at column 9.
Refusals sink_refusals() {
  return between(
      "sinks:\n  out: {",
      {// Type
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
       Refusal{"type: stdout, queue: 5GiB", {"f.yaml:2:30: sinks.out.queue: 5GiB is too large; use 64KiB to 4GiB"}},
       Refusal{"", {"f.yaml:2:3: sinks.out.type: is missing; use file, syslog, journald or stdout"}},
       Refusal{"type: ", {"f.yaml:2:9: sinks.out.type" + kNoValue}},
       Refusal{"type: FILE",
               {"f.yaml:2:15: sinks.out.type: 'FILE' is unknown (did you mean 'file'?); use file, syslog, journald or "
                "stdout"}},
       Refusal{"type: 1", {"f.yaml:2:15: sinks.out.type: '1' is unknown; use file, syslog, journald or stdout"}},
       Refusal{"type: journal",
               {"f.yaml:2:15: sinks.out.type: 'journal' is unknown (did you mean 'journald'?); use file, syslog, "
                "journald or stdout"}},
       Refusal{"type: stdio",
               {"f.yaml:2:15: sinks.out.type: 'stdio' is unknown; use file, syslog, journald or stdout"}},
       Refusal{"type: console",
               {"f.yaml:2:15: sinks.out.type: 'console' is unknown; use file, syslog, journald or stdout"}},
       Refusal{"type: stdout, type: stdout",
               {"f.yaml:2:23: sinks.out.type: duplicate key, first on line 2; remove one of them"}},
       Refusal{"typ: file", {"f.yaml:2:3: sinks.out.type: is missing; use file, syslog, journald or stdout"}},
       Refusal{"type: stdout, queue: 63KiB", {"f.yaml:2:30: sinks.out.queue: 63KiB is too small; use 64KiB to 4GiB"}},
       Refusal{"type: stdout, queue: 64", {"f.yaml:2:30: sinks.out.queue: '64' has no unit" + kSizes}},
       Refusal{"type: stdout, queue: [1MiB]", {"f.yaml:2:30: sinks.out.queue" + kIsList}},
       Refusal{"type: stdout, queue: ", {"f.yaml:2:23: sinks.out.queue" + kNoValue}},
       Refusal{"type: stdout, queue: big", {"f.yaml:2:30: sinks.out.queue: 'big' is not a valid size" + kSizes}},
       Refusal{"type: stdout, que: 1MiB", {"f.yaml:2:23: sinks.out.que: unknown key; use type, format or queue"}},
       Refusal{"type: stdout, formt: json", {"f.yaml:2:23: sinks.out.formt: unknown key (did you mean 'format'?)"}},
       Refusal{"type: stdout, format: ", {"f.yaml:2:23: sinks.out.format" + kNoValue}},
       Refusal{"type: stdout, format: [json]", {"f.yaml:2:31: sinks.out.format" + kIsList}},
       Refusal{"type: stdout, format: xml",
               {"f.yaml:2:31: sinks.out.format: 'xml' is unknown; use text, json, raw or a template such as '{time} "
                "{src} {message}'"}},
       Refusal{"type: stdout, format: TEXT",
               {"f.yaml:2:31: sinks.out.format: 'TEXT' is unknown (did you mean 'text'?); use text, json, raw or a "
                "template such as '{time} {src} {message}'"}},
       Refusal{"type: stdout, format: ''",
               {"f.yaml:2:31: sinks.out.format: '' is unknown; use text, json, raw or a template such as '{time} {src} "
                "{message}'"}},
       Refusal{"type: stdout, format: '{'",
               {"f.yaml:2:31: sinks.out.format: {: is never closed; write {{ for a brace"}},
       Refusal{"type: stdout, format: '{}'",
               {"f.yaml:2:31: sinks.out.format: {}: does not name a field; use one such as {message}, or {{ and }} for "
                "braces"}},
       Refusal{"type: stdout, format: '}'",
               {"f.yaml:2:31: sinks.out.format: }: does not close a field; write }} for a brace"}},
       Refusal{"type: stdout, format: '{time:}'",
               {"f.yaml:2:31: sinks.out.format: {time:}: has no format after ':'; add one, such as {time:%H:%M:%S}"}},
       Refusal{"type: stdout, format: '{time:%Q}'",
               {"f.yaml:2:31: sinks.out.format: {time:%Q}: '%Q' is not a valid time conversion; use those of "
                "strftime(3), or %f for microseconds"}},
       Refusal{"type: stdout, format: '{src:x}'",
               {"f.yaml:2:31: sinks.out.format: {src:x}: does not take a format after ':'; only time and sent do"}},
       Refusal{"type: stdout, format: '{field.}'",
               {"f.yaml:2:31: sinks.out.format: {field.}: does not name a field of the sender; use {field.NAME}"}},
       Refusal{"type: stdout, format: hello",
               {"f.yaml:2:31: sinks.out.format: 'hello' is unknown; use text, json, raw or a template such as '{time} "
                "{src} {message}'"}},
       Refusal{"type: stdout, path: /x", {"f.yaml:2:23: sinks.out.path: unknown key; use type, format or queue"}},
       Refusal{"type: stdout, mode: 0640", {"f.yaml:2:23: sinks.out.mode: unknown key; use type, format or queue"}},
       // Journald
       Refusal{"type: journald, identifier: '{ap}'",
               {"f.yaml:2:37: sinks.out.identifier: {ap}: unknown field (did you mean 'app'?)"}},
       Refusal{"type: journald, identifier: '{app'",
               {"f.yaml:2:37: sinks.out.identifier: {: is never closed; write {{ for a brace"}},
       Refusal{"type: journald, identifier: " + std::string(4097, 'x'),
               {"f.yaml:2:37: sinks.out.identifier: is longer than 4096 bytes; shorten it"}},
       Refusal{"type: journald, identifier: ", {"f.yaml:2:25: sinks.out.identifier" + kNoValue}},
       Refusal{"type: journald, identifier: [a]", {"f.yaml:2:37: sinks.out.identifier" + kIsList}},
       Refusal{"type: journald, identifer: a",
               {"f.yaml:2:25: sinks.out.identifer: unknown key (did you mean 'identifier'?)"}},
       Refusal{"type: journald, queue: 5GiB", {"f.yaml:2:32: sinks.out.queue: 5GiB is too large; use 64KiB to 4GiB"}},
       Refusal{"type: journald, identifier: '{sent:%H'",
               {"f.yaml:2:37: sinks.out.identifier: {: is never closed; write {{ for a brace"}},
       Refusal{"type: journald, format: json",
               {"f.yaml:2:25: sinks.out.format: unknown key; use type, identifier, queue or spool"}},
       // Spool
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
               {"f.yaml:2:23: sinks.out.spool: unknown key; use type, format or queue"}},
       Refusal{"type: journald, spool: ",
               {"f.yaml:2:25: sinks.out.spool: this should be a mapping, such as {path: /var/lib/logsniffd/NAME, size: "
                "1GiB}"}},
       Refusal{"type: journald, spool: [/x]",
               {"f.yaml:2:32: sinks.out.spool: this should be a mapping, such as {path: /var/lib/logsniffd/NAME, size: "
                "1GiB}"}},
       Refusal{"type: journald, spool: {path: }", {"f.yaml:2:33: sinks.out.spool.path" + kNoValue}},
       Refusal{"type: journald, spool: {path: [/x]}", {"f.yaml:2:39: sinks.out.spool.path" + kIsList}},
       Refusal{"type: journald, spool: {path: ''}",
               {"f.yaml:2:39: sinks.out.spool.path: '' is not an absolute path; start it with /"}},
       Refusal{"type: journald, spool: {size: 1GiB}",
               {"f.yaml:2:25: sinks.out.spool.path: is missing; a spool needs a folder of its own"}},
       Refusal{"type: journald, spool: {path: /x, size: 65GiB}",
               {"f.yaml:2:49: sinks.out.spool.size: 65GiB is too large; use 16MiB to 64GiB"}},
       Refusal{"type: journald, spool: {path: /x, size: 1}",
               {"f.yaml:2:49: sinks.out.spool.size: '1' has no unit" + kSizes}},
       Refusal{"type: journald, spool: {path: /x, size: }", {"f.yaml:2:43: sinks.out.spool.size" + kNoValue}},
       Refusal{"type: journald, spool: {path: /x, size: big}",
               {"f.yaml:2:49: sinks.out.spool.size: 'big' is not a valid size" + kSizes}},
       Refusal{"type: journald, spool: {pat: /x}",
               {"f.yaml:2:25: sinks.out.spool.path: is missing; a spool needs a folder of its own",
                "f.yaml:2:33: sinks.out.spool.pat: unknown key (did you mean 'path'?)"}},
       Refusal{"type: journald, spool: {path: /x, path: /y}",
               {"f.yaml:2:43: sinks.out.spool.path: duplicate key, first on line 2; remove one of them"}},
       Refusal{"type: journald, spoool: {path: /x}",
               {"f.yaml:2:25: sinks.out.spoool: unknown key (did you mean 'spool'?)"}}},
      "}" + kFilters);
}

}  // namespace logsniffd::config

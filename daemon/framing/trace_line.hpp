// Which part of a stack trace a line looks like, seen alone. StackTrace decides whether it is one, from the lines
// around it.
//
// Pure; linear in the line at worst. A line that begins with a digit costs one comparison.
#pragma once

#include <cstdint>
#include <string_view>

namespace logsniffd::framing {

enum class TraceLine : std::uint8_t {
  other,
  indented,            // begins with a space or TAB, and is none of the kinds below
  indented_exception,  // "      System.InvalidOperationException: ..."
  frame,               // "  at f(...)", "  ... 12 more", "  --- End of inner exception stack trace ---"
  from,                // Ruby's frame: "\tfrom a.rb:2:in 'f'"; Rails' "  app/a.rb:2:in `f'"
  link,                // "Caused by: ...", "  Suppressed: ...", " ---> ...": another exception of the same trace
  remark,              // a sentence between frames: Reactor's, .NET's, Node.js'
  caret,               // "  ^^^"
  thrown,              // PHP's last line: "  thrown in ..."
  exception,           // a name with dots: Java, .NET; "Exception in thread", "Unhandled exception"
  error,               // a name without dots: "TypeError: ...", "NoMethodError (...):"
  traceback,           // Python
  group,               // Python's exception group
  chain,               // the sentence between two Python traces
  panic,               // Go
  signal,              // Go: "[signal SIGSEGV: ...]"
  goroutine,           // Go: "goroutine 1 [running]:"
  exit_status,         // go run's last line
  raised_at,           // Ruby: "a.rb:1:in 'f': message (Class)"
  rust_panic,          // "thread 'main' panicked at ..."
  backtrace,           // Rust: "stack backtrace:"
  note,                // Rust: "note: run with ..."
  stack_title,         // PHP and Reactor: "Stack trace:"
  numbered_frame,      // PHP and Dart: "#0 ..."
  next_exception,      // PHP: "Next X: ..."
  place,               // Node.js: "/app/index.js:3", followed by the source line and a caret
  node_version,        // "Node.js v20.1.0"
  closing,             // "}", and Laravel's "\"}"
};

// REQUIRED: not empty.
[[nodiscard]] TraceLine trace_line(std::string_view line);

// "... IOException: text", "... Error:": a log line that itself holds an exception and the front of its message.
[[nodiscard]] bool holds_exception(std::string_view line);

// Python names a class with its module and the functions that enclose it: "m.f.<locals>.MyError: message".
[[nodiscard]] bool is_python_exception(std::string_view line);
// Further lines that Python libraries are known to put into a message: PostgreSQL's and SQLAlchemy's.
[[nodiscard]] bool is_python_detail(std::string_view line);

// Lines at the margin inside Go's stacks.
[[nodiscard]] bool is_go_call(std::string_view line);      // "main.f(...)", "created by main.main in goroutine 1"
[[nodiscard]] bool is_go_register(std::string_view line);  // "rip    0x45cb40"

// Guice counts the errors in its message: "1) No implementation ...", "2 errors".
[[nodiscard]] bool is_counted_error(std::string_view line);

}  // namespace logsniffd::framing

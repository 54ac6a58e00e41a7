// Decides which lines belong together as a stack trace, with the log line before it: for Java and the other languages
// of the JVM, .NET, Python, Node.js, Go, Ruby, Rust, PHP and Dart.
//
//   2026-09-21 14:11:18 ERROR insert failed       2026-09-21 14:11:18 ERROR insert failed
//   org.example.BadSqlException:                  Traceback (most recent call last):
//   ### Error querying database.                    File "a.py", line 1, in <module>
//   <TAB>at a.B.c(B.java:12)                      KeyError: 'x'
//   Caused by: java.io.IOException                (empty)
//   <TAB>... 12 more                              During handling of the above exception, another exception occurred:
//
// The front
// - A trace joins the log line before it. If only a name without dots, a panic or a place in a file shows that a trace
//   begins ("TypeError: ...", "panic: ..."), the trace joins only a line that begins as a record does: with a time, a
//   level, a bracket (record_start.hpp). A trace may also begin without a log line, or right in it.
// - An exception at the margin is a name with dots, alone or before a colon. It ends with Exception, Error or
//   Throwable, or comes from the packages of Java, Kotlin or Scala.
//
// The message
// - The further lines of a message look like anything. A line after an exception, or after a log line that holds one,
//   is therefore in doubt, and so is an empty line. The doubtful lines belong to the trace when a line comes that only
//   a trace has: a frame, a cause, "Stack trace:" followed by "#0", or "goroutine 1 [running]:".
// - The doubtful lines do not belong when a line comes that begins as a record does: with a time, or as the first line
//   of this record did. If the first line has no such mark, any mark will do. Nor do they belong if more than
//   kMostDoubts come.
// - The message of Python ends its trace, and no frame follows; Rust's may end it too. What PostgreSQL, SQLAlchemy and
//   pydantic are known to write belongs to the message. Any other text belongs to it if the stream shows that its
//   records begin alike: the first line of this record and the line that ends it begin with the same mark (time, level,
//   bracket), and no record without a mark was seen since the stream was last silent. If the stream falls silent
//   instead, the lines stay apart.
//
// The frames
// - After frames every line that begins with a space or TAB belongs to the trace. A line at the margin belongs only if
//   it is a cause, a remark that the language is known to make, or a function of Go with its place below it.
// - An empty line belongs to a trace only if the trace continues after it.
//
// Lines that these rules do not decide stay apart.
//
// COST  of a line: its front; of a doubtful line, and of the log line before it, at most all of it.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/record_start.hpp"
#include "daemon/framing/trace_line.hpp"

namespace logsniffd::framing {

class StackTrace {
 public:
  enum class Step : std::uint8_t {
    other,    // begins something else
    apart,    // the doubtful lines are not part of this record; whether this line belongs to the last of them is open
    belongs,  // it belongs to this record, and so do the doubtful lines
    perhaps,  // one more doubtful line: a later one decides
    ends,     // begins something else; the doubtful lines belong to this record
  };
  static constexpr std::uint8_t kMostDoubts = 64;

  // A record begins. What was learned of its stream is kept: a new stream needs a new StackTrace.
  void begin(Bytes first_line);
  // `so_far`: the record without the doubtful lines, as far as it is held. REQUIRED: begin() was called. After `other`
  // and `ends` the line has begun the next record; after `apart` begin() is REQUIRED again.
  Step step(Bytes line, Bytes so_far);

 private:
  enum class State : std::uint8_t {
    apart,       // an empty line at the front: nothing belongs to it
    message,     // a log line, or anything else
    console,     // .NET's "fail: App[1]", followed by indented lines
    exception,   // without frames so far
    frames,      // of Java, .NET, Node.js
    ruby,        // Ruby's
    numbered,    // "#0", of PHP and Dart
    traceback,   // Python's: up to the exception at the margin
    raised,      // Python's exception at the margin
    fields,      // pydantic's: the names of fields, and indented below each what is wrong with it
    group,       // Python's exception group
    chain,       // the sentence between two Python traces
    panic,       // Go's, up to the first goroutine
    goroutines,  // Go's
    rust_title,  // Rust's, its message is on the next line
    rust,        // Rust's, up to its backtrace
    backtrace,   // Rust's
    source,      // the place and source line before Node.js' exception
    ended,       // nothing more belongs to it
  };
  struct Next {
    Step step;
    State state;
  };
  struct Line {
    std::string_view text;
    TraceLine kind;
    RecordStart start;
  };

  static Line line_of(std::string_view text);
  void begin(const Line& line);

  [[nodiscard]] Next follow(const Line& line, std::string_view so_far) const;
  [[nodiscard]] Next follow_message(const Line& line, std::string_view so_far) const;
  [[nodiscard]] Next follow_exception(const Line& line, std::string_view so_far) const;
  [[nodiscard]] Next follow_frames(const Line& line) const;
  [[nodiscard]] Next follow_numbered(const Line& line) const;
  [[nodiscard]] Next follow_traceback(const Line& line) const;
  [[nodiscard]] Next follow_raised(const Line& line) const;
  [[nodiscard]] Next follow_chain(TraceLine kind) const;
  [[nodiscard]] Next follow_goroutines(const Line& line) const;
  [[nodiscard]] Next follow_rust(const Line& line) const;
  [[nodiscard]] Next follow_source(const Line& line) const;
  [[nodiscard]] Step follow_empty_line() const;
  // The answer for a line that no rule decides: doubtful, unless it begins a record.
  [[nodiscard]] Next doubt(const Line& line, State state) const;
  [[nodiscard]] bool begins_record(RecordStart start) const;

  State state_ = State::apart;  // includes the doubtful lines
  RecordStart start_ = RecordStart::none;
  std::uint8_t doubts_ = 0;
  bool proven_ = false;      // the record's lines contain a trace
  bool empty_line_ = false;  // the last line was empty, and is in doubt
  bool unalike_ = false;     // a record of the stream began without any mark
};

}  // namespace logsniffd::framing

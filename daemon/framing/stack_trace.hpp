// Which lines belong together as a stack trace, with the log line in front of it: of Java and the other languages of
// the JVM, .NET, Python, Node.js, Go, Ruby, Rust, PHP and Dart.
//
//   2026-09-21 14:11:18 ERROR insert failed       2026-09-21 14:11:18 ERROR insert failed
//   org.example.BadSqlException:                  Traceback (most recent call last):
//   ### Error querying database.                    File "a.py", line 1, in <module>
//   <TAB>at a.B.c(B.java:12)                      KeyError: 'x'
//   Caused by: java.io.IOException                (empty)
//   <TAB>... 12 more                              During handling of the above exception, another exception occurred:
//
// The front
// - A trace joins the log line in front of it. Where only a name without dots, a panic or a place in a file tells that
// a
//   trace begins ("TypeError: ...", "panic: ..."), it joins only a line that begins as a record does: with a time, a
//   level, a bracket (record_start.hpp). A trace may also begin without a log line, or right in it.
// - An exception at the margin is a name with dots, alone or before a colon, that ends with Exception, Error or
//   Throwable, or comes from the packages of Java, Kotlin or Scala.
//
// The message
// - A message's further lines look like anything. A line behind an exception, or behind a log line that holds one, is
//   therefore in doubt, and so is an empty line. The doubtful lines belong to the trace when one comes that only a
//   trace has: a frame, a cause, "Stack trace:" with "#0" behind it, "goroutine 1 [running]:", and the like.
// - They do not where a line comes that begins as a record does. It is one that begins as the first line of this record
//   did, or with a time; where the first line shows neither time nor level, any level, bracket or brace will do. Nor do
//   they where more than kMostDoubts come.
// - The message of Python is the last that a trace says, and no frame comes behind it; Rust's may be. What PostgreSQL,
//   SQLAlchemy and pydantic are known to write belongs to it. Any other text does where the stream shows that each
//   record of it begins alike: the first line of this record and the line that ends it begin with the same (time,
//   level, bracket), and no record without any such mark was seen since the stream was last silent. Where the stream
//   falls silent instead, the lines stay apart.
//
// The frames
// - Behind frames every line that begins with a space or TAB belongs to the trace. A line at the margin does only where
//   it is a cause, a remark that the language is known to make, or a function of Go with its place below it.
// - An empty line belongs to a trace only where one goes on behind it.
//
// Whatever is not told by these rules stays apart.
// COST  of a line: its front; of one that is in doubt, and of the log line in front of it, at most all of it.
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
    apart,    // the doubtful lines are no part of this record; whether this line is of the last of them is not told
    belongs,  // and so do the doubtful lines
    perhaps,  // one more doubtful line: a later one tells
    ends,     // begins something else; the doubtful lines belong to this record
  };
  static constexpr std::uint8_t kMostDoubts = 64;

  // A record begins. What was learnt of its stream is kept: a new stream has a new StackTrace.
  void begin(Bytes first_line);
  // `so_far`: the record without the doubtful lines, as far as it is held. REQUIRED: begin() was called. Behind `other`
  // and `ends` the line has begun the next record; behind `apart` begin() is REQUIRED again.
  Step step(Bytes line, Bytes so_far);

 private:
  enum class State : std::uint8_t {
    apart,       // an empty line at the front: nothing belongs to it
    message,     // a log line, or anything else
    console,     // .NET's "fail: App[1]", with indented lines behind it
    exception,   // without frames so far
    frames,      // of Java, .NET, Node.js
    ruby,        // Ruby's
    numbered,    // "#0", of PHP and Dart
    traceback,   // Python's: up to the exception at the margin
    raised,      // that exception
    fields,      // pydantic's: the names of fields, and indented below each what is wrong with it
    group,       // Python's exception group
    chain,       // the sentence between two of Python's
    panic,       // Go's, up to the first goroutine
    goroutines,  // Go's
    rust_title,  // Rust's, its message is on the next line
    rust,        // Rust's, up to its backtrace
    backtrace,   // Rust's
    source,      // the place and source line in front of Node.js' exception
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
  // A line that nothing tells: doubtful, where it does not begin a record.
  [[nodiscard]] Next doubt(const Line& line, State state) const;
  [[nodiscard]] bool begins_record(RecordStart start) const;

  State state_ = State::apart;  // of the doubtful lines too
  RecordStart start_ = RecordStart::none;
  std::uint8_t doubts_ = 0;
  bool proven_ = false;      // there is a trace in what belongs to the record
  bool empty_line_ = false;  // the last line was one, and is in doubt
  bool unalike_ = false;     // a record of the stream began without any mark
};

}  // namespace logsniffd::framing

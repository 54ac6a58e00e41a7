// Which lines belong together as a stack trace of Java or Python, with the log line in front of it:
//
//   ERROR main - it failed                     ERROR:root:it failed
//   java.lang.IllegalStateException: bad       Traceback (most recent call last):
//   <TAB>at a.B.c(B.java:12)                     File "a.py", line 1, in <module>
//   Caused by: java.io.IOException             KeyError: 'x'
//   <TAB>... 12 more                           (empty)
//                                              During handling of the above exception, another exception occurred:
//                                              (empty)
//                                              Traceback (most recent call last): ...
//
// - A trace may also begin without a log line, or right in it; frames of .NET and Node.js ("   at f(...)") are as
//   Java's.
// - Within a trace every line that begins with a space or TAB belongs to it. That covers exception groups ("  | ...").
// - A line at the margin that follows a log line is an exception where it is a name with dots, alone or before a colon,
//   that ends with Exception, Error or Throwable, or comes from the packages of Java, Kotlin or Scala.
// - An empty line belongs to a trace only where one goes on behind it: in a chain of Python's, or in front of a trace
//   (Spring Boot). So the line behind it tells.
// What the exception's own message says on further lines at the margin cannot be told from the next log line.
//
// Pure; looks at a line once, from its front.
#pragma once

#include <cstdint>

#include "daemon/base/bytes.hpp"

namespace logsniffd::framing {

class StackTrace {
 public:
  enum class Step : std::uint8_t {
    other,    // starts something else, and so does an empty line that was `perhaps` (it is no part of that either)
    belongs,  // and so does an empty line that was `perhaps`
    perhaps,  // an empty line: the next one tells
  };

  StackTrace() = default;
  explicit StackTrace(Bytes first_line);

  Step step(Bytes line);

 private:
  enum class State : std::uint8_t {
    apart,      // an empty line at the front: nothing belongs to it
    message,    // a log line, or anything else
    exception,  // Java's, without frames so far
    frames,     // Java's
    traceback,  // Python's: up to the exception at the margin
    raised,     // that exception
    group,      // Python's exception group
    chain,      // the sentence between two of Python's
  };
  enum class Kind : std::uint8_t { other, indented, frame, link, exception, traceback, group, chain };

  static Kind kind_of(Bytes line);
  // What a line at the front, or right behind the log line, begins.
  static State begun_by(Kind kind);
  [[nodiscard]] State follow(Bytes line) const;            // apart: it does not
  [[nodiscard]] State follow_empty_line(Kind kind) const;  // likewise

  State state_ = State::apart;
  bool empty_line_ = false;  // one that was `perhaps` came last
};

}  // namespace logsniffd::framing

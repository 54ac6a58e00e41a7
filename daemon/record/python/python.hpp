// Reads what Python's logging.handlers.SocketHandler and DatagramHandler send: a pickled dict of a LogRecord's
// attributes (docs.python.org, "LogRecord attributes"), after its length in 4 bytes, big-endian.
//
// What becomes of the attributes:
//   message   msg, or msg % args if a sender left args; then exc_text and stack_info, each on lines of its own, as
//             logging.Formatter puts them
//   severity  levelno, rounded down to one of Python's five: debug (below 20), info, warning, err, crit (50 and above)
//   sent      created, to the microsecond (a float has no more)
//   app, pid  name (the logger) and process
//   fields    pathname, module, lineno, funcName, threadName, processName and taskName under their own names;
//             levelname if it is not the level's usual one; and each key of extra=, rendered as str() does
// None is absent, except in extra. These are left out because they say nothing new, or nothing outside the sender's
// process: args, levelno, filename, msecs, relativeCreated, thread, exc_info, and a formatter's message and asctime.
// There is no host: the handlers do not send one.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the record's views point into the frame, into this object or at constants: valid until the next read().
// BOUNDS    those of pickle.hpp; kMaxFields fields. The message takes at most `text_limit` bytes, and so do the names
//           and values of all fields together; rendering them takes at most `effort` (effort.hpp). What exceeds that is
//           cut. Linear in the frame and the effort; allocates nothing once it has grown.
// FAILURE   only `whole` touches the record. Code that the pickle names is never run (pickle.hpp): the value is shown
//           as <module.Name>, and the record is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/record/log_record.hpp"
#include "daemon/record/python/bounded_text.hpp"
#include "daemon/record/python/effort.hpp"
#include "daemon/record/python/pickle.hpp"

namespace logsniffd::record::python {

struct PythonCounters {
  Counter refused_opcodes;  // opcodes that name or call code, in whatever could be read
  Counter format_errors;    // records whose msg % args Python would refuse: the message is msg, then args
  Counter fields_left;      // records with more fields than there was room for

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit("refused_opcodes", self.refused_opcodes);
    visit("format_errors", self.format_errors);
    visit("fields_left", self.fields_left);
  }
};
static_assert(names_every_counter<PythonCounters>());

class PythonReader {
 public:
  static constexpr std::size_t kTextLimit = 64 * 1024;
  // The effort that a frame may take at most. kEffortPerByte is more than any plain value takes: a list of small ints
  // takes 5 for each of its bytes, a float 6.
  static constexpr std::size_t kLeastEffort = 4 * 1024;
  static constexpr std::size_t kEffortPerByte = 8;
  // Units of the decode budget for each unit of effort: formatting takes longer than inflating.
  static constexpr std::size_t kUnitsAnEffort = 3;
  [[nodiscard]] static std::size_t effort_for(Bytes frame) { return kLeastEffort + kEffortPerByte * frame.size(); }

  enum class Result : std::uint8_t {
    whole,
    not_python,  // not one whole pickle
    too_large,   // a pickle beyond pickle.hpp's bounds
    refused,     // not a LogRecord's pickle: its top is not a dict with texts for keys, or has no msg
  };

  explicit PythonReader(std::size_t text_limit = kTextLimit) : text_limit_(text_limit) {}
  void set_text_limit(std::size_t bytes) { text_limit_ = bytes; }

  // `frame` is with or without its length at the front. Sets all of `record` that decoding can find, and resets the
  // rest; `fields` backs the record's.
  [[nodiscard]] Result read(Bytes frame, LogRecord& record, std::vector<Field>& fields, std::size_t effort);
  [[nodiscard]] Result read(Bytes frame, LogRecord& record, std::vector<Field>& fields) {
    return read(frame, record, fields, effort_for(frame));
  }
  // About the last read(): whether something was cut, and what it took.
  [[nodiscard]] bool cut() const { return cut_; }
  [[nodiscard]] const Effort& effort() const { return effort_; }

  [[nodiscard]] const PythonCounters& counters() const { return counters_; }
  // For a report on the last read(): the first opcode that was refused, or 0.
  [[nodiscard]] std::uint8_t refused_opcode() const { return pickle_.first_refused_opcode(); }

 private:
  struct Attributes;

  void start(std::vector<Field>& fields, std::size_t effort);
  [[nodiscard]] bool read_attributes(Attributes& attributes, std::vector<Field>& fields);
  void add_level(const Attributes& attributes, std::vector<Field>& fields);
  void add_field(std::string_view name, const PickleValue& value, std::vector<Field>& fields);
  std::string_view message(const Attributes& attributes);
  void append_formatted(const PickleValue& msg, const PickleValue& args, BoundedText& out);
  std::string_view text_of(const PickleValue& value, std::size_t room);
  std::string_view short_text(const PickleValue& value);

  std::size_t text_limit_;
  Pickle pickle_;
  std::string message_;         // the message, if it is not simply a text of the pickle
  std::string rendered_;        // values that are not texts of the pickle
  std::size_t field_room_ = 0;  // bytes that fields may still take
  Effort effort_{0};
  bool cut_ = false;
  bool fields_left_ = false;
  PythonCounters counters_;
};

// For a frame of unknown kind: true for what the handlers send, in protocols 1 to 5. Looks at a few bytes.
[[nodiscard]] bool looks_like_python(Bytes frame);

}  // namespace logsniffd::record::python

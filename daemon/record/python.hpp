// What Python's logging.handlers.SocketHandler and DatagramHandler send: a pickled dict of a LogRecord's attributes
// (docs.python.org, "LogRecord attributes"), behind its length in 4 bytes, big-endian.
//
// What becomes of the attributes:
//   message   msg, or msg % args where a sender left args; behind it exc_text and stack_info, each on lines of its own,
//             as logging.Formatter puts them
//   severity  levelno, rounded down to one of Python's five: debug (below 20), info, warning, err, crit (50 and above)
//   sent      created, to the microsecond (a float has no more)
//   app, pid  name (the logger) and process
//   fields    pathname, module, lineno, funcName, threadName, processName and taskName under their own names;
//             levelname where it is not the level's usual one; and each key of extra=, rendered as str() does
// None is absent, but in extra. Left out, for it says nothing new or nothing outside the sender's process: args,
// levelno, filename, msecs, relativeCreated, thread, exc_info, and a formatter's message and asctime. There is no host:
// the handlers send none.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the record's views point into the frame, into this object or at constants: valid until the next read().
// BOUNDS    those of pickle.hpp; kMaxFields fields; the message, and the names and values of all fields together, take
//           at most `text_limit` bytes each, and what is put together for them at most `effort` (effort.hpp). Beyond
//           that they are cut. Linear in the frame and the effort; allocates nothing once it has grown.
// FAILURE   nothing but `whole` touches the record. Code that the pickle names is never run (pickle.hpp): the value is
//           shown as <module.Name>, and the record is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/record/bounded_text.hpp"
#include "daemon/record/effort.hpp"
#include "daemon/record/log_record.hpp"
#include "daemon/record/pickle.hpp"

namespace logsniffd::record {

struct PythonCounters {
  Counter refused_opcodes;  // that name or call code, in whatever could be read
  Counter format_errors;    // records whose msg % args Python would not do: the message is msg, then args
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
  // What a frame may take at most. A list of small ints takes 5 for each of its bytes, a float 6: more than any plain
  // value does.
  static constexpr std::size_t kLeastEffort = 4 * 1024;
  static constexpr std::size_t kEffortPerByte = 8;
  // Of the budget of decoders: what is formatted takes longer than what is inflated.
  static constexpr std::size_t kUnitsAnEffort = 3;
  [[nodiscard]] static std::size_t effort_for(Bytes frame) { return kLeastEffort + kEffortPerByte * frame.size(); }

  enum class Result : std::uint8_t {
    whole,
    not_python,  // not one whole pickle
    too_large,   // one beyond pickle.hpp's bounds
    refused,     // one, but not of a LogRecord: its top is no dict with texts for keys, or has no msg
  };

  explicit PythonReader(std::size_t text_limit = kTextLimit) : text_limit_(text_limit) {}
  void set_text_limit(std::size_t bytes) { text_limit_ = bytes; }

  // `frame` with or without its length in front. Sets all of `record` that decoding can find, and resets what it does
  // not; `fields` backs the record's.
  [[nodiscard]] Result read(Bytes frame, LogRecord& record, std::vector<Field>& fields, std::size_t effort);
  [[nodiscard]] Result read(Bytes frame, LogRecord& record, std::vector<Field>& fields) {
    return read(frame, record, fields, effort_for(frame));
  }
  // Of the last read(): whether something was cut, and what it took.
  [[nodiscard]] bool cut() const { return cut_; }
  [[nodiscard]] const Effort& effort() const { return effort_; }

  [[nodiscard]] const PythonCounters& counters() const { return counters_; }
  // Of the last read(), for a report: the first opcode that was refused, or 0.
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
  std::string message_;         // where it is more than a text of the pickle
  std::string rendered_;        // what is no text of the pickle
  std::size_t field_room_ = 0;  // what fields may still take
  Effort effort_{0};
  bool cut_ = false;
  bool fields_left_ = false;
  PythonCounters counters_;
};

// Where nothing has said what a frame is: true for what the handlers send, in protocols 1 to 5. Looks at a few bytes.
[[nodiscard]] bool looks_like_python(Bytes frame);

}  // namespace logsniffd::record

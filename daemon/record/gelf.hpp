// Reads one message of the Graylog Extended Log Format, version 1.1 (docs.graylog.org, "GELF Payload Specification"),
// already unframed: chunks are put together (framing/gelf_chunks.hpp), the NUL behind it on TCP is gone.
//
// The payload is a JSON object, plain or compressed with gzip or zlib. host, level (syslog's numbers) and timestamp are
// the record's; of additional fields the leading underscore is taken off ("_user_id" -> "user_id"). So
//   - the message is short_message, or "message" in its place, as Graylog has it. Where both are missing or empty
//   (Docker
//     sends "" for an empty line) it is full_message, and without that the whole (inflated) text of the object. All
//     else is read nonetheless;
//   - host and version may be missing; a version of 1.0 or 1.1 says nothing and is dropped;
//   - a full_message that begins with short_message is the message, for it is the same with its stack trace behind it;
//     any other full_message is a field, as Graylog shows it;
//   - app is "_app" or another of its names (gelf.cpp), else facility, which is a name in GELF (deprecated in 1.1), or
//     else Docker's container or a logger;
//   - where fields found no room, the message is the whole (inflated) text;
//   - where it inflates to more than may be made of it, its front is read (cut_json.hpp).
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the record's views point into the payload and into this: valid until the next read().
// BOUNDS    as json.hpp and inflate.hpp have them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/record/inflate.hpp"
#include "daemon/record/json_object.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

enum class GelfVerdict : std::uint8_t {
  message,
  inflated_text,  // compressed, and not a JSON object: what it inflates to is the message, and there is no more
  not_gelf,       // not compressed, and not a JSON object
  corrupt,        // starts as gzip or zlib do, and is damaged or cut short, or compressed once more inside
  over_budget,    // it inflates to more than the budget had left
};

// Cheap, for where it may be anything: starts as a compressed one does, or is a JSON object that mentions short_message
// or version 1.1. Not to be relied on: text can start with "x^", too.
[[nodiscard]] bool looks_like_gelf(Bytes payload);

// How many bytes a compressed payload may inflate to.
struct InflateLimits {
  std::size_t shown;   // so many are read, and the record is cut there
  std::size_t budget;  // so many there is a budget for, and beyond it nothing is read
};

class GelfReader {
 public:
  // Where the verdict is `message` or `inflated_text`, the record and `fields` are set as JsonReader::read() does it;
  // otherwise `record` is left as it was. REQUIRED: all of the datagram, for NULs and line ends at its end may belong
  // to what was compressed.
  [[nodiscard]] GelfVerdict read(Bytes payload, const InflateLimits& limits, LogRecord& record,
                                 std::vector<Field>& fields);
  // Of the last read(): what it inflated, whatever became of it, what that and its reading took in units of the budget
  // (decode_budget.hpp), and whether there would have been more.
  [[nodiscard]] std::size_t inflated_bytes() const { return inflated_bytes_; }
  [[nodiscard]] std::size_t units() const { return units_; }
  [[nodiscard]] bool cut() const { return cut_; }

 private:
  GelfVerdict inflate(Bytes& payload, const InflateLimits& limits);
  // `text` is what is read, `sent` what it stands for.
  bool read_object(std::string_view text, std::string_view sent, LogRecord& record, std::vector<Field>& fields);

  Inflater inflater_;
  JsonObject object_;
  std::string closed_;  // the front of an object that was cut
  std::size_t inflated_bytes_ = 0;
  std::size_t units_ = 0;
  bool cut_ = false;
};

}  // namespace logsniffd::record

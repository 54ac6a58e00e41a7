// Reads one message of the Graylog Extended Log Format, version 1.1 (docs.graylog.org, "GELF Payload Specification"),
// already unframed: chunks are reassembled (framing/gelf_chunks.hpp), and the NUL after it on TCP is gone.
//
// The payload is a JSON object, plain or compressed with gzip or zlib. host, level (syslog's numbers) and timestamp
// become the record's own; additional fields lose their leading underscore ("_user_id" -> "user_id").
//   - The message is short_message, or "message" in its place, as Graylog accepts it. If both are missing or empty
//     (Docker sends "" for an empty line), it is full_message, and failing that the whole (inflated) text of the
//     object. Everything else is still read.
//   - host and version may be missing. A version of 1.0 or 1.1 says nothing and is dropped.
//   - A full_message that begins with short_message is the message: it is the same text with its stack trace after it.
//     Any other full_message is a field, as Graylog shows it.
//   - app is "_app" or another of its names (gelf.cpp), else facility, which is a name in GELF (deprecated in 1.1),
//     else Docker's container or a logger.
//   - If fields found no room, the message is the whole (inflated) text.
//   - If the payload inflates to more than may be shown, its front is read (cut_json.hpp).
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the record's views point into the payload and into this: valid until the next read().
// BOUNDS    those of json.hpp and inflate.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/record/json/inflate.hpp"
#include "daemon/record/json/json_object.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::record::json {

enum class GelfVerdict : std::uint8_t {
  message,
  inflated_text,  // compressed, and not a JSON object: the message is what it inflates to, and nothing else is set
  not_gelf,       // not compressed, and not a JSON object
  corrupt,        // starts as gzip or zlib do, but is damaged, cut short, or compressed again inside
  over_budget,    // it inflates to more than the budget had left
};

// A cheap look at a payload that may be anything: true if it starts as gzip or zlib do, or is a JSON object that
// mentions short_message or version 1.1. It proves nothing: text can start with "x^" too.
[[nodiscard]] bool looks_like_gelf(Bytes payload);

// How many bytes a compressed payload may inflate to.
struct InflateLimits {
  std::size_t shown;   // this many are read; the record is cut there
  std::size_t budget;  // what the budget allows; beyond it nothing is read
};

class GelfReader {
 public:
  // If the verdict is `message` or `inflated_text`, sets the record and `fields` as JsonReader::read() does; otherwise
  // leaves `record` as it was. REQUIRED: the whole datagram, for NULs and line ends at its end may belong to the
  // compressed data.
  [[nodiscard]] GelfVerdict read(Bytes payload, const InflateLimits& limits, LogRecord& record,
                                 std::vector<Field>& fields);
  // About the last read(), whatever came of it: the bytes inflated, what inflating and reading took in units of the
  // budget (decode_budget.hpp), and whether there would have been more.
  [[nodiscard]] std::size_t inflated_bytes() const { return inflated_bytes_; }
  [[nodiscard]] std::size_t units() const { return units_; }
  [[nodiscard]] bool cut() const { return cut_; }

 private:
  GelfVerdict inflate(Bytes& payload, const InflateLimits& limits);
  // `text` is what is read; `sent` is the text that it stands for.
  bool read_object(std::string_view text, std::string_view sent, LogRecord& record, std::vector<Field>& fields);

  Inflater inflater_;
  JsonObject object_;
  std::string closed_;  // the front of an object that was cut, closed
  std::size_t inflated_bytes_ = 0;
  std::size_t units_ = 0;
  bool cut_ = false;
};

}  // namespace logsniffd::record::json

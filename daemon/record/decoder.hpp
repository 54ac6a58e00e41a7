// From one frame to what it says: plain text or syslog. (What a frame is was decided by framing.)
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the views of the record point into the frame and into the decoder: valid until the next decode().
// BOUNDS    at most kMaxFields fields a record; further ones are left in the text and counted. Linear in the frame.
// FAILURE   a message that is not what it should be stays readable. Where Decode::syslog was asked for and no valid
// <PRI> is there,
//           message is the whole frame and `malformed` grows; under Decode::automatic that is plain text. Behind a
//           valid <PRI> nothing fails: what cannot be read stays in the message (syslog.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter.hpp"
#include "daemon/record/log_record.hpp"
#include "daemon/record/structured_data.hpp"

namespace logsniffd::record {

enum class Decode : std::uint8_t {
  automatic,  // syslog where it starts with <PRI> and reads as such, plain otherwise
  plain,
  syslog,  // RFC 5424, RFC 3164 and what is sent under its name
};

// Each frame counts in one of plain, syslog and malformed.
struct DecodeCounters {
  Counter plain;
  Counter syslog;
  Counter malformed;    // should have been syslog, but was kept as plain
  Counter fields_left;  // messages with more than kMaxFields fields; the further ones stayed in the text
};

class Decoder {
 public:
  // Sets severity, facility, sent, host, app, pid, msgid, message and fields of `record`, whose captured_at (for the
  // year and zone that RFC 3164 leaves out) is set already. Everything that it does not find is reset to absent.
  void decode(Decode as, Bytes frame, LogRecord& record);

  [[nodiscard]] const DecodeCounters& counters() const { return counters_; }

 private:
  std::vector<Field> fields_;
  std::string unescaped_;  // structured-data values with \" \\ \] resolved (RFC 5424, 6.3.3)
  DecodeCounters counters_;
};

}  // namespace logsniffd::record

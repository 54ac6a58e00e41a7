// A frame as it is: the decoding of plain text, and what every other decoding falls back to.
#pragma once

#include <string_view>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

// The whole text is the message; everything else that decoding can find is reset to absent.
inline void read_plain(std::string_view text, LogRecord& record) {
  record.severity.reset();
  record.facility.reset();
  record.sent.reset();
  record.host = {};
  record.app = {};
  record.pid = {};
  record.msgid = {};
  record.message = text;
  record.fields = {};
}

}  // namespace logsniffd::record

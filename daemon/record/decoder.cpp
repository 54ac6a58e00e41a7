#include "daemon/record/decoder.hpp"

#include "daemon/record/plain.hpp"
#include "daemon/record/syslog.hpp"

namespace logsniffd::record {

void Decoder::decode(Decode as, Bytes frame, LogRecord& record) {
  const std::string_view text = as_text(frame);
  if (as != Decode::plain && parse_syslog(text, record, fields_, unescaped_)) {
    counters_.syslog.add();
    if (fields_.size() > kMaxFields) counters_.fields_left.add();
    return;
  }
  read_plain(text, record);
  (as == Decode::syslog ? counters_.malformed : counters_.plain).add();
}

}  // namespace logsniffd::record

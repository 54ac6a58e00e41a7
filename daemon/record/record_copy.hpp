// A record that owns its text: for those who keep one beyond its packet.
//
// THREAD  confined to its owner.
// BOUNDS  the text of the record. The memory is reused from record to record.
#pragma once

#include <string>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

class RecordCopy {
 public:
  RecordCopy() = default;
  RecordCopy(const RecordCopy&) = delete;  // record_ points into text_
  RecordCopy& operator=(const RecordCopy&) = delete;

  void assign(const LogRecord& record);

  // LIFETIME: up to the next assign().
  [[nodiscard]] const LogRecord& record() const { return record_; }
  [[nodiscard]] std::size_t memory_bytes() const { return text_.capacity() + fields_.capacity() * sizeof(Field); }

 private:
  LogRecord record_;
  std::string text_;
  std::vector<Field> fields_;
};

}  // namespace logsniffd::record

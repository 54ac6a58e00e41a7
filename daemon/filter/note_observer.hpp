// Gets the records that a filter itself writes, in place of those that it left out.
#pragma once

#include <cstdint>

#include "daemon/record/log_record.hpp"

namespace logsniffd::filter {

// LIFETIME  `note` is valid only during the call. REQUIRED: the caller is not called from within.
class NoteObserver {
 public:
  virtual void on_note(std::uint16_t filter, const record::LogRecord& note) = 0;

 protected:
  ~NoteObserver() = default;
};

}  // namespace logsniffd::filter

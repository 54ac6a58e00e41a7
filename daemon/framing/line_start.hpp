// Decides which lines begin a record, if a record may have several. LineJoiner asks; whoever knows the log answers.
#pragma once

#include "daemon/base/bytes.hpp"

namespace logsniffd::framing {

// THREAD  called on any capture worker: implementations are immutable.
class LineStart {
 public:
  [[nodiscard]] virtual bool starts_record(Bytes line) const = 0;

 protected:
  ~LineStart() = default;
};

}  // namespace logsniffd::framing

// Which lines begin a record, where a record may have several: asked by LineJoiner, told by whoever knows the log.
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

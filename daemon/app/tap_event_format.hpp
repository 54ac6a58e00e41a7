// How a tap's events of packets and streams become lines: `text`, or `json` with the members of docs/control.md.
//
//   10:27:44.016601 lo tcp 127.0.0.1:61129 > 127.0.0.1:9988 34 bytes, decoded         a packet
//   10:27:44.016601 lo tcp 127.0.0.1:61129 > 127.0.0.1:9988 34 bytes at 0             a stream
//
// THREAD  immutable after compile(); append() may run on any thread.
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/error.hpp"
#include "daemon/format/record_template.hpp"
#include "daemon/record_path/tap_event.hpp"

namespace logsniffd::app {

class TapEventFormat {
 public:
  // ERRORS  usage: it is neither.
  static Expected<TapEventFormat> compile(std::string_view format);

  // Without a line feed. `origin`: time, flow and interface.
  void append(const record::LogRecord& origin, const record_path::TapEvent& event, std::string& out) const;

 private:
  TapEventFormat(bool json, format::TimeFormat time) : json_(json), time_(std::move(time)) {}

  bool json_;
  format::TimeFormat time_;
};

}  // namespace logsniffd::app

// What the sinks of a configuration would write, for `logsniffd test`: each takes the place of the real sink, has that
// sink's own formats and limits, and appends lines to a temporary file. It touches neither the target nor a spool.
//
//   file      the lines. If the path has fields, "==> PATH <==" precedes the lines of each file, as with tail(1).
//   stdout    the lines
//   syslog    one message a line, without what separates it from the next on the wire
//   journald  NAME=value lines, with values escaped as in text, and an empty line after each entry
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "config/model.hpp"
#include "daemon/base/integrity.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::app {

// What one sink would have written. REQUIRED: nobody reads it before the sink's worker has ended.
struct TrialOutput {
  UniqueFd file;                               // has no name; the system removes it with the process
  std::map<Integrity, std::uint64_t> damaged;  // records that are not whole

  [[nodiscard]] static Expected<TrialOutput> create();
};

// `output` must outlive the sink.
[[nodiscard]] Expected<std::unique_ptr<sink::Sink>> make_trial_sink(const config::Sink& sink, TrialOutput& output);

}  // namespace logsniffd::app

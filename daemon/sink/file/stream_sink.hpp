// Writes records to standard output, or to one file that is never rotated.
#pragma once

#include <memory>
#include <string>

#include "daemon/sink/sink.hpp"

namespace logsniffd::sink::file {

struct StreamSinkOptions {  // standard output, or -o FILE of sniff
  std::string path;         // empty: standard output
  std::string format = "text";
};

// Fails (usage) if the options make no sense; Sink::open() finds what the host does not allow.
[[nodiscard]] Expected<std::unique_ptr<Sink>> make_stream_sink(const StreamSinkOptions& options);

}  // namespace logsniffd::sink::file

// Writes records to files whose path is a template, and rotates them.
#pragma once

#include <memory>

#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink::file {

// Fails (usage) if the options make no sense; Sink::open() finds what the host does not allow.
[[nodiscard]] Expected<std::unique_ptr<Sink>> make_file_sink(const FileSinkOptions& options);

}  // namespace logsniffd::sink::file

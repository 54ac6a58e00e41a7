// Turns a rotated file into its compressed form. At every moment, even after a kill or a loss of power, its lines exist
// at least once, and no incomplete file has a final name.
//
// The copy grows under a hidden name, is brought to the disk and gets its final name; only then is the original
// removed. An existing name is never overwritten.
//
// LOCKS  flock(2). A sink holds its open file LOCK_SH, and the file being compressed is held LOCK_EX: a file that is
//        still being written is left alone. The copy is held LOCK_EX as well, so that nobody removes it as abandoned.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "daemon/sink/file/rotated_name.hpp"

namespace logsniffd::sink::file {

enum class CopyOutcome : std::uint8_t {
  done,
  busy,         // somebody is writing or compressing it
  interrupted,  // the original is complete, and there is no copy
  failed,       // likewise; see errno
};

struct CopyResult {
  CopyOutcome outcome = CopyOutcome::done;
  int error = 0;
};

// `directory` may be opened O_RDONLY, not O_PATH. REQUIRED: `name` is the name of a rotated file that is
// not compressed.
[[nodiscard]] CopyResult compress_in_place(int directory, const std::string& name, Compression compression,
                                           const std::stop_token& stop);

// Removes the original after its compressed form was completed (only then does that have its final name). Does nothing
// if somebody still writes to the original.
[[nodiscard]] CopyResult remove_original(int directory, const std::string& name);

// Removes the temporary file of a compression that was killed; leaves one that is still running.
void remove_temporary(int directory, const std::string& temporary);

}  // namespace logsniffd::sink::file

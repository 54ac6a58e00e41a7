// Turns a rotated file into its compressed form, so that at every moment, a kill or a loss of power included, its lines
// are there at least once and no part of a file has a final name.
//
// The copy grows under a hidden name, is brought to the disk, gets its final name, and only then the original goes.
// Nothing that has a name already is overwritten.
//
// LOCKS  flock(2). A sink holds its open file LOCK_SH, and what is compressed is held LOCK_EX: a file into which
//        somebody still writes is left alone. The copy is held LOCK_EX as well, so that nobody takes it for a
//        left-over.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "daemon/sink/rotated_name.hpp"

namespace logsniffd::sink {

enum class CopyOutcome : std::uint8_t {
  done,
  busy,         // somebody writes to it, or compresses it
  interrupted,  // the original is whole, and there is no copy
  failed,       // as well; errno
};

struct CopyResult {
  CopyOutcome outcome = CopyOutcome::done;
  int error = 0;
};

// `directory` may be opened O_RDONLY, not O_PATH. REQUIRED: `name` is a rotated, not compressed name.
[[nodiscard]] CopyResult compress_in_place(int directory, const std::string& name, Compression compression,
                                           const std::stop_token& stop);

// Removes the original beside its compressed form, which has its final name only once it is complete. Nothing where
// somebody writes to it still.
[[nodiscard]] CopyResult remove_original(int directory, const std::string& name);

// Removes the left-over of a compression that was killed; leaves one that goes on.
void remove_left_over(int directory, const std::string& temporary);

}  // namespace logsniffd::sink

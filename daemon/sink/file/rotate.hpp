// Gives a log file the name of a rotated one, and does nothing else: one rename, never onto an existing name.
#pragma once

#include <cerrno>
#include <string>
#include <tl/expected.hpp>

#include "daemon/base/confined_file.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/sink/file/rotated_name.hpp"

namespace logsniffd::sink::file {

inline constexpr int kMovedAlready = ESTALE;  // the name leads to another file, or to none

struct MovedAside {
  UniqueFd parent;
  std::string name;
  std::string rotated;
  Stamp stamp;
};

// `path` is as in open_confined(). The new name carries `now`, or one millisecond after `after` if `now` is not later
// than `after`.
[[nodiscard]] tl::expected<MovedAside, OpenFailure> move_aside(const std::string& directory, const std::string& path,
                                                               const FileIdentity& file, Stamp after, PacketTime now);

// Returns false if another file has the name by now.
[[nodiscard]] bool move_back(const MovedAside& moved);

}  // namespace logsniffd::sink::file

// The time zone of this process. A sender's time that names no zone is read in it (RFC 3164, 4.1.2).
//
// libc reads the zone once (TZ in all its forms, else /etc/localtime). localtime_r is thread-safe but takes a lock, so
// each answer is kept for a quarter of an hour: no zone changes its offset except at such a boundary. mktime would
// check /etc/localtime on every call, and would answer differently in the hour that autumn repeats; absl's zones do not
// know POSIX TZ rules.
//
// THREAD  any; each thread keeps its own answers.
#pragma once

#include <chrono>

namespace logsniffd::record::value {

// The instant at which local clocks show `shown`. In the hour that autumn repeats, it is the one of the two whose
// offset is in force at `near`.
std::chrono::sys_seconds from_local_zone(std::chrono::local_seconds shown, std::chrono::sys_seconds near);

}  // namespace logsniffd::record::value

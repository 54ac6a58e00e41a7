// The time zone of this process: what a sender's time means that names no zone (RFC 3164, 4.1.2).
//
// libc's zone (TZ in all its forms, else /etc/localtime), read once by libc. localtime_r is thread-safe but takes a
// lock, so its answers are kept for a quarter of an hour each: no zone changes its offset elsewhere than at such a
// border. mktime would look at /etc/localtime on every call, and answer differently in the hour that autumn repeats;
// absl's zones know no POSIX TZ rules.
//
// THREAD  any; the answers are kept for each thread.
#pragma once

#include <chrono>

namespace logsniffd::record {

// The instant at which local clocks show `shown`. Of the two in the hour that autumn repeats, the one with the offset
// that holds at `near`.
std::chrono::sys_seconds from_local_zone(std::chrono::local_seconds shown, std::chrono::sys_seconds near);

}  // namespace logsniffd::record

// Gives up what a command does not need any more once its capture and its output are open. Whoever then takes over a
// parser, by a packet that nobody foresaw, is an unprivileged user who can start no program.
//
//   user          root becomes the user of unprivileged_user.hpp, without supplementary groups
//   capabilities  none but CAP_NET_RAW, and that only in live capture, which opens interfaces again when they come back
//   programs      no new privileges (PR_SET_NO_NEW_PRIVS), and the filter of system_call_filter.hpp
//
// Open descriptors stay usable, and files keep their owner. Nobody can trace the process afterwards, except root: when
// its user changes, the kernel makes it undumpable (see fs.suid_dumpable in proc(5)).
//
// THREAD   the main thread, before there is any other: user and capabilities belong to a thread, and a new thread has
//          those of the thread that started it.
// FAILURE  each step is taken, whatever became of the others. What could not be given up is returned.
// COST     one to two milliseconds.
#pragma once

#include <vector>

#include "daemon/base/error.hpp"

namespace logsniffd::privilege {

enum class Purpose {
  live_capture,  // opens sockets for the capture later, but no IP sockets
  replay,        // opens no sockets later
};

// Cannot be undone. If the user is not root, the user and the groups stay as they are. Returns one error for each thing
// that is kept against the plan, for the user to see; the program works as before.
[[nodiscard]] std::vector<Error> drop(Purpose purpose);

}  // namespace logsniffd::privilege

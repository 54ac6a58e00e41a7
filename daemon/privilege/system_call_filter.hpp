// Refuses the system calls that nobody who captures ever needs, and that whoever breaks in needs next: starting
// programs, tracing and signalling other processes, changing user, namespaces, mounts, kernel interfaces with a history
// of holes, code that is made at run time, and input for the terminal.
//
// A refused call fails with EPERM. It does not end the process. docs/decisions/0016-privileges-of-sniff.md says why
// these calls are listed, and not those that are allowed.
//
// THREAD  binds all threads, those that exist and those to come (SECCOMP_FILTER_FLAG_TSYNC).
#pragma once

#include "daemon/base/error.hpp"

namespace logsniffd::privilege {

// Under a sanitizer, processes can be made and traced: LeakSanitizer does both at the end, and a report starts
// llvm-symbolizer.
#ifdef LOGSNIFFD_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// Which new ones can be made.
enum class Sockets {
  none,
  for_capture,  // packet, netlink and unix sockets
};

// Cannot be undone. REQUIRED: no new privileges (PR_SET_NO_NEW_PRIVS), or CAP_SYS_ADMIN.
[[nodiscard]] Status filter_system_calls(Sockets sockets);

}  // namespace logsniffd::privilege

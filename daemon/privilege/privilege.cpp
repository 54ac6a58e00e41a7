#include "daemon/privilege/privilege.hpp"

#include <cap-ng.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/privilege/system_call_filter.hpp"
#include "daemon/privilege/unprivileged_user.hpp"

namespace logsniffd::privilege {
namespace {

constexpr const char* kUsers = "/etc/passwd";

Status failure(const std::string& what, int error, const std::string& fix) {
  return fail(Error::runtime(Error::system(what, error).message() + "; " + fix));
}

// Limits what a program that is started could ever gain. Needs CAP_SETPCAP; without it, PR_SET_NO_NEW_PRIVS must do.
void clear_bounding_set() {
  if (capng_get_caps_process() != 0) return;
  capng_clear(CAPNG_SELECT_BOUNDS);
  (void)capng_apply(CAPNG_SELECT_BOUNDS);
}

// The limit does not bind root. As another user, the process must still be able to start its threads, whatever threads
// and processes that user already has. A higher maximum needs CAP_SYS_RESOURCE.
void lift_limit_of_threads() {
  rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_NPROC, &limit) == 0 || ::getrlimit(RLIMIT_NPROC, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NPROC, &limit);
}

// glibc changes the user of all threads, the kernel that of one. Permitted capabilities survive if `keep_capabilities`.
Status become(const User& user, bool keep_capabilities) {
  lift_limit_of_threads();
  // Without the groups of root first: the new user may not change them. A failure here must not keep the user root.
  const int groups_error = ::setgroups(0, nullptr) == 0 && ::setresgid(user.gid, user.gid, user.gid) == 0 ? 0 : errno;
  ::prctl(PR_SET_KEEPCAPS, keep_capabilities ? 1UL : 0UL, 0UL, 0UL, 0UL);
  const int user_error = ::setresuid(user.uid, user.uid, user.uid) == 0 ? 0 : errno;
  ::prctl(PR_SET_KEEPCAPS, 0UL, 0UL, 0UL, 0UL);
  if (user_error != 0) {
    return failure(fmt::format("still running as root: cannot change to the user {}", user.name), user_error,
                   user_error == EINVAL
                       ? "this user namespace lacks that user: map it, or start the program as another one"
                       : "allow CAP_SETUID and CAP_SETGID, or start the program as another user");
  }
  if (groups_error != 0) {
    return failure(fmt::format("still in the groups of root: cannot change to those of the user {}", user.name),
                   groups_error, "allow CAP_SETGID, or start the program as another user");
  }
  return {};
}

// The ambient set follows: the kernel keeps it within the inheritable one, which becomes empty.
Status reduce_capabilities(bool keep_packet_sockets) {
  constexpr auto kUsable = static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED);
  const bool known = capng_get_caps_process() == 0;
  const bool keep = known && keep_packet_sockets && capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW) != 0;
  capng_clear(CAPNG_SELECT_CAPS);
  if (keep) capng_update(CAPNG_ADD, kUsable, CAP_NET_RAW);
  if (known && capng_apply(CAPNG_SELECT_CAPS) == 0) return {};
  return failure("still privileged: cannot give up capabilities", errno, "start the program as a user that has none");
}

Status forbid_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0) return {};
  return failure("cannot forbid new privileges", errno, "the kernel or the container does not allow it");
}

}  // namespace

std::vector<Error> drop(Purpose purpose) {
  std::vector<Error> kept;
  const auto note = [&kept](Status done) {
    if (!done) kept.push_back(std::move(done.error()));
  };
  const bool live = purpose == Purpose::live_capture;
  clear_bounding_set();
  if (::geteuid() == 0) note(become(unprivileged_user(kUsers), live));
  note(reduce_capabilities(live));
  note(forbid_new_privileges());
  note(filter_system_calls(live ? Sockets::for_capture : Sockets::none));
  return kept;
}

}  // namespace logsniffd::privilege

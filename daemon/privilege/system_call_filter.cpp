#include "daemon/privilege/system_call_filter.hpp"

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>

namespace logsniffd::privilege {
namespace {

// By name, because the header may lack a call that the library knows, and an architecture may not have it.
constexpr auto kRefused = std::to_array<const char*>(
    {// other processes
     "kcmp", "pidfd_getfd", "pidfd_send_signal", "process_madvise", "process_mrelease", "process_vm_readv",
     "process_vm_writev", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "tkill",
     // users and capabilities
     "capset", "setfsgid", "setfsgid32", "setfsuid", "setfsuid32", "setgid", "setgid32", "setgroups", "setgroups32",
     "setregid", "setregid32", "setresgid", "setresgid32", "setresuid", "setresuid32", "setreuid", "setreuid32",
     "setuid", "setuid32",
     // namespaces and mounts
     "chroot", "fsconfig", "fsmount", "fsopen", "fspick", "mknod", "mknodat", "mount", "mount_setattr", "move_mount",
     "name_to_handle_at", "open_by_handle_at", "open_tree", "pivot_root", "setns", "umount", "umount2", "unshare",
     // interfaces of the kernel with a history of holes
     "add_key", "bpf", "fanotify_init", "io_uring_enter", "io_uring_register", "io_uring_setup", "keyctl",
     "lookup_dcookie", "modify_ldt", "nfsservctl", "perf_event_open", "personality", "remap_file_pages", "request_key",
     "uselib", "userfaultfd", "vm86", "vm86old", "vmsplice",
     // the machine
     "acct", "adjtimex", "clock_adjtime", "clock_adjtime64", "clock_settime", "clock_settime64", "create_module",
     "delete_module", "finit_module", "init_module", "ioperm", "iopl", "kexec_file_load", "kexec_load", "quotactl",
     "quotactl_fd", "reboot", "setdomainname", "sethostname", "settimeofday", "stime", "swapoff", "swapon", "syslog",
     "vhangup"});

// What sanitizers need; see kSanitized.
constexpr auto kRefusedUnlessSanitized = std::to_array<const char*>({"execve", "execveat", "fork", "ptrace", "vfork"});

#ifdef __s390__
constexpr unsigned kCloneFlags = 1;  // the argument that holds them
#else
constexpr unsigned kCloneFlags = 0;
#endif

// ioctl() takes 32 bits of its request, so the upper ones can be anything.
constexpr scmp_datum_t kRequestBits = 0xffff'ffff;

struct Release {
  void operator()(scmp_filter_ctx context) const { seccomp_release(context); }
};

// Collects rules. The first one that cannot be added is the error of the whole.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx context) : context_(context) {}

  void refuse(const char* call, std::optional<scmp_arg_cmp> only_if = std::nullopt, int error = EPERM) {
    const int number = seccomp_syscall_resolve_name(call);
    if (number == __NR_SCMP_ERROR) return;  // it is newer than the library
    const int added = seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), number,
                                             only_if ? 1U : 0U, only_if ? &*only_if : nullptr);
    if (added < 0 && error_ == 0) error_ = -added;
  }
  // If all of these bits of an argument are set.
  void refuse_bits(const char* call, unsigned argument, scmp_datum_t bits) {
    refuse(call, scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, bits, bits});
  }

  [[nodiscard]] int error() const { return error_; }

 private:
  scmp_filter_ctx context_;
  int error_ = 0;
};

// Threads, but no processes, and so no namespaces: the kernel does not make a thread in a new one.
void refuse_processes(Rules& rules) {
  for (const char* call : kRefusedUnlessSanitized) rules.refuse(call);
  rules.refuse("clone", scmp_arg_cmp{kCloneFlags, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0});
  // Its flags lie in memory, where a filter cannot see them. On ENOSYS, glibc uses clone() instead.
  rules.refuse("clone3", std::nullopt, ENOSYS);
}

// Memory that is writable and executable, or becomes executable: the same as MemoryDenyWriteExecute= of the unit.
void refuse_made_code(Rules& rules) {
  constexpr unsigned kProtection = 2;
  constexpr unsigned kSharedMemoryFlags = 2;
  for (const char* call : {"mmap", "mmap2"}) rules.refuse_bits(call, kProtection, PROT_WRITE | PROT_EXEC);
  for (const char* call : {"mprotect", "pkey_mprotect"}) rules.refuse_bits(call, kProtection, PROT_EXEC);
  rules.refuse_bits("shmat", kSharedMemoryFlags, SHM_EXEC);
}

// A terminal is often the one in which root types: what is put into its input is typed by root.
void refuse_typing(Rules& rules) {
  constexpr unsigned kRequest = 1;
  for (const scmp_datum_t request : {scmp_datum_t{TIOCSTI}, scmp_datum_t{TIOCLINUX}}) {
    rules.refuse("ioctl", scmp_arg_cmp{kRequest, SCMP_CMP_MASKED_EQ, kRequestBits, request});
  }
}

// Signals to oneself remain: abort() is one.
void refuse_signals_to_others(Rules& rules) {
  const auto self = static_cast<scmp_datum_t>(::getpid());
  for (const char* call : {"kill", "tgkill"}) rules.refuse(call, scmp_arg_cmp{0, SCMP_CMP_NE, self, 0});
}

// The families are those of the unit (RestrictAddressFamilies=).
void refuse_sockets(Rules& rules, Sockets sockets) {
  constexpr std::array kNeeded{AF_UNIX, AF_NETLINK, AF_PACKET};
  constexpr int kLast = AF_PACKET;  // the greatest of them
  if (sockets == Sockets::none) return rules.refuse("socket");
  for (int family = 0; family < kLast; ++family) {
    if (std::find(kNeeded.begin(), kNeeded.end(), family) != kNeeded.end()) continue;
    rules.refuse("socket", scmp_arg_cmp{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family), 0});
  }
  // Also a needed family with bits above the 32 that the kernel takes.
  rules.refuse("socket", scmp_arg_cmp{0, SCMP_CMP_GT, kLast, 0});
}

int load(Sockets sockets) {
  const std::unique_ptr<void, Release> context(seccomp_init(SCMP_ACT_ALLOW));
  if (!context) return ENOMEM;
  // A binary tree instead of a chain of comparisons. Libraries before 2.5 do not know it, and do without.
  (void)seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  (void)seccomp_attr_set(context.get(), SCMP_FLTATR_API_SYSRAWRC, 1);  // errors are the kernel's own
  // Before Linux 5.16 a filter also turned speculation off, which slows everything down. That is for programs that run
  // code of others.
  (void)seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_SSB, 1);
  if (const int set = seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_TSYNC, 1); set < 0) return -set;
  Rules rules(context.get());
  for (const char* call : kRefused) rules.refuse(call);
  if (!kSanitized) refuse_processes(rules);
  refuse_made_code(rules);
  refuse_typing(rules);
  refuse_signals_to_others(rules);
  refuse_sockets(rules, sockets);
  if (rules.error() != 0) return rules.error();
  const int loaded = seccomp_load(context.get());
  return loaded < 0 ? -loaded : 0;
}

}  // namespace

Status filter_system_calls(Sockets sockets) {
  const int error = load(sockets);
  if (error == 0) return {};
  return fail(Error::runtime(Error::system("cannot filter system calls", error).message() +
                             "; the kernel or the container does not allow it"));
}

}  // namespace logsniffd::privilege

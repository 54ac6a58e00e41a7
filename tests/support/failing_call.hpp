// Makes a system call fail, as a full quota or a broken disk would: the kernel itself refuses it (seccomp), for one
// thread and the threads that it starts. So nothing of the program under test is replaced.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <thread>

namespace logsniffd::test {

struct FailingCall {
  unsigned number;               // __NR_...
  int error;                     // errno
  std::uint32_t with_flags = 0;  // only if argument number `flags_at` has all of these
  unsigned flags_at = 0;
};

// Runs `action` on a thread where `call` fails.
inline void with_failing_call(const FailingCall& call, const std::function<void()>& action) {
  const auto low_half = [](unsigned argument) {
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
  };
  std::array<sock_filter, 7> code{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call.number, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low_half(call.flags_at)),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, call.with_flags),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call.with_flags, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(call.error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  bool refused = false;
  std::thread([&] {
    refused =
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0;
    if (!refused) action();
  }).join();
  if (refused) throw std::runtime_error("the kernel takes no seccomp filter");
}

}  // namespace logsniffd::test

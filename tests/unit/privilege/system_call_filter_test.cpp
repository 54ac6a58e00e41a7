// What the filter refuses, and what it must not refuse. None of this needs root.
#include "daemon/privilege/system_call_filter.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>
#include <future>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/privilege/child.hpp"

namespace logsniffd::privilege {
namespace {

using test::in_child;

void filter(Sockets sockets = Sockets::for_capture) {
  LOGSNIFFD_REQUIRE(::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0);
  const Status filtered = filter_system_calls(sockets);
  if (!filtered) std::cerr << filtered.error().message() << '\n';
  LOGSNIFFD_REQUIRE(filtered.has_value());
}

struct Call {
  const char* name;
  long (*make)();  // never succeeds in a way that harms the test
};

int error_of(const Call& call) { return call.make() < 0 ? errno : 0; }

// Each of these has another outcome without the filter, whatever the user.
const std::vector<Call> kRefusedCalls{
    {"Setuid", [] { return ::syscall(SYS_setuid, ::getuid()); }},
    {"Setresgid", [] { return ::syscall(SYS_setresgid, -1, -1, -1); }},
    {"Capset", [] { return ::syscall(SYS_capset, nullptr, nullptr); }},
    {"ReadOtherMemory", [] { return ::syscall(SYS_process_vm_readv, ::getpid(), nullptr, 0, nullptr, 0, 0); }},
    {"Mknod", [] { return ::syscall(SYS_mknodat, AT_FDCWD, nullptr, S_IFIFO, 0); }},
    {"Vmsplice", [] { return ::syscall(SYS_vmsplice, -1, nullptr, 0, 0); }},
    {"Personality", [] { return ::syscall(SYS_personality, 0xffff'ffffUL); }},
    {"Adjtimex", [] { return ::syscall(SYS_adjtimex, nullptr); }},
    {"Tkill", [] { return ::syscall(SYS_tkill, ::gettid(), 0); }},
    {"KillTheParent", [] { return ::syscall(SYS_kill, ::getppid(), 0); }},
    {"KillTheGroup", [] { return ::syscall(SYS_kill, 0, 0); }},
    {"TgkillTheParent", [] { return ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0); }},
    {"TypeIntoTheTerminal", [] { return ::syscall(SYS_ioctl, STDERR_FILENO, TIOCSTI, nullptr); }},
    {"TypeIntoTheTerminalWithMoreBits",
     [] { return ::syscall(SYS_ioctl, STDERR_FILENO, TIOCSTI | (1UL << 32), nullptr); }},
};

class RefusedCall : public testing::TestWithParam<Call> {};

TEST_P(RefusedCall, FailsWithEperm) {
  in_child([] {
    const int null = ::open("/dev/null", O_RDWR);  // not a terminal, so TIOCSTI is ENOTTY
    LOGSNIFFD_REQUIRE(::dup2(null, STDERR_FILENO) == STDERR_FILENO);
    const int before = error_of(GetParam());
    filter();
    if (before == EPERM) ::_exit(2);  // the system refuses it itself: this proves nothing
    if (error_of(GetParam()) != EPERM) ::_exit(3);
  });
}

INSTANTIATE_TEST_SUITE_P(SystemCalls, RefusedCall, testing::ValuesIn(kRefusedCalls),
                         [](const testing::TestParamInfo<Call>& call) { return std::string(call.param.name); });

TEST(SystemCallFilter, ProcessesAndTracing_AreRefusedUnlessSanitized) {
  in_child([] {
    filter();
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    LOGSNIFFD_REQUIRE(child > 0 ? kSanitized : !kSanitized && errno == EPERM);
    if (child > 0) ::waitpid(child, nullptr, 0);
    LOGSNIFFD_REQUIRE(::syscall(SYS_execve, nullptr, nullptr, nullptr) < 0 && errno == (kSanitized ? EFAULT : EPERM));
    LOGSNIFFD_REQUIRE(::ptrace(PTRACE_DETACH, 0, nullptr, nullptr) < 0 && errno == (kSanitized ? ESRCH : EPERM));
  });
}

TEST(SystemCallFilter, MadeCode_IsRefused) {
  in_child([] {
    filter();
    const auto map = [](int protection) {
      return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    };
    LOGSNIFFD_REQUIRE(map(PROT_READ | PROT_WRITE | PROT_EXEC) == MAP_FAILED && errno == EPERM);
    LOGSNIFFD_REQUIRE(map(PROT_READ | PROT_EXEC) != MAP_FAILED);  // libraries
    void* const data = map(PROT_READ | PROT_WRITE);
    LOGSNIFFD_REQUIRE(data != MAP_FAILED);
    LOGSNIFFD_REQUIRE(::mprotect(data, 4096, PROT_READ | PROT_EXEC) != 0 && errno == EPERM);
    LOGSNIFFD_REQUIRE(::mprotect(data, 4096, PROT_READ) == 0);
  });
}

TEST(SystemCallFilter, Threads_CanBeStartedAndAreBound) {
  in_child([] {
    filter();
    int error = 0;
    std::thread([&error] { error = error_of(kRefusedCalls.front()); }).join();
    LOGSNIFFD_REQUIRE(error == EPERM);
  });
}

TEST(SystemCallFilter, ThreadThatExisted_IsBound) {
  in_child([] {
    std::promise<void> filtered;
    int error = 0;
    std::thread earlier([&] {
      filtered.get_future().wait();
      error = error_of(kRefusedCalls.front());
    });
    filter();
    filtered.set_value();
    earlier.join();
    LOGSNIFFD_REQUIRE(error == EPERM);
  });
}

TEST(SystemCallFilter, SocketsForCapture_NoOtherFamily) {
  in_child([] {
    filter(Sockets::for_capture);
    LOGSNIFFD_REQUIRE(::socket(AF_UNIX, SOCK_DGRAM, 0) >= 0);
    LOGSNIFFD_REQUIRE(::socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
    for (const int family : {AF_UNSPEC, AF_INET, AF_INET6, AF_ALG, AF_VSOCK, 63, -1}) {
      LOGSNIFFD_REQUIRE(::socket(family, SOCK_DGRAM, 0) < 0 && errno == EPERM);
    }
    LOGSNIFFD_REQUIRE(::syscall(SYS_socket, AF_INET | (1UL << 32), SOCK_DGRAM, 0) < 0 && errno == EPERM);
  });
}

TEST(SystemCallFilter, NoSockets_NotOne) {
  in_child([] {
    filter(Sockets::none);
    for (const int family : {AF_UNIX, AF_NETLINK, AF_INET}) {
      LOGSNIFFD_REQUIRE(::socket(family, SOCK_DGRAM, 0) < 0 && errno == EPERM);
    }
  });
}

TEST(SystemCallFilter, SignalToItself_IsDelivered) {
  const auto run = [] {
    filter();
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
  };
  EXPECT_EXIT(run(), testing::KilledBySignal(SIGABRT), "");
}

}  // namespace
}  // namespace logsniffd::privilege

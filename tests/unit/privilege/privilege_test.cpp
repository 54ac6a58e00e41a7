// A process after drop(). As root this also changes the user: tests/live/privileges_test.py shows that in whole.
#include "daemon/privilege/privilege.hpp"

#include <sys/socket.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/unit/privilege/child.hpp"

namespace logsniffd::privilege {
namespace {

using test::in_child;

// A line of /proc/self/status: "CapEff" gives "0000000000000000".
std::string status(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + ":\t")) return line.substr(key.size() + 2);
  }
  return "(absent)";
}

void drop_all(Purpose purpose) {
  const auto kept = drop(purpose);
  for (const Error& error : kept) std::cerr << error.message() << '\n';
  LOGSNIFFD_REQUIRE(kept.empty());
}

TEST(Drop, Replay_KeepsNothing) {
  in_child([] {
    drop_all(Purpose::replay);
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
      LOGSNIFFD_REQUIRE(status(set) == "0000000000000000");
    }
    LOGSNIFFD_REQUIRE(::getuid() != 0 && ::geteuid() != 0 && ::getgid() != 0 && ::getegid() != 0);
    LOGSNIFFD_REQUIRE(::socket(AF_UNIX, SOCK_DGRAM, 0) < 0);
  });
}

TEST(Drop, LiveCapture_KeepsPacketSocketsAtMost) {
  in_child([] {
    constexpr unsigned long kNetRaw = 1UL << 13U;
    const unsigned long before = std::stoul(status("CapPrm"), nullptr, 16);
    drop_all(Purpose::live_capture);
    LOGSNIFFD_REQUIRE(std::stoul(status("CapPrm"), nullptr, 16) == (before & kNetRaw));
    LOGSNIFFD_REQUIRE(status("CapEff") == status("CapPrm"));
    LOGSNIFFD_REQUIRE(::socket(AF_UNIX, SOCK_DGRAM, 0) >= 0 && ::socket(AF_INET, SOCK_DGRAM, 0) < 0);
  });
}

TEST(Drop, NewPrivileges_AreForbiddenAndCallsFiltered) {
  in_child([] {
    drop_all(Purpose::live_capture);
    LOGSNIFFD_REQUIRE(status("NoNewPrivs") == "1");
    LOGSNIFFD_REQUIRE(status("Seccomp") == "2");
  });
}

TEST(Drop, NotRoot_KeepsItsUser) {
  in_child([] {
    const uid_t user = ::getuid() == 0 ? 4711 : ::getuid();
    if (::getuid() == 0) LOGSNIFFD_REQUIRE(::setresuid(user, user, user) == 0);
    drop_all(Purpose::replay);
    LOGSNIFFD_REQUIRE(::getuid() == user && ::geteuid() == user);
  });
}

}  // namespace
}  // namespace logsniffd::privilege

// What the Linux kernel's netconsole sends over UDP. The lines and headers are those of
// Documentation/networking/netconsole.rst and Documentation/ABI/testing/dev-kmsg in the kernel.
#include <array>
#include <string>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using test::endpoint;
using test::udp_packet;

constexpr std::string_view kKernel = "192.0.2.1:6665";
constexpr std::string_view kReceiver = "192.0.2.2:6666";

void say(Capture& capture, std::initializer_list<std::string_view> payloads) {
  for (const std::string_view payload : payloads) {
    capture.ip(udp_packet(endpoint(kKernel), endpoint(kReceiver), payload));
  }
}

// One datagram holds two lines. The kernel sends <N> if console_msg_format=syslog asks for it.
FileBytes basic() {
  Capture capture;
  say(capture, {"[   12.345678] eth0: link up\n", "<28>[   13.000001][    T1] systemd[1]: Failed\n",
                "[   14.000000] first\n[   14.000000] second\n", "no time in front\n"});
  return capture.bytes();
}

// The numbers 162 and 163 are missing after the second message. The sender restarts after the fourth.
FileBytes extended() {
  Capture capture;
  say(capture,
      {"7,160,424069,-;host bridge window [io  0x0000-0x0cf7] (ignored)\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n",
       "6.14.0,30,161,5140900,-,caller=T57;caf\\xc3\\xa9 C:\\x5ctemp\n cpu=42\n taskname=bash\n",
       "3,164,5140950,-;behind a hole\n", "6,165,5140960,-;next\n", "6,7,8,-\n"});
  capture.pause(std::chrono::seconds(2));  // longer than any wait
  say(capture, {"6,0,0,-;Linux version\n", "6,1,0,-;Command line\n", "6,2,10,-;BIOS\n"});
  return capture.bytes();
}

// A message in three fragments that arrive backwards, one whose middle is lost, and a whole one after each.
FileBytes fragments() {
  Capture capture;
  say(capture, {"6.4.0,6,416,1758426,-,ncfrag=24/41;, the 3rd chunk.\n", "6.4.0,6,417,1758430,-;behind it\n",
                "6.4.0,6,416,1758426,-,ncfrag=9/41;, the 2nd chunk", "6.4.0,6,416,1758426,-,ncfrag=0/41;the first",
                "6,418,1758440,-,ncfrag=0/29;beginning ", "6,418,1758440,-,ncfrag=20/29;and end \n",
                "6,419,1758450,-;behind that\n"});
  return capture.bytes();
}

// A line in three fragments, two of which are swapped; a line with a hole; a line that nothing follows.
FileBytes continuation() {
  Capture capture;
  say(capture, {"6,10,1000,c;mounting \n", "6,12,1002,+;done\n", "6,11,1001,+;root \n", "6,13,1003,-;a message\n",
                "6,14,1004,c;before \n", "6,16,1006,+;after\n"});
  capture.pause(std::chrono::seconds(2));
  say(capture, {"6,17,1007,c;alone\n"});
  return capture.bytes();
}

}  // namespace

std::span<const Condition> netconsole_conditions() {
  static constexpr std::array kConditions{
      Condition{"netconsole-basic", basic},
      Condition{"netconsole-extended", extended},
      Condition{"netconsole-fragments", fragments},
      Condition{"netconsole-continuation", continuation},
  };
  return kConditions;
}

}  // namespace logsniffd::golden

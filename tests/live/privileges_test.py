"""What `sniff` may still do once it reads packets: as root it is another user with CAP_NET_RAW or nothing, and under a
system call filter, in every thread. Needs a mount namespace of its own, in addition to the network namespace."""
import os
import socket
import struct
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from daemon import eventually
from sniffer import BINARY, PATIENCE, PORT, LiveTest, Sniffer, own_network, send_udp, udp_listener

NET_RAW = 1 << 13
NOBODY = 65534
# Refuses the system calls that install a filter, as a container may, and starts the program that follows.
WITHOUT_SECCOMP = ("/usr/bin/python3", "-c", """
import ctypes, os, sys
library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(0x7fff0000)))
class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]
refuse = ctypes.c_uint32(0x00050000 | 1)
assert library.seccomp_rule_add_array(context, refuse, library.seccomp_syscall_resolve_name(b"seccomp"), 0, None) == 0
equal, PR_SET_SECCOMP = 4, 22
assert library.seccomp_rule_add_array(context, refuse, library.seccomp_syscall_resolve_name(b"prctl"), 1,
                                      (Comparison * 1)(Comparison(0, equal, PR_SET_SECCOMP, 0))) == 0
assert library.seccomp_load(context) == 0
os.execv(sys.argv[1], sys.argv[1:])
""")


def setUpModule():
    own_network()


def statuses(pid):
    """/proc/PID/status of each thread, as a dictionary of words."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (line.split(":", 1) for line in (task / "status").read_text().splitlines())
        found.append({key: value.split() for key, value in lines})
    return found


def datagram(message):
    """A UDP datagram to PORT in an Ethernet frame, to the address of another host."""
    udp = struct.pack("!HHHH", 40000, PORT, 8 + len(message), 0) + message
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
    return bytes.fromhex("020000000099" "020000000001" "0800") + ip + udp


def capture_file(*messages):
    """A pcap file of Ethernet frames."""
    packets = [datagram(message) for message in messages]
    return struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(
        struct.pack("<IIII", 1_700_000_000, 0, len(packet), len(packet)) + packet for packet in packets)


class Privileges(LiveTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def assert_dropped(self, pid, *, user=NOBODY, group=NOBODY, capabilities, threads=3, seccomp="2"):
        found = statuses(pid)
        self.assertGreaterEqual(len(found), threads, "the main thread, the capture worker, the sink's worker")
        for status in found:
            self.assertEqual(status["Uid"], [str(user)] * 4, status)
            self.assertEqual(status["Gid"], [str(group)] * 4, status)
            self.assertEqual(status["Groups"], [], status)
            for name in ("CapPrm", "CapEff"):
                self.assertEqual(int(status[name][0], 16), capabilities, (name, status))
            for name in ("CapInh", "CapAmb"):
                self.assertEqual(int(status[name][0], 16), 0, (name, status))
            self.assertEqual(status["NoNewPrivs"], ["1"], status)
            self.assertEqual(status["Seccomp"], [seccomp], status)
        return found

    def assert_no_bounding_set(self, found):
        self.assertEqual({status["CapBnd"][0] for status in found}, {"0" * 16})

    def quiet(self, sniffer):
        """Nothing but the interface was reported."""
        self.assertEqual([line for line in sniffer.stderr if "capturing on" not in line], [])

    def test_live_capture_keeps_packet_sockets_alone(self):
        with udp_listener(), Sniffer(PORT) as sniffer:
            send_udp(b"a record")
            sniffer.lines(1)
            self.assert_no_bounding_set(self.assert_dropped(sniffer.process.pid, capabilities=NET_RAW))
            self.assertEqual(os.stat(f"/proc/{sniffer.process.pid}/mem").st_uid, 0, "others with that user can trace it")
            self.quiet(sniffer)
            self.assertEqual(sniffer.stop()[0], 0, sniffer.stderr)

    def test_replay_keeps_no_capability(self):
        fifo = self.folder / "capture"
        os.mkfifo(fifo)
        command = [BINARY, "sniff", "-r", fifo, "--format", "raw", str(PORT)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            with open(fifo, "wb", buffering=0) as capture:
                capture.write(capture_file(b"one", b"two"))
                self.assertEqual([process.stdout.readline() for _ in range(2)], [b"one\n", b"two\n"])
                self.assert_no_bounding_set(self.assert_dropped(process.pid, capabilities=0))
            self.assertEqual(process.wait(PATIENCE), 0)
            self.assertEqual((process.stdout.read(), process.stderr.read()), (b"", b""))

    def test_demo_drops_them_too(self):
        with subprocess.Popen([BINARY, "demo", "--duration", "20s"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.readline()
            self.assert_dropped(process.pid, capabilities=NET_RAW, threads=4)
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)
            said = process.stderr.read().decode().splitlines()
            self.assertEqual(len(said), 3, said)  # the interface, and what the demo does

    def test_user_logsniffd_is_preferred(self):
        passwd = self.folder / "passwd"
        passwd.write_text(Path("/etc/passwd").read_text() + "logsniffd:x:4321:4322::/var/log/logsniffd:/usr/sbin/nologin\n")
        subprocess.run(["mount", "--bind", passwd, "/etc/passwd"], check=True)
        self.addCleanup(subprocess.run, ["umount", "/etc/passwd"], check=True)
        with udp_listener(), Sniffer(PORT) as sniffer:
            send_udp(b"a record")
            sniffer.lines(1)
            self.assert_dropped(sniffer.process.pid, user=4321, group=4322, capabilities=NET_RAW)

    def test_interface_that_was_down_is_captured_again(self):
        with udp_listener(), Sniffer("--format", "raw", PORT) as sniffer:
            send_udp(b"before")
            self.assertEqual(sniffer.lines(1), [b"before"])
            self.addCleanup(subprocess.run, ["ip", "link", "set", "lo", "up"], check=True)
            subprocess.run(["ip", "link", "set", "lo", "down"], check=True)
            eventually("lo is down", lambda: any("lo is down" in line for line in sniffer.stderr))
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            eventually("lo again", lambda: any("capturing on lo again" in line for line in sniffer.stderr))
            send_udp(b"after")
            self.assertEqual(sniffer.lines(1), [b"after"])

    def test_interface_that_was_deleted_is_opened_again_even_promiscuously(self):
        self.addCleanup(subprocess.run, ["ip", "link", "delete", "va"])
        self.make_pair()
        with Sniffer("--promiscuous", "--format", "raw", PORT, interface="vb") as sniffer:
            self.send_frame(b"before")
            self.assertEqual(sniffer.lines(1), [b"before"])
            subprocess.run(["ip", "link", "delete", "va"], check=True)
            eventually("vb is lost", lambda: any("vb is gone" in line or "cannot capture on vb" in line for line in sniffer.stderr))
            self.make_pair()
            eventually("vb again", lambda: any("capturing on vb again" in line for line in sniffer.stderr))
            details = subprocess.run(["ip", "-d", "link", "show", "vb"], check=True, capture_output=True, text=True).stdout
            self.assertIn(" promiscuity 1 ", details)
            self.send_frame(b"after")
            self.assertEqual(sniffer.lines(1), [b"after"])
            self.assert_dropped(sniffer.process.pid, capabilities=NET_RAW)

    def make_pair(self):
        subprocess.run("ip link add va type veth peer name vb && ip link set va up && ip link set vb up", shell=True, check=True)

    def send_frame(self, message):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.bind(("va", 0))
            sender.send(datagram(message))

    def test_output_file_is_made_as_root_and_written_as_another_user(self):
        self.folder.chmod(0o700)
        path = self.folder / "out"
        for options in ((), ("-x",)):
            with self.subTest(options), udp_listener(), Sniffer("-o", path, "--format", "raw", *options, PORT) as sniffer:
                send_udp(b"a record")
                eventually("the record", lambda: b"a record\n" in path.read_bytes())
                self.assert_dropped(sniffer.process.pid, capabilities=NET_RAW)
                self.assertEqual((path.stat().st_uid, path.stat().st_gid), (0, 0))
                self.quiet(sniffer)
                self.assertEqual(sniffer.stop()[0], 0, sniffer.stderr)

    def test_threads_of_that_user_may_be_used_up(self):
        """Root starts threads beyond the limit, an unprivileged user does not."""
        with subprocess.Popen(["sleep", str(PATIENCE)], user=NOBODY, group=NOBODY, extra_groups=()) as another:
            self.addCleanup(another.kill)
            with udp_listener(), Sniffer("--format", "raw", PORT, prefix=("prlimit", "--nproc=1:")) as sniffer:
                send_udp(b"a record")
                self.assertEqual(sniffer.lines(1), [b"a record"])
                self.assert_dropped(sniffer.process.pid, capabilities=NET_RAW)
            another.kill()

    def test_not_root_keeps_its_user(self):
        prefix = ("setpriv", "--reuid", "1234", "--regid", "1235", "--clear-groups", "--inh-caps", "-all,+net_raw,+net_admin",
                  "--ambient-caps", "-all,+net_raw,+net_admin")
        with udp_listener(), Sniffer("--format", "raw", PORT, prefix=prefix) as sniffer:
            send_udp(b"a record")
            self.assertEqual(sniffer.lines(1), [b"a record"])
            self.assert_dropped(sniffer.process.pid, user=1234, group=1235, capabilities=NET_RAW)
            self.quiet(sniffer)

    def test_root_that_cannot_change_its_user_says_so_and_captures(self):
        prefix = ("setpriv", "--bounding-set", "-setuid")
        with udp_listener(), Sniffer("--format", "raw", PORT, prefix=prefix) as sniffer:
            send_udp(b"a record")
            self.assertEqual(sniffer.lines(1), [b"a record"])
            self.assert_dropped(sniffer.process.pid, user=0, capabilities=NET_RAW)
            self.assertEqual([line for line in sniffer.stderr if "capturing on" not in line], [
                "logsniffd: still running as root: cannot change to the user nobody: Operation not permitted; allow CAP_SETUID "
                "and CAP_SETGID, or start the program as another user"])

    def test_groups_that_cannot_be_given_up_do_not_keep_the_user_root(self):
        prefix = ("setpriv", "--bounding-set", "-setgid")
        with udp_listener(), Sniffer("--format", "raw", PORT, prefix=prefix) as sniffer:
            send_udp(b"a record")
            self.assertEqual(sniffer.lines(1), [b"a record"])
            self.assert_dropped(sniffer.process.pid, group=0, capabilities=NET_RAW)
            self.assertIn("still in the groups of root", "".join(sniffer.stderr))

    def test_without_a_filter_everything_else_is_dropped(self):
        with udp_listener(), Sniffer("--format", "raw", PORT, prefix=WITHOUT_SECCOMP) as sniffer:
            send_udp(b"a record")
            self.assertEqual(sniffer.lines(1), [b"a record"])
            self.assert_dropped(sniffer.process.pid, capabilities=NET_RAW)  # the filter is the container's
            said = [line for line in sniffer.stderr if "capturing on" not in line]
            self.assertEqual(len(said), 1, said)
            self.assertRegex(said[0], "^logsniffd: cannot filter system calls: .+; the kernel or the container does not allow it$")


if __name__ == "__main__":
    unittest.main()

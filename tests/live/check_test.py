#!/usr/bin/python3
"""`logsniffd check` on a network of its own: what it says of the interfaces, and that the kernel filter that it shows
is the one that the daemon uses. See sniffer.py."""
import array
import fcntl
import re
import socket
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from sniffer import BINARY, PATIENCE, own_network

SIOCETHTOOL, SGRO, STSO = 0x8946, 0x2C, 0x1F
BPF_JMP = 5


def ethtool(interface, command, value):
    data = array.array("I", [command, value])
    request = struct.pack("16sP", interface.encode(), data.buffer_info()[0])
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCETHTOOL, request)
    return data[1]


class CheckTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        own_network()
        subprocess.run("ip link add va type veth peer name vb && ip addr add 10.9.0.1/24 dev va && ip link set va up && "
                       "ip link set vb up", shell=True, check=True)
        for interface in ("va", "vb"):
            ethtool(interface, SGRO, 0)
            ethtool(interface, STSO, 0)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "f.yaml"

    def check(self, capture, *arguments, filters="[{name: a, port: 514, protocol: udp, to: [out]}]",
              sinks="{out: {type: stdout}}"):
        """Returns the lines of standard output, and the warnings without the file's name."""
        self.path.write_text(f"capture: {capture}\nfilters: {filters}\nsinks: {sinks}\n")
        result = subprocess.run([BINARY, "check", "-c", self.path, *arguments], capture_output=True, text=True,
                                timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, result.stderr)
        warnings = result.stderr.splitlines()
        self.assertTrue(all(line.startswith(f"{self.path}:") for line in warnings), warnings)
        return result.stdout.splitlines(), [line.removeprefix(f"{self.path}:") for line in warnings]

    def test_tree(self):
        said, warnings = self.check("{interfaces: [va, 'tun*']}")
        self.assertEqual(warnings, [])
        self.assertEqual(said[0], f"{self.path}: valid")
        self.assertEqual(said[2], "captures on va (EN10MB), with the kernel filter")
        self.assertEqual(said[-5:], ["and on tun* when there is such an interface", "", f"filter a ({self.path}:2)",
                                     "  takes udp port 514", "  -> out: stdout"])

    def test_missing_interface(self):
        _, warnings = self.check("{interfaces: [va, uplink7]}")
        self.assertEqual(warnings, ["1:11: warning: capture.interfaces: there is no interface 'uplink7' on this host "
                                    "now; see `logsniffd interfaces`"])

    def test_snaplen_and_segmentation(self):
        self.assertEqual(self.check("{interfaces: [va], snaplen: 2KiB}")[1], [])
        ethtool("va", STSO, 1)
        self.addCleanup(ethtool, "va", STSO, 0)
        self.assertEqual(self.check("{interfaces: [vb], snaplen: 2KiB}")[1], [])
        self.assertEqual(self.check("{interfaces: [va], snaplen: 2KiB}")[1],
                         ["1:29: warning: capture.snaplen: va merges packets to up to 65549 bytes (tx-tcp-segmentation), "
                          "so 2KiB truncates records; use 256KiB"])

    def test_feedback_over_the_interface_that_the_route_takes(self):
        filters = "[{name: a, port: 514, to: [out]}]"
        sinks = "{out: {type: syslog, to: 'udp://10.9.0.2:514'}}"
        fed = [[line for line in self.check(f"{{interfaces: [{name}]}}", filters=filters, sinks=sinks)[1]
                if "where this sink sends" in line] for name in ("va", "vb", "any")]
        self.assertEqual([len(lines) for lines in fed], [1, 0, 1])

    def test_filter_is_that_of_the_daemon(self):
        """ss shows the program of a packet socket in numbers: code, jumps and constant. On `any` the kernel looks for the
        packet's fields elsewhere, so only what they are compared with is the same."""
        for name in ("va", "any"):
            with self.subTest(name):
                said, _ = self.check(f"{{interfaces: [{name}]}}", "--show-bpf")
                program = [line for line in said if re.match(r"    \(\d{3}\) ", line)]
                self.assertIn(f"  as {len(program)} instructions:", said)
                compared = [int(line.split("#")[1].split()[0], 16) for line in program if "jt" in line]
                daemon = subprocess.Popen([BINARY, "run", "-c", self.path], stderr=subprocess.PIPE, text=True)
                self.addCleanup(daemon.stderr.close)
                self.addCleanup(daemon.wait)
                self.addCleanup(daemon.terminate)
                while "capturing on" not in daemon.stderr.readline():
                    self.assertIsNone(daemon.poll())
                sockets = subprocess.run(["ss", "--packet", "--bpf", "-H"], capture_output=True, text=True, check=True)
                real = re.search(r"bpf filter \((\d+)\):((?: *0x\w+ \d+ \d+ \d+,)+)", sockets.stdout)
                instructions = [[int(number, 0) for number in each.split()] for each in real[2].split(",")[:-1]]
                self.assertEqual(len(instructions), len(program))
                self.assertEqual([k for code, _, _, k in instructions if code & 7 == BPF_JMP], compared)
                daemon.terminate()
                daemon.wait()


if __name__ == "__main__":
    unittest.main()

"""Every error is one line that names the thing and the fix. Nothing goes to standard output, and the exit status says
whose fault it is."""
import os
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from sniffer import BINARY, PATIENCE, PORT, LiveTest, Sniffer, own_network, send_udp, udp_listener

RUN_TIME, USAGE = 1, 2
PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)


def setUpModule():
    own_network()


class ErrorCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def assert_error(self, status, words, *arguments, prefix=()):
        result = subprocess.run([*prefix, BINARY, *arguments], capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
        error = result.stderr.decode()
        self.assertEqual((result.returncode, result.stdout), (status, b""), error)
        self.assertEqual(error.count("\n"), 1, error)
        for word in words:
            self.assertIn(word, error)


class Capturing(ErrorCase):
    def test_interface_that_is_not_there(self):
        self.assert_error(USAGE, ["nosuch0", "lo"], "sniff", "-i", "nosuch0", str(PORT))

    def test_no_permission(self):
        self.assert_error(RUN_TIME, ["lo", "root", "CAP_NET_RAW"], "sniff", "-i", "lo", str(PORT),
                          prefix=["setpriv", "--inh-caps=-all", "--bounding-set=-all"])

    def test_bad_bpf(self):
        self.assert_error(USAGE, ["tcp prot 514", "pcap-filter"], "sniff", "-i", "lo", "--filter", "tcp prot 514")


class Usage(ErrorCase):
    def test_port_out_of_range(self):
        self.assert_error(USAGE, ["70000", "65535"], "sniff", "-i", "lo", "70000")

    def test_port_that_is_none(self):
        self.assert_error(USAGE, ["http"], "sniff", "-i", "lo", "http")

    def test_protocol_that_is_none(self):
        self.assert_error(USAGE, ["514/tpc", "tcp"], "sniff", "-i", "lo", "514/tpc")

    def test_unknown_option(self):
        self.assert_error(USAGE, ["--formt"], "sniff", "--formt", "json")

    def test_unknown_command(self):
        self.assert_error(USAGE, ["snif"], "snif")

    def test_unknown_field_is_told_with_the_nearest(self):
        self.assert_error(USAGE, ["{mesage}", "message"], "sniff", "-i", "lo", "--format", "{mesage}")

    def test_bad_expression(self):
        self.assert_error(USAGE, ["(unclosed"], "sniff", "-i", "lo", "--match", "(unclosed")

    def test_bad_duration(self):
        self.assert_error(USAGE, ["10 parsecs"], "sniff", "-i", "lo", "--duration", "10 parsecs")

    def test_zero_never_means_unlimited(self):
        self.assert_error(USAGE, ["0"], "sniff", "-i", "lo", "--count", "0")

    def test_bad_framing(self):
        self.assert_error(USAGE, ["linse", "lines"], "sniff", "-i", "lo", "--framing", "linse")


class Files(ErrorCase):
    def read(self, path):
        return ["sniff", "-r", path]

    def test_capture_file_that_is_not_there(self):
        self.assert_error(RUN_TIME, ["gone.pcap", "No such file"], *self.read(str(self.folder / "gone.pcap")))

    def test_capture_file_that_is_a_folder(self):
        self.assert_error(RUN_TIME, [str(self.folder)], *self.read(str(self.folder)))

    def test_capture_file_without_permission(self):
        path = self.file("secret.pcap", PCAP_HEADER)
        os.chmod(path, 0)
        self.assert_error(RUN_TIME, ["secret.pcap", "Permission denied"], *self.read(path),
                          prefix=["setpriv", "--inh-caps=-all", "--bounding-set=-all"])

    def test_file_that_is_no_capture(self):
        self.assert_error(RUN_TIME, ["notes.txt"], *self.read(self.file("notes.txt", b"these are not the packets you look for\n")))

    def test_empty_capture_file(self):
        self.assert_error(RUN_TIME, ["empty.pcap"], *self.read(self.file("empty.pcap", b"")))

    def test_capture_file_that_ends_inside_a_packet(self):
        torn = PCAP_HEADER + struct.pack("<IIII", 1, 0, 60, 60) + b"\0" * 20
        self.assert_error(RUN_TIME, ["torn.pcap"], *self.read(self.file("torn.pcap", torn)))

    def test_standard_input_that_is_closed(self):
        self.assert_error(RUN_TIME, ["standard input", "closed"], "sniff", "-r", "-", prefix=["sh", "-c", 'exec "$0" "$@" <&-'])

    def test_standard_output_that_is_closed(self):
        capture = self.file("empty.pcap", PCAP_HEADER)
        self.assert_error(RUN_TIME, ["standard output", "closed"], "sniff", "-r", capture, prefix=["sh", "-c", 'exec "$0" "$@" >&-'])

    def test_output_that_cannot_be_written(self):
        target = str(self.folder / "gone" / "out.log")
        self.assert_error(RUN_TIME, [target, "No such file"], "sniff", "-i", "lo", "-o", target, str(PORT))


class Configuration(ErrorCase):
    """A configuration may have several problems: one line for each, with its place, and one more line with
    their number."""

    BAD = b"""\
capture:
  snaplan: 64KiB
filters: [{name: app, port: 70000, to: [out]}]
sinks: {out: {type: stdout}}
"""

    def assert_both_problems(self, command):
        path = self.file("bad.yaml", self.BAD)
        result = subprocess.run([BINARY, command, "--config", path], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stdout), (USAGE, ""), result.stderr)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 3, result.stderr)
        self.assertTrue(lines[0].startswith(f"{path}:2:3: ") and "snaplan" in lines[0] and "snaplen" in lines[0], lines[0])
        self.assertTrue(lines[1].startswith(f"{path}:3:29: ") and "70000" in lines[1] and "65535" in lines[1], lines[1])

    def test_check_tells_every_problem_with_its_place(self):
        self.assert_both_problems("check")

    def test_daemon_refuses_a_bad_configuration(self):
        self.assert_both_problems("run")

    def test_installed_configuration_is_valid(self):
        path = Path(__file__).parents[2] / "config" / "logsniffd.yaml"
        result = subprocess.run([BINARY, "check", "--config", path], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_configuration_that_is_not_there(self):
        self.assert_error(USAGE, ["gone.yaml"], "check", "--config", str(self.folder / "gone.yaml"))


class LeastPrivilege(LiveTest):
    def test_cap_net_raw_alone_is_enough(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            binary = shutil.copy(BINARY, folder)
            prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all,+net_raw",
                      "--ambient-caps=-all,+net_raw", "--bounding-set=-all,+net_raw", "--no-new-privs"]
            with udp_listener(), Sniffer(PORT, prefix=prefix, binary=binary) as sniffer:
                send_udp(b"seen by nobody")
                self.assert_seen(sniffer, ["seen by nobody"])


if __name__ == "__main__":
    unittest.main()

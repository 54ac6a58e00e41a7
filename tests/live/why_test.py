"""`status --why` on a running daemon: each cause that a machine can have is made for real, and named."""
import contextlib
import json
import socket
import ssl
import struct
import subprocess
import threading
import time
import unittest
from pathlib import Path

from asked import AskedTest
from daemon import eventually
from sniffer import BINARY, PATIENCE, own_network

WELL, USAGE, TROUBLE = 0, 2, 3
APP, NEAR = 9988, 9990
CAPTURE = str(next((Path(__file__).parents[1] / "golden").glob("*/*.pcap")))


def setUpModule():
    own_network()


@contextlib.contextmanager
def repeatedly(action):
    """Does it ten times a second, while the wire is looked at."""
    ended = threading.Event()

    def run():
        while not ended.wait(0.1):
            with contextlib.suppress(OSError):
                action()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextlib.contextmanager
def connection(port):
    """Both ends of a TCP connection."""
    with socket.create_server(("127.0.0.1", port)) as server:
        with socket.create_connection(("127.0.0.1", port)) as client, server.accept()[0] as accepted:
            yield client, accepted


class WhyTest(AskedTest):
    @contextlib.contextmanager
    def daemon(self, keys="", sink=None, interface="lo", more=""):
        sink = sink or f"{{type: file, path: {self.folder}/out.log}}"
        self.config.write_text(f"""
capture: {{interfaces: [{interface}]}}
filters:
- name: app
  port: {APP}
  protocol: tcp
{keys}
  to: [out]
{more}
sinks: {{out: {sink}}}
daemon: {{log_level: debug, control: {self.socket}}}
""")
        with self.running() as daemon:
            yield daemon

    def why(self, subject):
        return self.ask("status", "--why", subject, "--json")

    def assert_cause(self, cause, *words, subject="app"):
        result = self.why(subject)
        finding = json.loads(result.stdout)
        self.assertEqual(finding["cause"], cause, finding)
        self.assertEqual(result.returncode, WELL if cause == "none" else TROUBLE)
        for word in words:
            self.assertIn(word, json.dumps(finding))


class OnTheWire(WhyTest):
    def test_silent_wire(self):
        with self.daemon():
            self.assert_cause("silent_wire")

    def test_nothing_on_port_but_near_it(self):
        with self.daemon(), connection(NEAR) as (client, _), repeatedly(lambda: client.sendall(b"hello\n")):
            self.assert_cause("nothing_on_port", f"{NEAR}/tcp")

    def test_port_that_no_filter_watches(self):
        with self.daemon(), connection(NEAR) as (client, _), repeatedly(lambda: client.sendall(b"hello\n")):
            self.assert_cause("not_watched", "bytes of payload", subject=str(NEAR))

    def test_other_protocol(self):
        with self.daemon(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            with repeatedly(lambda: sender.sendto(b"hello", ("127.0.0.1", APP))):
                self.assert_cause("other_protocol", "protocol: udp")

    def test_refused(self):
        with self.daemon(), repeatedly(lambda: socket.create_connection(("127.0.0.1", APP))):
            self.assert_cause("refused", "RST")

    def test_unanswered(self):
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
        self.addCleanup(raw.close)
        syn = struct.pack("!HHIIBBHHH", 40000, APP, 1, 0, 5 << 4, 2, 1024, 0, 0)  # a wrong checksum: nobody answers
        with self.daemon(), repeatedly(lambda: raw.sendto(syn, ("127.0.0.1", 0))):
            self.assert_cause("unanswered", "SYN")

    def test_no_payload(self):
        def idle():
            with connection(APP):
                pass
        with self.daemon(), repeatedly(idle):
            self.assert_cause("no_payload", "0 bytes of payload")

    def test_other_direction(self):
        with self.daemon("  direction: to"), connection(APP) as (_, server), repeatedly(lambda: server.sendall(b"hello\n")):
            self.assert_cause("other_direction", "direction")

    def test_outside_networks(self):
        with self.daemon("  networks: [192.0.2.0/24]"), connection(APP) as (client, _):
            with repeatedly(lambda: client.sendall(b"hello\n")):
                self.assert_cause("outside_networks", "127.0.0.1")

    def test_other_interface(self):
        subprocess.run(["ip", "link", "add", "quiet0", "type", "veth", "peer", "name", "quiet0peer"], check=True)
        for end in ("quiet0", "quiet0peer"):
            subprocess.run(["ip", "link", "set", end, "up"], check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", "quiet0"], check=True)
        with self.daemon(interface="quiet0"), connection(APP) as (client, _):
            with repeatedly(lambda: client.sendall(b"hello\n")):
                self.assert_cause("other_interface", "lo")

    def test_interface_that_is_missing(self):
        with self.daemon(interface="lo, nosuch0") as daemon:
            self.assertEqual(daemon.said("nosuch0") != [], True)
            with connection(APP) as (client, _):
                client.sendall(b"hello\n")
                eventually("the record is seen", lambda: self.why("app").returncode == WELL)

    def test_interface_that_went_away(self):
        subprocess.run(["ip", "link", "add", "gone0", "type", "veth", "peer", "name", "gone0peer"], check=True)
        for end in ("gone0", "gone0peer"):
            subprocess.run(["ip", "link", "set", end, "up"], check=True)
        with self.daemon(interface="gone0"):
            subprocess.run(["ip", "link", "set", "gone0", "down"], check=True)
            eventually("the daemon heard of it", lambda: "interface_down" in self.why("app").stdout)
            subprocess.run(["ip", "link", "del", "gone0"], check=True)
            eventually("the daemon heard of it", lambda: "interface_missing" in self.why("app").stdout)


class InTheData(WhyTest):
    def sending(self, data, **daemon):
        """A daemon that has seen these bytes at the port."""
        stack = contextlib.ExitStack()
        stack.enter_context(self.daemon(**daemon))
        client, _ = stack.enter_context(connection(APP))
        client.sendall(data)
        eventually("the data is seen", self.saw_data)
        self.client = client
        return stack

    def saw_data(self):
        result = subprocess.run([BINARY, "status", "--json", "--socket", str(self.socket)], capture_output=True)
        return json.loads(result.stdout)["filters"][-1]["bytes"] > 0

    def test_all_is_well(self):
        with self.sending(b"hello\n" * 5):
            eventually("the records are routed", lambda: self.why("app").returncode == WELL)
            self.assert_cause("none", "5 records", subject="out")
            self.assert_cause("none", "5 records", subject=f"{APP}/tcp")

    def test_keys_of_the_filter_with_their_places(self):
        for key, data, cause in (("match: [wanted]", b"hello\nyou\n", "dropped_by_match"),
                                 ("exclude: [hello]", b"hello 1\nhello 2\n", "dropped_by_exclude"),
                                 ("sample: 1/1000000", b"hello 1\nhello 2\n", "dropped_by_sample"),
                                 ("severity: err", b"<15>Oct 11 22:14:15 h a: x\n" * 2, "dropped_by_severity")):
            with self.subTest(key), self.sending(data, keys=f"  {key}"):
                eventually("it is dropped", lambda: cause in self.why("app").stdout)
                self.assert_cause(cause, f"{self.config}:7", "2 records dropped")

    def test_encrypted_with_the_name_of_the_server(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

        def hello():
            client, _ = self.peers
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            with contextlib.suppress(ssl.SSLWantReadError):
                context.wrap_bio(incoming, outgoing, server_hostname="logs.example").do_handshake()
            client.sendall(outgoing.read())

        with self.daemon(), connection(APP) as self.peers, repeatedly(hello):
            self.assert_cause("encrypted", "logs.example")

    def test_binary(self):
        with self.sending(bytes(range(256)) * 20):
            eventually("it is recognized", lambda: "binary" in self.why("app").stdout)

    def test_unfinished(self):
        with self.sending(b"no end of line", keys="  framing: lines"):
            self.assert_cause("unfinished", "14 bytes of payload")

    def test_joined_late(self):
        with connection(APP) as (client, _):
            client.sendall(b"before the daemon\n")
            with self.daemon("  framing: lines"):
                client.sendall(b"the rest of a line without its end")
                eventually("the data is seen", self.saw_data)
                self.assert_cause("joined_late")

    def test_earlier_filter_is_final(self):
        more = f"- {{name: second, port: {APP}, to: [out]}}"
        with self.sending(b"hello\n" * 3, keys="  final: true", more=more):
            eventually("the first one takes them", lambda: self.why("app").returncode == WELL)
            self.assert_cause("taken_by_final", f"filter app ({self.config}:4)", subject="second")


class InTheSinks(WhyTest):
    def test_target_that_is_away_and_spool(self):
        for sink, cause in ((f"{{type: syslog, to: 'unix://{self.folder}/nobody'}}", "sink_failing"),
                            (f"{{type: syslog, to: 'unix://{self.folder}/nobody', spool: {{path: {self.folder}/spool}}}}",
                             "spooling")):
            with self.subTest(cause), self.daemon(sink=sink), connection(APP) as (client, _):
                def sent():
                    client.sendall(b"hello\n")
                    return cause in self.why("app").stdout
                eventually("the sink tried", sent)
                self.assert_cause(cause, "nobody", subject="out")


class Sniff(unittest.TestCase):
    """`sniff` says it in one line, if it has nothing to show."""

    def stderr(self, *arguments):
        result = subprocess.run([BINARY, "sniff", *arguments], capture_output=True, text=True, timeout=PATIENCE + 20)
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        return result.stderr

    def test_live_after_ten_seconds_and_once(self):
        with connection(NEAR) as (client, _), repeatedly(lambda: client.sendall(b"hello\n")):
            said = self.stderr("-i", "lo", str(APP), "--duration", "14s")
        self.assertRegex(said, rf"nothing to show yet: nothing is sent to or from port {APP} \(.*{NEAR}/tcp")
        self.assertEqual(said.count("nothing"), 2, said)

    def test_file_at_its_end(self):
        self.assertRegex(self.stderr("-r", CAPTURE, "1"), r"^logsniffd: nothing was shown: nothing is sent to or from port 1 ")
        self.assertRegex(self.stderr("-r", CAPTURE, "--match", "nosuch"), "--match of filter sniff drops the records")
        self.assertRegex(self.stderr("-r", CAPTURE, "--filter", "icmp"), "0 packets were captured through --filter")


class Subjects(WhyTest):
    def test_unknown_one_is_a_usage_error_with_the_nearest(self):
        with self.daemon():
            result = self.why("apq")
            self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
            self.assertIn("did you mean 'app'?", result.stderr)

    def test_several_questions_share_one_look_at_the_wire(self):
        with self.daemon():
            begun = time.monotonic()
            asked = [subprocess.Popen([BINARY, "status", "--why", "app", "--socket", str(self.socket)],
                                      stdout=subprocess.PIPE) for _ in range(10)]
            for command in asked:
                self.assertIn(b"no interface of this machine", command.communicate(timeout=PATIENCE)[0])
            self.assertLess(time.monotonic() - begun, 12)


if __name__ == "__main__":
    unittest.main()

"""`logsniffd learn` finds every port that logs and no other one, and the daemon collects every line with the
configuration that it wrote."""
import contextlib
import json
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import Daemon, eventually, lines_of
from log_mix import LOGS, OTHERS, Capture
from sniffer import BINARY, PATIENCE, own_network, tcp_listener, udp_listener


def setUpModule():
    own_network()


def run_learn(*arguments):
    return subprocess.run([BINARY, "learn", *map(str, arguments)], capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)


def send(port):
    """The log of `port`, over real sockets."""
    for pieces in port.connections:
        if port.protocol == "udp":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for piece in pieces:
                    sender.sendto(piece, ("127.0.0.1", port.port))
            continue
        with socket.create_connection(("127.0.0.1", port.port)) as sender:
            for piece in pieces:
                sender.sendall(piece)


class LearnTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)
        self.yaml = self.folder / "learned.yaml"

    def capture(self, *ports):
        capture = Capture()
        for port in ports:
            capture.add(port)
        path = self.folder / "mix.pcap"
        capture.write(path)
        return path

    def learn(self, *arguments):
        result = run_learn("--json", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_each_log_is_found_with_its_framing_and_decoding_and_nothing_else(self):
        report = self.learn("-r", self.capture(*LOGS, *OTHERS))
        found = {(log["protocol"], log["port"], log["framing"], log["decode"], log.get("multiline")) for log in report["logs"]}
        self.assertEqual(found, {(port.protocol, port.port, port.framing, port.decode, port.multiline) for port in LOGS})
        self.assertEqual({(other["protocol"], other["port"]) for other in report["others"]}, {(port.protocol, port.port) for port in OTHERS})
        for log in report["logs"]:
            self.assertEqual(log["senders"], 3, log)
            self.assertEqual(log["direction"], "to", log)
            self.assertTrue(log["evidence"] and log["sample"], log)
        reasons = {other["port"]: other["reason"] for other in report["others"]}
        for port, word in ((6514, "TLS"), (8081, "HTTP"), (53, "DNS"), (5433, "PostgreSQL"), (6380, "Redis"), (2222, "SSH"), (7007, "both sides")):
            self.assertIn(word, reasons[port])

    def test_records_are_counted_as_sent(self):
        report = self.learn("-r", self.capture(*LOGS))
        lines = {port.port: port.records * (6 if port.multiline else 1) for port in LOGS}
        self.assertEqual({log["port"]: log["records"] for log in report["logs"]}, lines)

    def test_the_daemon_collects_every_record_with_the_learned_configuration(self):
        self.learn("-r", self.capture(*LOGS, *OTHERS), "--yaml", self.yaml)
        check = subprocess.run([BINARY, "check", "-c", self.yaml], capture_output=True, timeout=PATIENCE)
        self.assertEqual(check.returncode, 0, check.stderr)
        self.yaml.write_text(self.yaml.read_text().replace("/var/log/logsniffd/", f"{self.folder}/") + "daemon: {log_level: debug}\n")
        with contextlib.ExitStack() as stack, Daemon(self.yaml) as daemon:
            for port in LOGS:
                stack.enter_context((udp_listener if port.protocol == "udp" else tcp_listener)(port.port))
            for port in LOGS:
                send(port)
            files = {port.port: self.folder / f"{port.decode}-{port.protocol}-{port.port}.log" for port in LOGS}
            eventually("each file has as many lines as were sent",
                       lambda: all(files[port.port].exists() and files[port.port].read_bytes().count(b"\n") >= port.records for port in LOGS))
            daemon.stop_in_order()
        self.assertEqual({port.port: len(lines_of(files[port.port])) for port in LOGS}, {port.port: port.records for port in LOGS})

    def test_an_existing_file_is_not_overwritten(self):
        self.yaml.write_text("mine\n")
        result = run_learn("-r", self.capture(LOGS[0]), "--yaml", self.yaml)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.decode(), f"logsniffd: {self.yaml} exists, and is not overwritten; remove it, or name another file\n")
        self.assertEqual(self.yaml.read_text(), "mine\n")

    def test_an_interrupt_ends_it_early_and_prints_what_was_learned(self):
        command = [BINARY, "learn", "-i", "lo", "--duration", "1h", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as learning, udp_listener(5140):
            self.assertIn(b"capturing on lo", learning.stderr.readline())
            send(LOGS[0])
            learning.send_signal(signal.SIGINT)
            report = json.loads(learning.stdout.read())
            self.assertEqual(learning.wait(PATIENCE), 0)
        self.assertEqual([(log["port"], log["records"]) for log in report["logs"]], [(5140, LOGS[0].records)])


if __name__ == "__main__":
    unittest.main()

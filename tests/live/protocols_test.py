"""Ten thousand messages of each sender that programs really log with: all are there, in order, and are
read correctly."""
import contextlib
import json
import logging
import logging.handlers
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from sniffer import PATIENCE, PORT, LiveTest, Sniffer, own_network, run, tcp_listener, udp_listener

MESSAGES = 10_000
PYTHON_LEVELS = {logging.DEBUG: "debug", logging.INFO: "info", logging.WARNING: "warning", logging.ERROR: "err", logging.CRITICAL: "crit"}


def setUpModule():
    own_network()


class ProtocolTest(LiveTest):
    def records(self, sniffer, count=MESSAGES):
        """Returns exactly `count` records. The end must be clean, with nothing unaccounted in the ledger."""
        lines = sniffer.lines(count)
        status, rest = sniffer.stop()
        self.assertEqual((status, rest), (0, []), sniffer.stderr)
        ledger = json.loads(sniffer.stderr[-1])
        self.assertEqual(ledger["unaccounted"], {"packets": 0, "bytes": 0, "records": 0})
        self.assertEqual(ledger["packets"]["kernel_dropped"], 0)
        self.ledger = ledger
        return [json.loads(line) for line in lines]

    def sniffer(self, *arguments):
        return Sniffer("--format", "json", "--stats", *arguments, PORT)


class PythonLogging(ProtocolTest):
    def log(self, handler):
        logger = logging.Logger("shop.cart")
        logger.addHandler(handler)
        for number in range(MESSAGES):
            level = list(PYTHON_LEVELS)[number % len(PYTHON_LEVELS)]
            if number % 1000 == 999:
                try:
                    raise ValueError(f"bad item {number}")
                except ValueError:
                    logger.log(level, "item %d of %s", number, "anna's cart", exc_info=True, extra={"order": number})
            else:
                logger.log(level, "item %d of %s", number, "anna's cart", extra={"order": number})
        handler.close()

    def assert_pickled(self, records):
        for number, record in enumerate(records):
            level = list(PYTHON_LEVELS)[number % len(PYTHON_LEVELS)]
            message, *trace = record["message"].split("\n")
            self.assertEqual(message, f"item {number} of anna's cart")
            self.assertEqual((record["severity"], record["app"], record["fields"]["order"], record["integrity"]),
                             (PYTHON_LEVELS[level], "shop.cart", str(number), "whole"))
            self.assertEqual(record["fields"]["funcName"], "log")
            self.assertIn("sent", record)
            if number % 1000 == 999:
                self.assertEqual((trace[0], trace[-1]), ("Traceback (most recent call last):", f"ValueError: bad item {number}"))
            else:
                self.assertEqual(trace, [])

    def test_socket_handler(self):
        with tcp_listener(), self.sniffer() as sniffer:
            self.log(logging.handlers.SocketHandler("127.0.0.1", PORT))
            self.assert_pickled(self.records(sniffer))

    def test_datagram_handler(self):
        with udp_listener(), self.sniffer() as sniffer:
            self.log(logging.handlers.DatagramHandler("127.0.0.1", PORT))
            self.assert_pickled(self.records(sniffer))

    def assert_syslog(self, records):
        for number, record in enumerate(records):
            level = list(PYTHON_LEVELS)[number % len(PYTHON_LEVELS)]
            message = record["message"].split("\n")[0]
            self.assertEqual((message, record["severity"], record["facility"]),
                             (f"item {number} of anna's cart", PYTHON_LEVELS[level], "user"))
            if number % 1000 == 999:
                self.assertIn(f"ValueError: bad item {number}", record["message"])

    def test_syslog_handler_udp(self):
        with udp_listener(), self.sniffer() as sniffer:
            self.log(logging.handlers.SysLogHandler(address=("127.0.0.1", PORT)))
            self.assert_syslog(self.records(sniffer))

    def test_syslog_handler_tcp(self):
        with tcp_listener(), self.sniffer() as sniffer:
            self.log(logging.handlers.SysLogHandler(address=("127.0.0.1", PORT), socktype=socket.SOCK_STREAM))
            self.assert_syslog(self.records(sniffer))


class Logger(ProtocolTest):
    """util-linux's logger."""

    def log(self, *arguments):
        lines = "".join(f"job {number} done\n" for number in range(MESSAGES))
        run("logger", "-n", "127.0.0.1", "-P", str(PORT), "-t", "backup", "-p", "local3.warning", *arguments, stdin=lines.encode())

    def assert_logged(self, records):
        for number, record in enumerate(records):
            self.assertEqual((record["message"], record["app"], record["severity"], record["facility"], record["integrity"]),
                             (f"job {number} done", "backup", "warning", "local3", "whole"))
            self.assertIn("sent", record)
            self.assertIn("host", record)

    def over_tcp(self, *arguments):
        with tcp_listener(), self.sniffer() as sniffer:
            self.log("-T", *arguments)
            self.assert_logged(self.records(sniffer))

    def over_udp(self, *arguments):
        with udp_listener(), self.sniffer() as sniffer:
            self.log("-d", *arguments)
            self.assert_logged(self.records(sniffer))

    def test_tcp_rfc3164(self):
        self.over_tcp("--rfc3164")

    def test_tcp_rfc5424(self):
        self.over_tcp("--rfc5424")

    def test_tcp_octet_count(self):
        self.over_tcp("--rfc5424", "--octet-count")

    def test_tcp_octet_count_rfc3164(self):
        self.over_tcp("--rfc3164", "--octet-count")

    def test_udp_rfc3164(self):
        self.over_udp("--rfc3164")

    def test_udp_rfc5424(self):
        self.over_udp("--rfc5424")


class Rsyslog(ProtocolTest):
    """rsyslog takes messages from a local socket and forwards them."""

    @contextlib.contextmanager
    def forwarding(self, action):
        with tempfile.TemporaryDirectory() as folder:
            configuration = Path(folder) / "rsyslog.conf"
            configuration.write_text(
                f'global(workDirectory="{folder}" maxMessageSize="64k")\nmodule(load="imuxsock" SysSock.Use="off")\n'
                f'input(type="imuxsock" Socket="{folder}/log" RateLimit.Interval="0" IgnoreTimestamp="off" UseSysTimeStamp="off")\n'
                f'action(type="omfwd" target="127.0.0.1" port="{PORT}" {action})\n')
            daemon = subprocess.Popen(["rsyslogd", "-n", "-f", configuration, "-i", f"{folder}/pid"], stderr=subprocess.DEVNULL)
            try:
                deadline = time.monotonic() + PATIENCE
                while not (Path(folder) / "log").is_socket():
                    self.assertLess(time.monotonic(), deadline, "rsyslogd made no socket")
                    time.sleep(0.01)
                yield f"{folder}/log"
            finally:
                daemon.terminate()
                daemon.wait()

    def forward(self, path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            for number in range(MESSAGES):
                sender.sendto(f"<28>Oct 11 22:14:15 cron[{number + 1}]: run {number} finished".encode(), path)

    def assert_forwarded(self, records):
        host = socket.gethostname().split(".")[0]
        for number, record in enumerate(records):
            # RSYSLOG_SyslogProtocol23Format leaves the blank before what RFC 3164 called CONTENT.
            self.assertEqual((record["message"].lstrip(" "), record["app"], record["pid"], record["severity"], record["facility"], record["integrity"]),
                             (f"run {number} finished", "cron", str(number + 1), "warning", "daemon", "whole"))
            self.assertEqual(record["host"].split(".")[0], host)
            self.assertIn("-10-11T22:14:15", record["sent"])

    def test_udp(self):
        with udp_listener(), self.sniffer() as sniffer, self.forwarding('protocol="udp"') as path:
            self.forward(path)
            self.assert_forwarded(self.records(sniffer))

    def test_tcp(self):
        with tcp_listener(), self.sniffer() as sniffer, self.forwarding('protocol="tcp"') as path:
            self.forward(path)
            self.assert_forwarded(self.records(sniffer))

    def test_tcp_octet_counted(self):
        with tcp_listener(), self.sniffer() as sniffer, \
                self.forwarding('protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"') as path:
            self.forward(path)
            self.assert_forwarded(self.records(sniffer))

    def test_tcp_octet_counted_rfc3164(self):
        with tcp_listener(), self.sniffer() as sniffer, self.forwarding('protocol="tcp" TCP_Framing="octet-counted"') as path:
            self.forward(path)
            self.assert_forwarded(self.records(sniffer))


if __name__ == "__main__":
    unittest.main()

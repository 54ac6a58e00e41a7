"""Ten thousand messages of each daemon and library that sends syslog: all are there, in order, and are read correctly.

The senders are in the folder SENDERS (senders/prepare.sh) and on the machine. journald needs a mount namespace of its
own, in addition to the network namespace."""
import contextlib
import http.client
import json
import os
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import journal
from protocols_test import MESSAGES, ProtocolTest
from sniffer import PATIENCE, PORT, own_network, tcp_listener, udp_listener

SENDERS = Path(os.environ["SENDERS"])
ROOT = SENDERS / "root"
SCRIPTS = Path(__file__).parent / "senders"
LEVELS = ["debug", "info", "warning", "err", "crit"]
HOST = socket.gethostname()


def setUpModule():
    own_network()
    journal.own_folders()


def listener_for(protocol):
    return tcp_listener() if protocol.startswith("tcp") else udp_listener()


@contextlib.contextmanager
def running(*command, ready, **environment):
    """A running daemon; the block begins when ready() is true."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(list(map(str, command)), env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            deadline = time.monotonic() + PATIENCE
            while not ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    said.seek(0)
                    raise AssertionError(f"{command} is not ready: {said.read().decode(errors='replace')}")
                time.sleep(0.01)
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def request_all(port):
    """Sends requests one after another on one connection, each with a number in its path."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in range(MESSAGES):
        connection.request("GET", f"/item/{number}?q=%20a")
        connection.getresponse().read()
    connection.close()


class SenderTest(ProtocolTest):
    maxDiff = 2000

    def run_sender(self, *command, **environment):
        done = subprocess.run(list(map(str, command)), env=os.environ | environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))

    def capture(self, protocol, send, *arguments):
        """Returns the records of what send() sends. All of them must be whole."""
        with listener_for(protocol), self.sniffer(*arguments) as sniffer:
            send()
            records = self.records(sniffer)
        self.assertEqual({record["integrity"] for record in records}, {"whole"})
        self.assertEqual({record["protocol"] for record in records}, {protocol[:3]})
        return records

    def assert_each(self, records, expected, **same):
        """expected(number) is what the record with that number holds in addition to `same`; None means absent."""
        for number, record in enumerate(records):
            wanted = same | expected(number)
            self.assertEqual({name: record.get(name) for name in wanted}, wanted, f"record {number}: {record}")
            self.assertIn("sent", record)


class SysSyslog(SenderTest):
    """perl's Sys::Syslog: a NUL after each message, over TCP LF and NUL; no host."""

    def over(self, protocol):
        records = self.capture(protocol, lambda: self.run_sender("perl", SCRIPTS / "sys_syslog.pl", PORT, MESSAGES, protocol))
        self.assert_each(records, lambda n: {"message": f"job {n} of anna's files", "severity": LEVELS[n % 5]},
                         facility="local3", app="backup", host=None)

    def test_tcp(self):
        self.over("tcp")

    def test_udp(self):
        self.over("udp")


class WinstonSyslog(SenderTest):
    """winston-syslog: over TCP there is nothing between two messages."""

    def over(self, protocol, kind):
        def send():
            self.run_sender("node", SCRIPTS / "winston_syslog.js", PORT, MESSAGES, protocol, kind, NODE_PATH=str(SENDERS / "node_modules"))
        self.assert_each(self.capture(protocol, send), lambda n: {"message": f"item {n} of anna's cart", "severity": LEVELS[n % 5]},
                         facility="local3", app="shop", host="web1")

    def test_udp_rfc3164(self):
        self.over("udp4", "BSD")

    def test_udp_rfc5424(self):
        self.over("udp4", "5424")

    def test_tcp_rfc3164(self):
        self.over("tcp4", "BSD")

    def test_tcp_rfc5424(self):
        self.over("tcp4", "5424")


class Log4cplus(SenderTest):
    """log4cplus's SysLogAppender: RFC 5424; over TCP octet-counted."""

    def over(self, protocol):
        records = self.capture(protocol, lambda: self.run_sender(os.environ["LOG4CPLUS_SENDER"], PORT, MESSAGES, protocol))
        self.assert_each(records, lambda n: {"message": f"item {n} of anna's cart", "severity": LEVELS[n % 5]},
                         facility="local3", app="shop", host=HOST)

    def test_tcp(self):
        self.over("tcp")

    def test_udp(self):
        self.over("udp")


class SyslogNg(SenderTest):
    """syslog-ng takes lines from a local socket and forwards them."""

    @contextlib.contextmanager
    def forwarding(self, destination):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "conf").write_text(
                '@version: 3.38\noptions { keep-hostname(yes); stats-freq(0); flush-lines(100); };\n'
                f'source s {{ unix-stream("{folder}/log" flags(no-multi-line)); }};\n'
                f'destination d {{ {destination} }};\nlog {{ source(s); destination(d); flags(flow-control); }};\n')
            modules = ROOT / "usr/lib/syslog-ng"
            with running(ROOT / "usr/sbin/syslog-ng", "-F", "--no-caps", "-f", f"{folder}/conf", "-R", f"{folder}/persist", "-p", f"{folder}/pid",
                         "-c", f"{folder}/control", f"--module-path={modules}/3.38", LD_LIBRARY_PATH=str(modules),
                         ready=lambda: (Path(folder) / "log").is_socket()):
                yield f"{folder}/log"

    def forward(self, protocol, destination):
        with listener_for(protocol), self.sniffer() as sniffer, self.forwarding(destination) as path:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sender:
                sender.connect(path)
                sender.sendall(b"".join(b"<28>Oct 11 22:14:15 cron[%d]: run %d finished\n" % (n + 1, n) for n in range(MESSAGES)))
                records = self.records(sniffer)
        self.assert_each(records, lambda n: {"message": f"run {n} finished", "pid": str(n + 1)},
                         app="cron", severity="warning", facility="daemon", host=HOST.split(".")[0], integrity="whole")

    def test_tcp_rfc3164(self):
        self.forward("tcp", f'network("127.0.0.1" port({PORT}) transport("tcp"));')

    def test_tcp_rfc5424_octet_counted(self):
        self.forward("tcp", f'syslog("127.0.0.1" port({PORT}) transport("tcp"));')

    def test_tcp_rfc5424_lines(self):
        self.forward("tcp", f'network("127.0.0.1" port({PORT}) transport("tcp") flags(syslog-protocol));')

    def test_udp_rfc3164(self):
        self.forward("udp", f'network("127.0.0.1" port({PORT}) transport("udp"));')


class Nginx(SenderTest):
    """nginx's access_log syslog:"""

    def test_access_log(self):
        with tempfile.TemporaryDirectory() as folder:
            conf = Path(folder) / "conf"
            paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            conf.write_text(
                f"user root;\ndaemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{paths}keepalive_requests 1000000;\n"
                f"access_log syslog:server=127.0.0.1:{PORT},facility=local7,tag=nginx,severity=info combined;\n"
                "server { listen 127.0.0.1:8081; location / { return 200 ok; } }\n}\n")
            with running(ROOT / "usr/sbin/nginx", "-p", folder, "-c", conf, "-e", "stderr", ready=lambda: is_listening(8081)):
                records = self.capture("udp", lambda: request_all(8081))
        self.assert_each(records, lambda n: {}, app="nginx", facility="local7", severity="info", host=HOST)
        for number, record in enumerate(records):
            self.assertRegex(record["message"], rf'^127\.0\.0\.1 - - \[.*\] "GET /item/{number}\?q=%20a HTTP/1\.1" 200 2 "-" "-"$')


class HaProxy(SenderTest):
    """HAProxy's HTTP log, which names no host by default."""

    def test_http_log(self):
        with tempfile.TemporaryDirectory() as folder:
            conf = Path(folder) / "conf"
            conf.write_text(
                f"global\n log 127.0.0.1:{PORT} local0\ndefaults\n log global\n mode http\n option httplog\n timeout client 30s\n"
                " timeout server 30s\n timeout connect 5s\nfrontend shop\n bind 127.0.0.1:8082\n http-request return status 200\n")
            with running(ROOT / "usr/sbin/haproxy", "-db", "-f", conf, ready=lambda: is_listening(8082)) as process:
                records = self.capture("udp", lambda: request_all(8082))
                pid = str(process.pid)
        self.assert_each(records, lambda n: {}, app="haproxy", pid=pid, facility="local0", severity="info", host=None)
        for number, record in enumerate(records):
            self.assertRegex(record["message"], rf'^127\.0\.0\.1:\d+ \[.*\] shop shop/<NOSRV> .* "GET /item/{number}\?q=%20a HTTP/1\.1"$')


class Journald(SenderTest):
    """journald passes messages to rsyslog (ForwardToSyslog=), which forwards them."""

    ROOM = 200  # messages that rsyslog's socket has room for

    def setUp(self):
        self.addCleanup(setattr, journal, "CONF", journal.CONF)
        journal.CONF = journal.CONF.replace("ForwardToSyslog=no", "ForwardToSyslog=yes")

    def test_forward_to_syslog(self):
        with contextlib.ExitStack() as stack:
            Path("/proc/sys/net/unix/max_dgram_qlen").write_text(str(2 * self.ROOM))  # of this network namespace
            stack.enter_context(tcp_listener())
            sniffer = stack.enter_context(self.sniffer())
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            conf = Path(folder) / "conf"
            conf.write_text(
                f'global(workDirectory="{folder}")\nmodule(load="imuxsock" SysSock.Use="off")\n'
                'input(type="imuxsock" Socket="/run/systemd/journal/syslog" RateLimit.Interval="0" UsePidFromSystem="off")\n'
                f'action(type="omfwd" target="127.0.0.1" port="{PORT}" protocol="tcp")\n')
            stack.enter_context(journal.Journal())
            stack.enter_context(running("rsyslogd", "-n", "-f", conf, "-i", f"{folder}/pid",
                                        ready=lambda: Path("/run/systemd/journal/syslog").is_socket()))
            sender = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            lines = []
            for number in range(MESSAGES):
                # As syslog(3) writes it. journald waits for nobody, and loses what rsyslog has no room for. So this
                # test waits for rsyslog.
                sender.sendto(f"<28>Oct 11 22:14:15 cron[{number + 1}]: run {number} finished".encode(), "/run/systemd/journal/dev-log")
                if number % self.ROOM == self.ROOM - 1:
                    lines += sniffer.lines(self.ROOM)
            self.records(sniffer, 0)
            records = [json.loads(line) for line in lines]
        host = HOST.split(".")[0]
        self.assert_each(records, lambda n: {"message": f"run {n} finished", "pid": str(n + 1)},
                         app="cron", severity="warning", facility="daemon", host=host, integrity="whole")


if __name__ == "__main__":
    unittest.main()

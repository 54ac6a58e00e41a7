"""`logsniffd run` with a real rsyslogd as its target: over TCP and TLS, everything arrives with its fields, and what
does not arrive is in the ledger."""
import collections
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from collector import COLLECTOR_PORT, Rsyslog, make_certificates, syslog_sink
from daemon import eventually, openssl_of
from sniffer import BINARY, PATIENCE, PORT, own_network, send_udp, udp_listener

COUNT = 10_000
MARKER = re.compile(r"logsniffd: ([\d,]+) records? lost here \(unreachable\)")


class Daemon:
    """`logsniffd run` that writes what comes to PORT over UDP to the sinks and to a file."""

    def __init__(self, folder, env=None, **sinks):
        self.config, self.copy, self.stderr, self.env = folder / "logsniffd.yaml", folder / "copy.log", [], os.environ | (env or {})
        self.configure(**sinks)

    def configure(self, **sinks):
        sinks["copy"] = f"{{type: file, path: {self.copy}, format: raw}}"
        self.config.write_text(f"""
capture: {{interfaces: [lo]}}
filters: [{{name: app, port: {PORT}, protocol: udp, to: [{", ".join(sinks)}]}}]
sinks: {{{", ".join(f"{name}: {sink}" for name, sink in sinks.items())}}}
daemon: {{log_level: debug}}
""")

    def __enter__(self):
        self.process = subprocess.Popen([BINARY, "run", "--config", self.config], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True, env=self.env)
        self.reader = threading.Thread(target=lambda: self.stderr.extend(self.process.stderr))
        self.reader.start()
        eventually("logsniffd started", lambda: self.said("started with") or self.process.poll() is not None)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()

    def said(self, text):
        return [line for line in self.stderr if text in line]

    def copied(self):
        return self.copy.read_bytes().count(b"\n") if self.copy.exists() else 0

    def stop(self):
        """Stops the daemon and returns its whole ledger."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.stderr
        self.reader.join()
        return json.loads(self.said("ledger: ")[-1].split("ledger: ", 1)[1])


def message(number):
    """A message of RFC 5424 with every field of the header and structured data."""
    return (f"<{8 * (number % 24) + number % 8}>1 2026-01-02T03:04:05.000678+00:00 host-{number % 7} app-{number % 5} {number} "
            f'ID{number % 3} [number@32473 value="{number}"] record {number}').encode()


def line(number):
    """The line that rsyslogd writes for message(number)."""
    return (f"{8 * (number % 24) + number % 8}|2026-01-02T03:04:05.000678+00:00|host-{number % 7}|app-{number % 5}|{number}|"
            f'ID{number % 3}|[number@32473 value="{number}"]|record {number}')


def setUpModule():
    own_network()


class RemoteSyslog(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        make_certificates(self.folder)
        self.enterContext(udp_listener())

    def assert_adds_up(self, ledger, sent):
        self.assertEqual(ledger["unaccounted"], {"packets": 0, "bytes": 0, "records": 0})
        self.assertEqual(ledger["records"]["routed"], sent, ledger)
        return ledger["sinks"]["remote"]

    def everything_arrives(self, tls):
        with Rsyslog(self.folder, tls) as collector, Daemon(self.folder, remote=syslog_sink(self.folder, tls)) as daemon:
            send_udp(*map(message, range(COUNT)))
            eventually("all arrived", lambda: len(collector.lines()) >= COUNT)
            figures = self.assert_adds_up(daemon.stop(), COUNT)
        self.assertEqual(collector.lines(), [line(number) for number in range(COUNT)])
        self.assertEqual((figures["written"], figures["resent"], figures["unconfirmed"]), (COUNT, 0, 0), figures)

    def test_tcp(self):
        self.everything_arrives(tls=False)

    def test_tls(self):
        self.everything_arrives(tls=True)

    def test_openssl_is_loaded_with_the_first_tls_sink(self):
        with Rsyslog(self.folder, tls=True) as collector, Daemon(self.folder, other="{type: syslog, to: 'tcp://127.0.0.1:1'}") as daemon:
            self.assertEqual(openssl_of(daemon.process), set())
            daemon.configure(remote=syslog_sink(self.folder, tls=True))
            daemon.process.send_signal(signal.SIGHUP)
            eventually("the configuration was read again", lambda: daemon.said("reloaded "))
            self.assertEqual(openssl_of(daemon.process), {"libssl", "libcrypto"})
            send_udp(message(0))
            eventually("it arrived", collector.lines)
            daemon.stop()
        self.assertEqual(collector.lines(), [line(0)])

    def test_openssl_that_cannot_be_loaded_is_tried_again(self):
        libraries = self.folder / "libraries"
        libraries.mkdir()
        (libraries / "libssl.so.3").write_text("not a library")
        with Rsyslog(self.folder, tls=True) as collector, Daemon(self.folder, {"LD_LIBRARY_PATH": str(libraries)},
                                                                 remote=syslog_sink(self.folder, tls=True)) as daemon:
            eventually("it was said", lambda: daemon.said("TLS needs libssl.so.3: "))
            self.assertEqual(openssl_of(daemon.process), set())
            send_udp(message(0))
            eventually("the file has it", lambda: daemon.copied() == 1)
            (libraries / "libssl.so.3").unlink()
            numbers = itertools.count(1)
            eventually("one arrived", collector.lines, meanwhile=lambda: send_udp(message(next(numbers))))
            daemon.stop()

    def test_what_a_sink_sends_to_a_captured_port_is_not_collected(self):
        """Without that, each record would be captured when it is sent, and sent again, endlessly."""
        with Daemon(self.folder, remote=f"{{type: syslog, to: 'udp://127.0.0.1:{PORT}'}}") as daemon:
            send_udp(*map(message, range(1000)))
            eventually("all were seen", lambda: daemon.copied() >= 1000)
            figures = self.assert_adds_up(daemon.stop(), 1000)
        self.assertEqual(figures["written"], 1000)
        self.assertEqual(daemon.copied(), 1000)

    def restart_in_the_middle(self, tls):
        with Rsyslog(self.folder, tls) as collector, Daemon(self.folder, remote=syslog_sink(self.folder, tls)) as daemon:
            send_udp(*map(message, range(1000)))
            eventually("the first thousand arrived", lambda: len(collector.lines()) == 1000)
            collector.stop()
            send_udp(*map(message, range(1000, 1500)))
            eventually("logsniffd saw what came meanwhile", lambda: daemon.copied() == 1500)
            collector.start()
            sent = 1500
            while len(collector.lines()) == 1000:  # until the back-off lets it connect again
                send_udp(message(sent))
                sent += 1
                time.sleep(0.05)
                self.assertLess(sent, 1500 + 20 * PATIENCE, daemon.stderr)
            send_udp(*map(message, range(sent, sent + 1000)))
            sent += 1000
            eventually("logsniffd saw all", lambda: daemon.copied() == sent)
            figures = self.assert_adds_up(daemon.stop(), sent)
            eventually("the last arrived", lambda: line(sent - 1) in collector.lines())

        told = [marker for marker in map(MARKER.search, collector.lines()) if marker]
        arrived = collections.Counter(text for text in collector.lines() if not MARKER.search(text))
        self.assertLessEqual(set(arrived), {line(number) for number in range(sent)})
        lost = sent - len(arrived)
        self.assertGreater(lost, 0)
        self.assertEqual(lost, sum(figures["dropped"].values()), figures)
        self.assertEqual(lost, sum(int(marker[1].replace(",", "")) for marker in told))
        self.assertEqual(figures["unconfirmed"], 0, figures)
        self.assertLessEqual(arrived.total() - len(arrived), figures["resent"])

    def test_tcp_restart(self):
        self.restart_in_the_middle(tls=False)

    def test_tls_restart(self):
        self.restart_in_the_middle(tls=True)

    def test_dead_targets_delay_no_other(self):
        """One target accepts and never answers, one refuses, and from the address of one nothing comes back."""
        subprocess.run(["ip", "route", "add", "192.0.2.0/24", "dev", "lo"], check=True)
        begun = time.monotonic()
        with socket.create_server(("127.0.0.1", COLLECTOR_PORT)), Daemon(
                self.folder, silent=f"{{type: syslog, to: 'tls://127.0.0.1:{COLLECTOR_PORT}'}}",
                refused="{type: syslog, to: 'tcp://127.0.0.1:1'}", nowhere="{type: syslog, to: 'tcp://192.0.2.1:601'}") as daemon:
            send_udp(*map(message, range(1000)))
            eventually("the file has all", lambda: daemon.copied() == 1000)
            self.assertLess(time.monotonic() - begun, 4, daemon.stderr)  # the wait for a dead target is 5 s
            eventually("the silent one was given up", lambda: daemon.said("the TLS handshake was not answered in time"))
            self.assertTrue(daemon.said("Connection refused"), daemon.stderr)
            ledger = daemon.stop()
        self.assertEqual(ledger["unaccounted"], {"packets": 0, "bytes": 0, "records": 0})
        for name in ("silent", "refused", "nowhere"):
            self.assertEqual(sum(ledger["sinks"][name]["dropped"].values()), 1000, (name, ledger["sinks"][name]))


if __name__ == "__main__":
    unittest.main()

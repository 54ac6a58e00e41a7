"""Sinks with a spool whose target goes away and comes back, a real rsyslog among them: nothing is lost and nothing changes places, over
restarts and kill -9. Needs a mount namespace of its own, beside the network namespace."""
import contextlib
import json
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from sniffer import BINARY, PATIENCE, PORT, Sniffer, own_network, tcp_listener

TARGET = 10514  # not captured
LINE = re.compile(rb"line (\d+) x")


def setUpModule():
    own_network()


class Daemon(Sniffer):
    """`logsniffd run` on lo, ready to capture once the `with` block is entered."""

    def __init__(self, config):
        super().__init__()
        self.command = [BINARY, "run", "--config", str(config)]

    def ledger(self):
        """The figures that it gave at its end."""
        line = next(line for line in reversed(self.stderr) if '{"packets"' in line)
        return json.loads(line[line.index("{"):])


class Rsyslog:
    """rsyslogd as a TCP server that writes every message as it came."""

    def __init__(self, folder):
        self.output = folder / "received"
        self.config = folder / "rsyslog.conf"
        self.pid_file = folder / "rsyslog.pid"
        self.config.write_text(f"""
module(load="imtcp")
input(type="imtcp" port="{TARGET}" address="127.0.0.1")
template(name="raw" type="string" string="%rawmsg%\\n")
action(type="omfile" file="{self.output}" template="raw" asyncWriting="off" flushOnTXEnd="on")
""")

    def __enter__(self):
        self.process = subprocess.Popen(["rsyslogd", "-n", "-f", self.config, "-i", self.pid_file], stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", TARGET)):
                return self
            if time.monotonic() > end:
                self.__exit__()
                raise AssertionError("rsyslogd does not listen")
            time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE)


class Spooling(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        self.spool = self.top / "spool"
        self.rsyslog = Rsyslog(self.top)
        self.sent = 0

    def config(self, sink=f"type: syslog, to: 'tcp://127.0.0.1:{TARGET}'", size="64MiB"):
        path = self.top / "logsniffd.yaml"
        path.write_text(f"""
capture: {{interfaces: [lo]}}
filters: [{{name: app, port: {PORT}, to: [out]}}]
sinks:
  out: {{{sink}, spool: {{path: {self.spool}, size: {size}}}}}
daemon: {{log_level: debug}}
""")
        return path

    def send(self, count, padding=60):
        """So many lines, each with the next number; gives the last of them."""
        lines = b"".join(b"line %d %s\n" % (self.sent + i, b"x" * padding) for i in range(count))
        self.sent += count
        with tcp_listener(), socket.create_connection(("127.0.0.1", PORT)) as sender:
            sender.sendall(lines)
            sender.shutdown(socket.SHUT_WR)
            while sender.recv(65536):
                pass
        return b"line %d x" % (self.sent - 1)

    def eventually(self, what, condition, patience=PATIENCE):
        end = time.monotonic() + patience
        while not condition():
            self.assertLess(time.monotonic(), end, f"in vain: {what}")
            time.sleep(0.05)

    def spooled(self, line):
        def is_there():
            files = self.spool.glob("*.segment") if self.spool.exists() else []
            return any(line in path.read_bytes() for path in files)

        self.eventually(f"{line} in the spool", is_there)

    def received(self, path=None):
        path = path or self.rsyslog.output
        return [int(number) for number in LINE.findall(path.read_bytes())] if path.exists() else []

    def arrives(self, line, path=None):
        # Its own back-off may have grown to 30 s.
        self.eventually(f"{line} at the target", lambda: self.received(path)[-1:] == [int(line.split()[1])], PATIENCE + 60)

    def assert_all_in_order(self, path=None):
        self.assertEqual(self.received(path), list(range(self.sent)))

    def assert_at_least_once_in_order(self):
        received = self.received()
        first = [number for i, number in enumerate(received) if number not in received[:i]] if len(received) < 3000 else \
            list(dict.fromkeys(received))
        self.assertEqual(first, list(range(self.sent)))
        return len(received) - self.sent

    def assert_ledger(self, daemon, **expected):
        ledger = daemon.ledger()
        out = ledger["sinks"]["out"]
        self.assertEqual({name: out[name] for name in expected}, expected, out)
        self.assertEqual(ledger["unaccounted"], {"packets": 0, "bytes": 0, "records": 0}, ledger)
        self.assertEqual(sum(out["dropped"].values()), 0, out)

    def test_rsyslog_stops_and_comes_back(self):
        with Daemon(self.config()) as daemon:
            with self.rsyslog:
                self.arrives(self.send(1000))
            for _ in range(3):
                self.spooled(self.send(5000))
            with self.rsyslog:
                self.arrives(self.send(1000))
                self.arrives(self.send(10))
                self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
            self.assert_ledger(daemon, routed=self.sent, written=self.sent, spooled=0, recovered=0, spool_bytes=0)
        self.assert_all_in_order()
        self.assertEqual(list(self.spool.glob("*.segment")), [])

    def test_stopped_and_started_while_rsyslog_is_away(self):
        with Daemon(self.config()) as daemon:
            self.spooled(self.send(3000))
            self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
            self.assert_ledger(daemon, routed=3000, written=0, spooled=3000, recovered=0)
        with Daemon(self.config()) as daemon:
            self.spooled(self.send(2000))
            with self.rsyslog:
                self.arrives(self.send(1000))
                self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
            self.assert_ledger(daemon, routed=3000, written=6000, spooled=0, recovered=3000)
        self.assert_all_in_order()

    def test_killed_while_it_spools(self):
        for _ in range(3):
            with Daemon(self.config()) as daemon:
                self.spooled(self.send(3000))
                daemon.process.kill()
        with Daemon(self.config()) as daemon, self.rsyslog:
            self.arrives(self.send(10))
            self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
            self.assert_ledger(daemon, routed=10, recovered=9000, written=9010, spooled=0)
        self.assert_all_in_order()

    def test_killed_while_it_delivers(self):
        with Daemon(self.config()) as daemon:
            for _ in range(10):
                self.spooled(self.send(10000))
            with self.rsyslog:
                self.eventually("the first at the target", self.received, PATIENCE + 60)
                daemon.process.kill()
                daemon.process.wait()
                time.sleep(0.5)  # rsyslog writes what it got
                with Daemon(self.config()):
                    self.arrives(self.send(10))
        doubled = self.assert_at_least_once_in_order()
        self.assertLess(doubled * 70, 300_000, "more than one entry came twice")

    def test_reload_while_records_wait(self):
        with Daemon(self.config()) as daemon:
            self.spooled(self.send(1000))
            self.config(f"type: syslog, protocol: rfc5424, to: 'tcp://127.0.0.1:{TARGET}'")
            daemon.process.send_signal(signal.SIGHUP)
            self.eventually("the reload", lambda: any("reloaded" in line for line in daemon.stderr))
            self.spooled(self.send(1000))
            with self.rsyslog:
                self.arrives(self.send(10))
                self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
            self.assert_ledger(daemon, routed=2010, written=2010, spooled=0, recovered=0)
        self.assert_all_in_order()

    def test_disk_of_a_file_sink_is_full(self):
        logs = self.top / "logs"
        logs.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", logs], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", logs], check=True)
        log = logs / "app.log"
        with Daemon(self.config(f"type: file, path: {log}, format: raw")) as daemon:
            self.spooled(self.send(10000))
            subprocess.run(["mount", "-o", "remount,size=64m", logs], check=True)
            self.arrives(self.send(1000), log)
            self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
            self.assert_ledger(daemon, routed=11000, written=11000, spooled=0)
        self.assert_all_in_order(log)

    def test_disk_of_the_spool_is_full(self):
        """Counted, and on it goes."""
        self.spool.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", self.spool], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.spool], check=True)
        with Daemon(self.config()) as daemon:
            self.send(20000)
            self.eventually("the trouble is told", lambda: any("No space left" in line for line in daemon.stderr))
            with self.rsyslog:
                self.eventually("some at the target", self.received, PATIENCE + 60)
                self.arrives(self.send(10))
                self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
                out = daemon.ledger()["sinks"]["out"]
        received = self.received()
        self.assertGreater(out["dropped"]["spool_error"], 0)
        self.assertEqual(len(received) + out["dropped"]["spool_error"], self.sent, out)
        self.assertEqual(received, sorted(set(received)))
        self.assertEqual(daemon.ledger()["unaccounted"]["records"], 0)
        self.assertIn(b"records lost here (spool could not be written)", self.rsyslog.output.read_bytes())


if __name__ == "__main__":
    unittest.main(verbosity=2)

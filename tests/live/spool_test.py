"""Sinks with a spool whose target goes away and comes back, including a real rsyslog: nothing is lost and the order is
kept, over restarts and kill -9. Needs a mount namespace of its own, in addition to the network namespace."""
import ctypes
import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from collector import COLLECTOR_PORT, RAW, Rsyslog
from daemon import Daemon, eventually
from sniffer import PATIENCE, PORT, own_network, send_udp, tcp_listener, udp_listener

LINE = re.compile(rb"line (\d+) x")


def setUpModule():
    own_network()


def exchange(a, b):
    """Swaps the names of two paths: renameat2(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    at_fdcwd, rename_exchange = -100, 2
    if libc.renameat2(at_fdcwd, os.fsencode(a), at_fdcwd, os.fsencode(b), rename_exchange) != 0:
        raise OSError(ctypes.get_errno(), f"cannot exchange {a} and {b}")


class Spooling(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        self.spool = self.top / "spool"
        self.rsyslog = Rsyslog(self.top, template=RAW)
        self.sent = 0

    def config(self, sink=f"type: syslog, to: 'tcp://127.0.0.1:{COLLECTOR_PORT}'", size="64MiB", keys=""):
        path = self.top / "logsniffd.yaml"
        path.write_text(f"""
capture: {{interfaces: [lo]}}
filters: [{{name: app, port: {PORT}, {keys}to: [out]}}]
sinks:
  out: {{{sink}, spool: {{path: {self.spool}, size: {size}}}}}
daemon: {{log_level: debug}}
""")
        return path

    def send(self, count, padding=60):
        """Sends `count` lines, each with the next number. Returns the beginning of the last one."""
        self.sent += count
        self.send_bytes(b"".join(b"line %d %s\n" % (i, b"x" * padding) for i in range(self.sent - count, self.sent)))
        return b"line %d x" % (self.sent - 1)

    @staticmethod
    def send_bytes(lines):
        with tcp_listener(), socket.create_connection(("127.0.0.1", PORT)) as sender:
            sender.sendall(lines)
            sender.shutdown(socket.SHUT_WR)
            while sender.recv(65536):
                pass

    def spooled(self, line):
        def is_there():
            files = self.spool.glob("*.segment") if self.spool.exists() else []
            return any(line in path.read_bytes() for path in files)

        eventually(f"{line} in the spool", is_there)

    def whole_in_spool(self):
        """The numbers in the entries that a kill left whole, in order. In an entry, the length follows 8 bytes of
        checksum and 4 bytes of magic."""
        numbers = []
        for path in sorted(self.spool.glob("*.segment")) if self.spool.exists() else []:
            data, at = path.read_bytes(), 0
            while at + 24 <= len(data) and (end := at + 24 + int.from_bytes(data[at + 12:at + 16], "little")) <= len(data):
                numbers += [int(number) for number in LINE.findall(data[at:end])]
                at = end
        return numbers

    def received(self, path=None):
        path = path or self.rsyslog.received
        return [int(number) for number in LINE.findall(path.read_bytes())] if path.exists() else []

    def arrives(self, line, path=None):
        # The back-off of the sink may have grown to 30 s.
        eventually(f"{line} at the target", lambda: self.received(path)[-1:] == [int(line.split()[1])], patience=PATIENCE + 60)

    def assert_all_in_order(self, path=None):
        self.assertEqual(self.received(path), list(range(self.sent)))

    def assert_at_least_once_in_order(self, path=None):
        """Returns how many came twice."""
        received = self.received(path)
        self.assertEqual(list(dict.fromkeys(received)), list(range(self.sent)))
        return len(received) - self.sent

    def assert_ledger(self, daemon, **expected):
        ledger = daemon.ledger()
        out = ledger["sinks"]["out"]
        self.assertEqual({name: out[name] for name in expected}, expected, out)
        self.assertEqual(ledger["unaccounted"], {"packets": 0, "bytes": 0, "records": 0}, ledger)
        self.assertEqual(sum(out["dropped"].values()), 0, out)

    def assert_nowhere(self, secret):
        for path in self.top.rglob("*"):
            if path.is_file() and path.name != "logsniffd.yaml":
                self.assertNotIn(secret, path.read_bytes(), path)

    def test_redacted_bytes_are_in_no_spool_and_no_output(self):
        keys = "repeat: 1h, redact: [{pattern: 'token=[a-z0-9]+', with: 'token=***'}], "
        with Daemon(self.config(keys=keys)) as daemon:
            self.send_bytes(b"".join(b"login %d of alice, token=hunter%d\n" % (i // 3, i) for i in range(300)))
            self.spooled(b"message repeated 2 times: [login 98 of alice, token=***]")
            self.assert_nowhere(b"hunter")
            daemon.process.kill()
        with Daemon(self.config(keys=keys)), self.rsyslog:
            eventually("all at the target", lambda: self.rsyslog.received.exists() and
                       self.rsyslog.received.read_bytes().count(b"token=***") >= 200, patience=PATIENCE + 60)
            self.assert_nowhere(b"hunter")

    def test_redacted_bytes_are_in_no_memory_that_a_core_dump_shows(self):
        """Not the ring of packets, which is shared with the kernel: core(5), coredump_filter."""
        keys = "protocol: udp, repeat: 1h, redact: [{pattern: 'token=[a-z0-9]+', with: 'token=***'}], "
        with udp_listener(), Daemon(self.config(keys=keys)) as daemon:
            send_udp(*(b"login token=hunter%d of alice" % (i // 3) for i in range(300)))
            send_udp(b"the last one")
            self.spooled(b"the last one")
            process, private = Path("/proc", str(daemon.process.pid)), re.compile(r"(\w+)-(\w+) r\S\Sp (?!.*\[v)")
            memory = b""
            with (process / "mem").open("rb") as bytes_of:
                for first, end in map(re.Match.groups, filter(None, map(private.match, (process / "maps").read_text().splitlines()))):
                    bytes_of.seek(int(first, 16))
                    memory += bytes_of.read(int(end, 16) - int(first, 16))
            self.assertIn(b"token=***", memory)
            self.assertEqual(memory.find(b"token=hunter"), -1, "a secret is in the memory of the process")

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
            self.assert_ledger(daemon, routed=self.sent, written=self.sent, spooled=0, recovered=0, spool_bytes=0, unconfirmed=0)
            self.assertEqual(self.assert_at_least_once_in_order(), daemon.ledger()["sinks"]["out"]["resent"])
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

    def test_killed_while_it_spools_a_load(self):
        """The kills come at any moment, some in the middle of an append. What was whole in the spool arrives once,
        in order."""
        kept, rounds = [], 10
        for _ in range(rounds):
            before = len(kept)
            with Daemon(self.config()) as daemon:
                load = threading.Thread(target=self.send, args=(30_000,))
                load.start()
                eventually("some of the load in the spool", lambda before=before: len(self.whole_in_spool()) > before)
                time.sleep(random.uniform(0, 0.1))
                daemon.process.kill()
                daemon.process.wait()
                load.join()
            now = self.whole_in_spool()
            self.assertEqual(now[:before], kept)
            kept = now
        with Daemon(self.config()) as daemon, self.rsyslog:
            self.arrives(self.send(10))
            self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
            self.assert_ledger(daemon, routed=10, recovered=len(kept), written=len(kept) + 10, spooled=0)
        self.assertEqual(self.received(), kept + list(range(self.sent - 10, self.sent)))

    def test_killed_while_it_delivers(self):
        """It delivers to rsyslog and is killed at any moment: records arrive at least once, in order."""
        for _ in range(3):
            with Daemon(self.config()) as daemon:
                for _ in range(5):
                    self.spooled(self.send(10_000))
                before = len(self.received())
                with self.rsyslog:
                    eventually("more at the target", lambda before=before: len(self.received()) > before, patience=PATIENCE + 60)
                    daemon.process.kill()
                    daemon.process.wait()
        with Daemon(self.config()) as daemon, self.rsyslog:
            self.arrives(self.send(10))
        self.assert_at_least_once_in_order()

    def test_killed_when_all_was_delivered_a_while_ago(self):
        with self.rsyslog:
            with Daemon(self.config()) as daemon:
                self.rsyslog.stop()
                self.spooled(self.send(1000))
                self.rsyslog.start()
                self.arrives(self.send(1000))
                eventually("nothing is in flight", lambda: not list(self.spool.glob("*.segment")), patience=PATIENCE + 10)
                daemon.process.kill()
                daemon.process.wait()
            with Daemon(self.config()) as daemon:
                self.arrives(self.send(10))
                self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
                self.assert_ledger(daemon, recovered=0, resent=0)
        self.assert_all_in_order()

    def test_killed_while_it_delivers_to_a_file(self):
        """Nothing is in flight to a file, so at most one entry comes twice each time."""
        log, rounds = self.top / "logs" / "app.log", 5
        config = self.config(f"type: file, path: {log}, format: raw")
        for _ in range(rounds):
            log.parent.rename(self.top / "kept") if log.parent.exists() else (self.top / "kept").mkdir()
            log.parent.write_text("in the way")
            with Daemon(config) as daemon:
                for _ in range(5):
                    self.spooled(self.send(10_000))
                # In one step, because otherwise the daemon makes a folder of that name in between.
                exchange(self.top / "kept", log.parent)
                (self.top / "kept").unlink()
                before = len(self.received(log))
                eventually("more in the file", lambda before=before: len(self.received(log)) > before)
                daemon.process.kill()
                daemon.process.wait()
        with Daemon(config):
            self.arrives(self.send(10), log)
        self.assertLess(self.assert_at_least_once_in_order(log) * 70, rounds * 300_000, "more than an entry a kill came twice")

    def test_reload_while_records_wait(self):
        with Daemon(self.config()) as daemon:
            self.spooled(self.send(1000))
            self.config(f"type: syslog, protocol: rfc5424, to: 'tcp://127.0.0.1:{COLLECTOR_PORT}'")
            daemon.process.send_signal(signal.SIGHUP)
            eventually("the reload", lambda: any("reloaded" in line for line in daemon.stderr))
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
        """The loss is counted, and the sink continues."""
        self.spool.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", self.spool], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.spool], check=True)
        with Daemon(self.config()) as daemon:
            self.send(20000)

            def trouble_is_told():  # reported once in 10 s, for the latest trouble: so there must always be some
                self.send(10)
                return any("No space left" in line for line in daemon.stderr)

            eventually("the trouble is told", trouble_is_told, patience=PATIENCE + 60)
            with self.rsyslog:
                eventually("some at the target", self.received, patience=PATIENCE + 60)
                self.arrives(self.send(10))
                self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
                out = daemon.ledger()["sinks"]["out"]
        received = self.received()
        self.assertGreater(out["dropped"]["spool_error"], 0)
        self.assertEqual(len(received) + out["dropped"]["spool_error"], self.sent, out)
        self.assertEqual(received, sorted(set(received)))
        self.assertEqual(daemon.ledger()["unaccounted"]["records"], 0)
        self.assertIn(b"records lost here (spool could not be written)", self.rsyslog.received.read_bytes())


if __name__ == "__main__":
    unittest.main(verbosity=2)

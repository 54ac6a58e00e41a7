"""Two real rsyslogds as targets, over TCP and over TLS, are stopped under load and away for a minute: with a spool
nothing is lost."""
import re
import signal
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path

from collector import Rsyslog, make_certificates, syslog_sink
from daemon import Daemon, eventually
from sniffer import PORT, own_network, tcp_listener

AWAY = 60  # seconds
PATIENCE = 120  # seconds until a target has written what is queued there, on a machine that does other things too
PER_SECOND = 5_000
BURST = 300_000  # as fast as possible, so that much is on its way to the targets when they stop
NUMBER = re.compile(rb"record (\d+) ")
PADDING = b"x" * 80


class Load:
    """One connection that sends PER_SECOND numbered lines a second while the `with` block lasts, and a burst when
    `bursting` is set."""

    def __enter__(self):
        self.sent, self.ending, self.bursting = 0, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()

    def run(self):
        with tcp_listener(), socket.create_connection(("127.0.0.1", PORT)) as self.sender:
            while not self.ending.wait(0.02):
                if self.bursting.is_set():
                    self.send(BURST)
                    self.bursting.clear()
                self.send(PER_SECOND // 50)
            self.sender.shutdown(socket.SHUT_WR)
            while self.sender.recv(65536):
                pass

    def send(self, count):
        self.sender.sendall(b"".join(b"record %d %s\n" % (self.sent + i, PADDING) for i in range(count)))
        self.sent += count


def numbers(path):
    return [int(number) for number in NUMBER.findall(path.read_bytes())] if path.exists() else []


def setUpModule():
    own_network()


class Away(unittest.TestCase):
    def setUp(self):
        self.top = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.copy = self.top / "copy.log"
        self.targets, sinks = {}, [f"copy: {{type: file, path: {self.copy}, format: raw}}"]
        for name, port in (("tcp", 10514), ("tls", 10515)):
            folder = self.top / name
            folder.mkdir()
            make_certificates(folder)
            self.targets[name] = self.enterContext(Rsyslog(folder, tls=name == "tls", port=port, template="%msg%"))
            spool = f", spool: {{path: {folder}/spool, size: 256MiB}}"
            sinks.append(f"{name}: {syslog_sink(folder, name == 'tls', port, spool)}")
        self.config = self.top / "logsniffd.yaml"
        self.config.write_text(f"""
capture: {{interfaces: [lo], buffer: 256MiB}}
filters: [{{name: app, port: {PORT}, to: [copy, tcp, tls]}}]
sinks: {{{", ".join(sinks)}}}
daemon: {{log_level: debug}}
""")

    def for_each_target(self, act):
        """Acts on all targets at the same time, so that none waits for a slow one."""
        threads = [threading.Thread(target=act, args=(target,)) for target in self.targets.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_stopped_for_a_minute_under_load(self):
        with Daemon(self.config) as daemon:
            with Load() as load:
                for target in self.targets.values():
                    eventually("the load arrives", target.received.exists)
                before = {target: target.received.stat().st_size for target in self.targets.values()}
                load.bursting.set()
                for target, size in before.items():
                    eventually("the burst arrives", lambda path=target.received, size=size: path.stat().st_size > size + 3_000_000)
                self.for_each_target(Rsyslog.stop)
                time.sleep(AWAY)  # this is what is tested
                self.for_each_target(Rsyslog.start)
                back = load.sent
                eventually("load on targets that are back", lambda: load.sent > back + 5 * PER_SECOND)
            for name, target in self.targets.items():
                # What waited comes first.
                eventually(f"the last is at {name}", lambda path=target.received: load.sent - 1 in numbers(path)[-1:], patience=60)
            self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0)
        ledger = daemon.ledger()
        self.assertEqual(ledger["unaccounted"], {"packets": 0, "bytes": 0, "records": 0}, ledger)
        self.assertTrue(numbers(self.copy) == list(range(load.sent)), "the neighbour has not each line once, in order")
        for name, target in self.targets.items():
            with self.subTest(name):
                figures, received = ledger["sinks"][name], numbers(target.received)
                doubled = len(received) - load.sent
                print(f"{name}: {load.sent} sent, {load.sent - len(set(received))} lost, {doubled} doubled, {figures['resent']} resent")
                self.assertEqual(len(set(range(load.sent)) - set(received)), 0, "lost")
                self.assertTrue(list(dict.fromkeys(received)) == list(range(load.sent)), "out of order")
                self.assertEqual(sum(figures["dropped"].values()), 0, figures)
                self.assertEqual((figures["routed"], figures["written"], figures["spooled"], figures["unconfirmed"]),
                                 (load.sent, load.sent, 0, 0), figures)
                self.assertLessEqual(doubled, figures["resent"])


if __name__ == "__main__":
    unittest.main(verbosity=2)

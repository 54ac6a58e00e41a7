"""The process under load: if it is ended by SIGTERM, it loses nothing that was captured; if it is killed, it leaves no
partial line. Also local syslog sockets that vanish, come back, or are not read. Needs a mount namespace of its own, in
addition to the network namespace."""
import contextlib
import gzip
import os
import random
import re
import signal
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path

from daemon import Daemon, Stream, configuration, eventually, lines_of
from journal import Journal, own_folders
from numbered import SIZE, Load, line, number_of
from sniffer import PATIENCE, own_network

ROUNDS = int(os.environ.get("KILL_ROUNDS", 200))
DEADLINE = 20  # of a stop: daemon/app/daemon.hpp
MARKED = "'{integrity} {message}'"


def setUpModule():
    own_network()
    own_folders()


class LocalSyslog:
    """A unix socket with a reader that can pause, end, and begin again."""

    def __init__(self, path, kind):
        self.path, self.kind = path, kind
        self.messages = []  # whole ones, without <PRI>, time, tag and source
        self.reading = threading.Event()
        self.listener = None

    def __enter__(self):
        self.begin()
        return self

    def __exit__(self, *_):
        if self.listener:
            self.end()

    def begin(self):
        self.listener = socket.socket(socket.AF_UNIX, self.kind)
        self.listener.bind(str(self.path))
        if self.kind == socket.SOCK_STREAM:
            self.listener.listen()
        self.ended = False
        self.reading.set()
        self.thread = threading.Thread(target=self._datagrams if self.kind == socket.SOCK_DGRAM else self._connections)
        self.thread.start()

    def end(self):
        """Ends the reader and its socket. What was sent to it and not read is lost."""
        self.ended = True
        self.reading.set()
        self.listener.settimeout(0)
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        self.path.unlink()
        self.listener = None

    def _datagrams(self):
        with contextlib.suppress(OSError):
            while not self.ended:
                self.reading.wait()
                self.listener.settimeout(0.1)
                with contextlib.suppress(TimeoutError):
                    while self.reading.is_set() and not self.ended:
                        self._add(self.listener.recv(65536))

    def _connections(self):
        with contextlib.suppress(OSError):
            while not self.ended:
                connection, _ = self.listener.accept()
                with connection:
                    self._read(connection)

    def _read(self, connection):
        connection.settimeout(0.1)
        rest = b""
        while not self.ended:
            self.reading.wait()
            with contextlib.suppress(TimeoutError):
                if not (text := connection.recv(65536)):
                    return  # a message without its end does not count
                *whole, rest = (rest + text).split(b"\0")
                for message in whole:
                    self._add(message)

    def _add(self, message):
        self.messages.append(message.split(b": ", 1)[1].removeprefix(b"[src.addr=127.0.0.1] "))


class ProcessTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.log = self.folder / "app.log"

    def configured(self, sinks, more=""):
        config, self.copy = configuration(self.folder, sinks, more=more)
        return Daemon(config)


class Stopping(ProcessTest):
    def setUp(self):
        super().setUp()
        self.journal = self.enterContext(Journal())
        self.syslog = self.enterContext(LocalSyslog(self.folder / "log", socket.SOCK_DGRAM))

    def every_sink(self):
        return self.configured({
            "marked": f"{{type: file, path: {self.log}, format: {MARKED}, queue: 1GiB}}",
            "journal": "{type: journald, queue: 1GiB}",
            "syslog": f"{{type: syslog, to: 'unix://{self.syslog.path}', queue: 1GiB}}"})

    def assert_everywhere(self, ledger, messages, integrity):
        """The messages, and the last one with this integrity."""
        self.assertEqual(ledger["records"]["framed"], len(messages))
        for name, sink in ledger["sinks"].items():
            self.assertEqual((name, sink["written"], sum(sink["dropped"].values())), (name, len(messages), 0))
        marks = [b"whole "] * (len(messages) - 1) + [integrity + b" "]
        self.assertEqual(lines_of(self.log), [mark + message for mark, message in zip(marks, messages)])
        eventually("syslog has read all", lambda: len(self.syslog.messages) >= len(messages))
        self.assertEqual(self.syslog.messages, messages)
        eventually("journald has stored all", lambda: len(self.journal.messages()) >= len(messages))
        entries = self.journal.entries("MESSAGE", "LOGSNIFFD_INTEGRITY", LOGSNIFFD_FILTER="app")
        self.assertEqual([entry["MESSAGE"] for entry in entries], messages)
        shown = [entry.get("LOGSNIFFD_INTEGRITY", b"whole") for entry in entries]
        self.assertEqual(shown, [mark.rstrip() for mark in marks])

    def test_under_load_loses_nothing_that_was_captured(self):
        with self.every_sink() as daemon, Load(self.folder, 8_000_000) as load:
            eventually("it has run for a while", lambda: load.received() > 16_000_000)
            received = load.received()
            ledger = daemon.stop_in_order()
        self.assertEqual((ledger["packets"]["kernel_dropped"], ledger["streams"]["events"]["gaps"]), (0, 0))
        self.assertGreaterEqual(ledger["streams"]["delivered"], received)
        whole, rest = divmod(ledger["streams"]["delivered"], SIZE)
        messages = [line(number) for number in range(whole)]
        if rest:
            messages.append(line(whole)[:rest])
        self.assert_everywhere(ledger, messages, b"unfinished" if rest else b"whole")

    def test_line_without_its_end_is_written_and_says_so(self):
        with self.every_sink() as daemon, Stream() as stream:
            stream.socket.sendall(b"one\ntwo\nthe beginning of thr")
            self.assert_everywhere(daemon.stop_in_order(), [b"one", b"two", b"the beginning of thr"], b"unfinished")

    def test_is_in_time_before_a_sender_that_never_pauses(self):
        with self.configured({"marked": f"{{type: file, path: {self.log}, format: {MARKED}, queue: 1MiB}}"}) as daemon:
            with Load(self.folder, 0) as load:
                eventually("it has run for a while", lambda: load.received() > 100_000_000)
                begun = time.monotonic()
                ledger = daemon.stop_in_order()
                self.assertLess(time.monotonic() - begun, DEADLINE / 2)
        self.assertGreater(ledger["packets"]["kernel_dropped"], 0)  # the load was indeed too much
        wrong = [text for text in lines_of(self.log) if text.startswith(b"whole ") and not re.fullmatch(rb"whole 000000\d{4}", text)]
        self.assertEqual(wrong, [])


class Killing(ProcessTest):
    def test_every_line_is_whole_however_often(self):
        """A plain file, and one that rotates: 200 kills meet writes, renames, and compression."""
        daemon = self.configured({
            "plain": f"{{type: file, path: {self.folder}/plain.log, format: {MARKED}}}",
            "rotated": f"{{type: file, path: {self.log}, format: {MARKED}, rotate: {{size: 256KiB, keep: 10000, compress: gzip}}}}"})
        plain = self.folder / "plain.log"
        with Load(self.folder, 4_000_000):
            for _ in range(ROUNDS):
                before = plain.stat().st_size if plain.exists() else 0
                with daemon:
                    eventually("lines are written", lambda: plain.exists() and plain.stat().st_size > before)
                    time.sleep(random.uniform(0, 0.1))
                    daemon.process.kill()
        with daemon:
            eventually("what was left over is done", self.is_settled)
            daemon.stop_in_order()
        self.assert_whole([plain.read_bytes()])
        rotated = sorted(path for path in self.folder.iterdir() if path.name.startswith("app.log."))
        self.assertGreater(len(rotated), ROUNDS / 2)
        self.assert_whole([gzip.decompress(path.read_bytes()) for path in rotated] + [self.log.read_bytes()])

    def is_settled(self):
        names = [path.name for path in self.folder.iterdir()]
        return not any(name.startswith(".") or re.fullmatch(r"app\.log\.[\d.-]+", name) for name in names)

    def assert_whole(self, texts):
        """The lines are in order and none comes twice. A run may begin within a line, which says so (joined_late), and
        may end within a line, to which nothing is joined."""
        numbers, torn = [], []
        for text in texts:
            *lines, rest = text.split(b"\n")
            for shown in lines + [rest] * bool(rest):
                mark, _, message = shown.partition(b" ")
                number = number_of(message) if mark == b"whole" else None
                if number is not None:
                    numbers.append(number)
                elif mark != b"joined_late":
                    torn.append(shown)
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertGreater(len(numbers), ROUNDS * 100)
        self.assertLessEqual(sum(b != a + 1 for a, b in zip(numbers, numbers[1:])), ROUNDS)
        self.assertLessEqual(len(torn), ROUNDS)
        for shown in torn:
            digits = shown[len(b"whole "):][:10]
            beginnings = [b"whole " + line(int(digits))] if len(digits) == 10 else [b"whole " + digits, b"joined_late "]
            self.assertTrue(any(beginning.startswith(shown) for beginning in beginnings), shown)


class SyslogSocket:
    """The tests of a unix socket, which are the same for both kinds."""
    kind = None

    def setUp(self):
        super().setUp()
        self.syslog = self.enterContext(LocalSyslog(self.folder / "log", self.kind))

    def daemon(self, more=""):
        return self.configured({"syslog": f"{{type: syslog, to: 'unix://{self.syslog.path}'{more}}}"})

    def stop(self, daemon, sent):
        """Returns the figures of the sink. It counted everything, and what it counted as written was read once and
        in order."""
        ledger = daemon.stop_in_order()
        self.assertEqual(lines_of(self.copy), sent)
        figures = ledger["sinks"]["syslog"]
        self.assertEqual((figures["routed"], figures["written"] + sum(figures["dropped"].values())), (len(sent), len(sent)))
        eventually("all is read", lambda: len(self.syslog.messages) >= figures["written"])
        read = [message for message in self.syslog.messages if b"lost here" not in message]
        self.assertEqual(len(read), figures["written"])
        place = {message: number for number, message in enumerate(sent)}
        numbers = [place[message] for message in read]
        self.assertEqual(numbers, sorted(set(numbers)))
        return figures

    def test_gone_and_back(self):
        with self.daemon() as daemon, Stream() as stream:
            for _ in range(3):
                stream.send(1000)
                eventually("all is read", lambda: self.syslog.messages[-1:] == stream.sent[-1:], lambda: stream.send(1))
                self.syslog.end()
                stream.send(1000)
                eventually("the file has them", lambda: self.copy.read_bytes().count(b"\n") == len(stream.sent))
                self.syslog.begin()
            stream.send(1)
            eventually("it is found again", lambda: self.syslog.messages[-1:] == stream.sent[-1:], lambda: stream.send(1))
            figures = self.stop(daemon, stream.sent)
        self.assertEqual(figures["dropped"]["unreachable"], len(stream.sent) - figures["written"])
        self.assertGreater(figures["dropped"]["unreachable"], 1000)
        self.assertTrue(daemon.said(f"unix://{self.syslog.path}: "), daemon.stderr)

    def test_full_and_read_again(self):
        with self.daemon(", queue: 256KiB") as daemon, Stream() as stream:
            stream.send(1000)
            eventually("all is read", lambda: self.syslog.messages[-1:] == stream.sent[-1:])
            self.syslog.reading.clear()
            eventually("it says so", lambda: daemon.said("does not accept any more data"), lambda: stream.send(50, 4000))
            self.syslog.reading.set()
            eventually("all is read again", lambda: self.syslog.messages[-1:] == stream.sent[-1:], lambda: stream.send(50))
            stream.send(1000)
            figures = self.stop(daemon, stream.sent)
        self.assertGreater(figures["dropped"]["timeout"], 0)
        self.assertGreater(figures["dropped"]["queue_full"], 0)
        self.assertGreater(figures["written"], 2000)

    def test_full_at_the_stop(self):
        with self.daemon() as daemon, Stream() as stream:
            self.syslog.reading.clear()
            stream.send(10_000, 4000)  # more than any socket holds
            eventually("the file has all", lambda: self.copy.exists() and self.copy.read_bytes().count(b"\n") == 10_000)
            begun = time.monotonic()
            daemon.process.send_signal(signal.SIGTERM)
            self.assertEqual(daemon.process.wait(DEADLINE + PATIENCE), 0)
            self.assertLess(time.monotonic() - begun, DEADLINE + 5)
            self.syslog.reading.set()
            figures = self.stop(daemon, stream.sent)
        waits = [re.search(r"waiting for sink (\S+) \((.*)\): (\d+) records? left, (\d+) s left", line).groups() for line in daemon.said("waiting for ")]
        # The daemon did not wait for the file, which was done.
        self.assertEqual({wait[:2] for wait in waits}, {("syslog", f"unix://{self.syslog.path}")})
        self.assertGreater(min(int(wait[2]) for wait in waits), 0)
        seconds = [int(wait[3]) for wait in waits]
        self.assertEqual(seconds, sorted(seconds, reverse=True))
        self.assertGreaterEqual(seconds[0], DEADLINE - 1)
        self.assertGreater(figures["dropped"]["timeout"] + figures["dropped"]["shutdown"], 0)


class DatagramSocket(SyslogSocket, ProcessTest):
    kind = socket.SOCK_DGRAM


class StreamSocket(SyslogSocket, ProcessTest):
    kind = socket.SOCK_STREAM


if __name__ == "__main__":
    unittest.main()

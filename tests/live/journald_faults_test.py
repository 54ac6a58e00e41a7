"""What the journald sink does when a real journald hangs, restarts, dies and is gone: it blocks nothing, counts
exactly, and continues by itself. Also what journald then has. Needs a mount namespace of its own, in addition to the
network namespace."""
import json
import os
import signal
import tempfile
import time
import unittest
from pathlib import Path

from daemon import Daemon, Stream, configuration, eventually, lines_of
from journal import Journal, own_folders
from sniffer import PATIENCE, own_network, send_udp, udp_listener

HANG_SECONDS = float(os.environ.get("HANG_SECONDS", 60))
DEADLINE = 20  # of a stop: daemon/app/daemon.hpp


def setUpModule():
    own_network()
    own_folders()


class JournaldTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.journal = self.enterContext(Journal())

    def daemon(self, sink="{type: journald}", more=""):
        config, self.copy = configuration(self.folder, {"journal": sink}, more=more)
        return Daemon(config)

    def wait_for_copy(self, sent):
        eventually("the file has all", lambda: self.copy.exists() and self.copy.read_bytes().count(b"\n") >= len(sent))

    def stop(self, daemon, sent):
        """Returns the figures of the sink. The file of the other sink must have each line once, and in order."""
        ledger = daemon.stop_in_order()
        self.assertEqual(lines_of(self.copy), sent)
        self.assertEqual(ledger["sinks"]["copy"]["written"], len(sent))
        self.assertEqual(ledger["sinks"]["journal"]["routed"], len(sent))
        return ledger["sinks"]["journal"]

    def stored(self, sent):
        """Returns how many of the lines are stored. None may be stored twice, out of order, or without having
        been sent."""
        stored = self.journal.messages()
        place = {line: number for number, line in enumerate(sent)}
        numbers = [place[line] for line in stored]
        self.assertEqual(numbers, sorted(set(numbers)))
        return len(stored)


def load(stream, seconds, until=lambda: False):
    """Sends lines at a steady rate of about 5,000 a second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        stream.send(50)
        time.sleep(0.01)


class Hanging(JournaldTest):
    def test_for_a_minute_and_on_again(self):
        with self.daemon("{type: journald, queue: 2MiB}") as daemon, Stream() as stream:
            load(stream, 1)
            self.journal.process.send_signal(signal.SIGSTOP)
            load(stream, HANG_SECONDS)
            self.wait_for_copy(stream.sent)  # the file sink was not held up
            self.journal.process.send_signal(signal.SIGCONT)
            load(stream, 1)
            stream.send(1)
            self.journal.wait_for(stream.sent[-1])
            figures = self.stop(daemon, stream.sent)
        self.assertEqual(self.stored(stream.sent), figures["written"])
        dropped = figures["dropped"]
        self.assertEqual(sum(dropped.values()), len(stream.sent) - figures["written"])
        self.assertGreater(dropped["timeout"], 0, dropped)
        self.assertGreater(dropped["queue_full"], 0, dropped)
        self.assertEqual(dropped["timeout"] + dropped["queue_full"], sum(dropped.values()), dropped)
        self.assertTrue(daemon.said("it does not accept any more data"), daemon.stderr[-10:])
        notices = [entry["MESSAGE"] for entry in self.journal.entries("MESSAGE", SYSLOG_IDENTIFIER="logsniffd", PRIORITY=4)]
        self.assertTrue(any(b"lost here (queue full)" in notice for notice in notices), notices)

    def test_stop_meanwhile_is_in_time_and_counts_the_rest(self):
        with self.daemon() as daemon, Stream() as stream:
            load(stream, 1)
            self.journal.process.send_signal(signal.SIGSTOP)
            load(stream, 3)
            self.wait_for_copy(stream.sent)
            begun = time.monotonic()
            daemon.process.send_signal(signal.SIGTERM)
            status = daemon.process.wait(DEADLINE + PATIENCE)
            self.assertLess(time.monotonic() - begun, DEADLINE + 5)
            self.journal.process.send_signal(signal.SIGCONT)
            self.assertEqual(status, 0)
            figures = self.stop(daemon, stream.sent)
        eventually("all that it took is stored", lambda: len(self.journal.messages()) >= figures["written"])
        self.assertEqual(self.stored(stream.sent), figures["written"])
        dropped = figures["dropped"]
        self.assertEqual(dropped["timeout"] + dropped["shutdown"], len(stream.sent) - figures["written"], dropped)


class Restarting(JournaldTest):
    def test_under_load_costs_nothing(self):
        with self.daemon() as daemon, Stream() as stream:
            for _ in range(5):
                load(stream, 1)
                self.journal.restart()
            load(stream, 1)
            stream.send(1)
            self.journal.wait_for(stream.sent[-1])
            figures = self.stop(daemon, stream.sent)
        self.assertEqual(figures["written"], len(stream.sent), figures)
        self.assertEqual(self.stored(stream.sent), len(stream.sent))

    def test_kill_costs_what_journald_had_in_its_hands(self):
        """An entry that journald has read from its socket and not stored is lost, and its sender cannot know. A kill
        costs at most one entry, because journald reads them one by one."""
        kills = 5
        with self.daemon() as daemon, Stream() as stream:
            for _ in range(kills):
                load(stream, 1)
                self.journal.end(signal.SIGKILL)
                load(stream, 0.1)
                self.journal.start()
            load(stream, 1)
            stream.send(1)
            self.journal.wait_for(stream.sent[-1])
            figures = self.stop(daemon, stream.sent)
        self.assertEqual(figures["written"] + sum(figures["dropped"].values()), len(stream.sent))
        stored = self.stored(stream.sent)
        self.assertLessEqual(stored, figures["written"])
        self.assertGreaterEqual(stored, figures["written"] - kills)

    def test_gone_with_its_socket_and_back(self):
        with self.daemon() as daemon, Stream() as stream:
            load(stream, 1)
            self.journal.wait_for(stream.sent[-1])
            self.journal.end(signal.SIGTERM)
            self.journal.unbind()
            load(stream, 1)
            eventually("it says so", lambda: daemon.said("/run/systemd/journal/socket: "), lambda: stream.send(1))
            self.journal.bind()
            self.journal.start()
            before = len(stream.sent)
            eventually("it is found again", lambda: any(line in stream.sent[before:] for line in self.journal.messages()[-1:]),
                       lambda: stream.send(1))
            stream.send(1000)
            self.journal.wait_for(stream.sent[-1])
            figures = self.stop(daemon, stream.sent)
        self.assertEqual(self.stored(stream.sent), figures["written"])
        self.assertGreater(figures["dropped"]["unreachable"], 0)
        self.assertEqual(figures["dropped"]["unreachable"], len(stream.sent) - figures["written"])


class Fields(JournaldTest):
    def entries_of(self, *datagrams, sink="{type: journald}", more=""):
        with udp_listener(), self.daemon(sink, more) as daemon:
            for datagram in datagrams:
                send_udp(datagram)
            entries = eventually("all are stored", lambda: (found := self.journal.entries(LOGSNIFFD_FILTER="app"))
                                 and len(found) >= len(datagrams) and found)
            figures = daemon.stop_in_order()["sinks"]["journal"]
        self.assertEqual((figures["written"], len(entries)), (len(datagrams), len(datagrams)))
        return entries

    def test_each_of_a_record(self):
        before = time.time()
        entry, = self.entries_of(b'<165>1 2026-01-02T03:04:05.000678+01:00 web nginx 42 ID7 [ex@32473 user-id="7" path="/a b"] upstream gone')
        shown = {name: value for name, value in entry.items() if not name.startswith("_")}
        captured = shown.pop("LOGSNIFFD_CAPTURED_AT").decode()
        sender = shown.pop("LOGSNIFFD_SRC")
        self.assertEqual(shown, {
            "MESSAGE": b"upstream gone", "PRIORITY": b"5", "SYSLOG_FACILITY": b"20", "SYSLOG_IDENTIFIER": b"nginx", "SYSLOG_PID": b"42",
            "SYSLOG_TIMESTAMP": b"2026-01-02T02:04:05.000678+00:00", "LOGSNIFFD_FILTER": b"app", "LOGSNIFFD_HOST": b"web",
            "LOGSNIFFD_MSGID": b"ID7", "LOGSNIFFD_PROTOCOL": b"udp", "LOGSNIFFD_DST": b"127.0.0.1:9988", "LOGSNIFFD_INTERFACE": b"lo",
            "LOGSNIFFD_FIELD_EX_32473_USER_ID": b"7", "LOGSNIFFD_FIELD_EX_32473_PATH": b"/a b"})
        self.assertRegex(sender, rb"^127\.0\.0\.1:\d+$")
        self.assertRegex(captured, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}([+-]\d\d:\d\d|Z)$")
        self.assertGreaterEqual(int(entry["__REALTIME_TIMESTAMP"]) / 1e6, before)

    def test_of_a_record_that_is_not_whole(self):
        with self.daemon(more="limits: {record: 64B}") as daemon, Stream() as stream:
            stream.send_lines(b"y" * 100)
            entry, = eventually("it is stored", lambda: self.journal.entries(LOGSNIFFD_FILTER="app"))
            daemon.stop_in_order()
        self.assertEqual((entry["MESSAGE"], entry["LOGSNIFFD_INTEGRITY"]), (b"y" * 64, b"truncated"))

    def test_any_byte_arrives_and_none_makes_a_field(self):
        hostile = [b"a\n_PID=1\nPRIORITY=0\n\nMESSAGE=forged", b"nul \0 inside", b"\x1b[31mred\x1b[0m", b"bad \xff\xfe\xc3( utf-8", b"=", b"\n\nb", b"a=b\nC=d",
                   b"MESSAGE\n\x01\0\0\0\0\0\0\0x\n.", bytes(byte for byte in range(1, 256) if byte != 10) + b"."]
        entries = self.entries_of(*hostile)
        self.assertEqual([entry["MESSAGE"] for entry in entries], hostile)
        for entry in entries:
            self.assertEqual(entry["PRIORITY"], b"6")
            self.assertEqual(set(entry) - {name for name in entry if name.startswith("_")},
                             {"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "LOGSNIFFD_FILTER", "LOGSNIFFD_PROTOCOL", "LOGSNIFFD_SRC",
                              "LOGSNIFFD_DST", "LOGSNIFFD_INTERFACE", "LOGSNIFFD_CAPTURED_AT"})

    def test_no_name_of_a_field_makes_another(self):
        own = {"__CURSOR": "c", "_UID": "1", "CODE_FILE": "forged", "lower": "l", "a\nb": "lf", "a=b": "equals", "nul\0": "nul", "\x1b[1m": "esc",
               "ünï": "u", "": "empty", "9": "digit", "n" * 200: "long", "value": "x\nPRIORITY=0\n_UID=0"}
        entry, = self.entries_of(json.dumps({"msg": "hello", "level": "error", "_PID": "1", **own}).encode())
        named = {name.removeprefix("LOGSNIFFD_FIELD_"): value for name, value in entry.items() if name.startswith("LOGSNIFFD_FIELD_")}
        self.assertEqual(named, {
            "__CURSOR": b"c", "_UID": b"1", "CODE_FILE": b"forged", "LOWER": b"l", "A_B": [b"lf", b"equals"], "NUL_": b"nul", "__1M": b"esc",
            "__N__": b"u", "": b"empty", "9": b"digit", "N" * 48: b"long", "VALUE": b"x\nPRIORITY=0\n_UID=0"})
        self.assertEqual((entry["MESSAGE"], entry["PRIORITY"], entry["SYSLOG_PID"]), (b"hello", b"3", b"1"))
        self.assertEqual((entry["_UID"], entry["_COMM"]), (b"0", b"logsniffd"))  # what journald itself knows
        self.assertNotEqual(entry["_PID"], b"1")
        self.assertNotIn("CODE_FILE", entry)

    def test_large_messages(self):
        # The last is too large for the buffer of any socket, and goes as a memory file.
        sizes = [1 << 10, 300 << 10, 1 << 20, 5 << 20, 16 << 20]
        lines = [(b"%d " % size + bytes(range(97, 123)) * (size // 26))[:size] for size in sizes]
        with self.daemon(more="limits: {record: 16MiB}") as daemon, Stream() as stream:
            for line in lines:
                stream.send_lines(line, b"small behind it")
            stored = eventually("all are stored", lambda: (found := self.journal.messages()) and len(found) == 10 and found)
            figures = self.stop(daemon, stream.sent)
        self.assertTrue(stored == stream.sent, [len(line) for line in stored])
        self.assertEqual((figures["written"], sum(figures["dropped"].values())), (10, 0))


if __name__ == "__main__":
    unittest.main()

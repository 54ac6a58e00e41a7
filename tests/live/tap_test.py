"""`logsniffd tap`: what flows through a running daemon and what it drops, seen live, at no cost to the records."""
import base64
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from asked import AskedTest
from daemon import Daemon, Stream, eventually, lines_of
from sniffer import BINARY, PATIENCE, PORT, own_network, send_udp, udp_listener

WELL, RUN_TIME, USAGE = 0, 1, 2


def setUpModule():
    own_network()


class Tap:
    """`logsniffd tap` with its output in files, begun once the daemon has answered it."""

    def __init__(self, socket_path, folder, *arguments):
        folder = Path(tempfile.mkdtemp(dir=folder))
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen([BINARY, "tap", *arguments, "--socket", str(socket_path)], stdout=out, stderr=err)

    def lines(self):
        return self.out.read_text().splitlines()

    def stop(self, sign=signal.SIGINT):
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE)


class TapTest(AskedTest):
    @contextlib.contextmanager
    def daemon(self, keys="", sink=None):
        self.config.write_text(f"""
capture: {{interfaces: [lo]}}
filters:
- name: app
  port: {PORT}
  to: [out]
{keys}
sinks:
  out: {sink or f"{{type: file, path: {self.output}, format: raw}}"}
daemon: {{log_level: debug, control: {self.socket}}}
""")
        with self.running() as daemon:
            yield daemon

    def tap(self, daemon, *arguments):
        before = self.threads(daemon)
        tap = Tap(self.socket, self.folder, *arguments)
        self.addCleanup(tap.process.kill)
        eventually("the daemon serves the tap", lambda: self.threads(daemon) > before)
        return tap

    def place(self, sink="out"):
        """Where the configuration defines a sink."""
        lines = self.config.read_text().splitlines()
        return f"{self.config}:{next(i for i, line in enumerate(lines, 1) if line.startswith(f'  {sink}:'))}"

    def dropped(self, sink="out"):
        """What the running daemon has counted as dropped by a sink, by reason."""
        report = json.loads(self.ask("status", "--json").stdout)
        return next(figures["dropped"] for figures in report["sinks"] if figures["name"] == sink)

    @staticmethod
    def threads(daemon):
        return len(os.listdir(f"/proc/{daemon.process.pid}/task"))


class Records(TapTest):
    def test_every_record_in_the_format_that_is_asked_for(self):
        with self.daemon() as daemon, Stream() as stream:
            text = self.tap(daemon, "--count", "3")
            template = self.tap(daemon, "app", "--format", "{filter}|{message}", "--match", "line [02]")
            stream.send(3, padding=0)
            self.assertEqual(text.process.wait(PATIENCE), WELL)
            self.assertRegex("\n".join(text.lines()), r"\A(\d\d:\d\d:\d\d\.\d{6} line \d \n?){3}\Z")
            eventually("the matching lines are shown", lambda: len(template.lines()) == 2)
            self.assertEqual(template.lines(), ["app|line 0 ", "app|line 2 "])
            self.assertEqual(template.stop(), -signal.SIGINT)
            eventually("nobody watches any more", lambda: self.threads(daemon) == 3)
            daemon.stop_in_order()

    def test_bytes_that_are_not_utf8_arrive_in_raw(self):
        with self.daemon() as daemon, Stream() as stream:
            raw = self.tap(daemon, "--format", "raw", "--count", "1")
            stream.send_lines(b"caf\xe9")
            self.assertEqual(raw.process.wait(PATIENCE), WELL)
            self.assertEqual(raw.out.read_bytes(), b"caf\xe9\n")

    def test_hex_dump_below_each_record(self):
        with self.daemon() as daemon, Stream() as stream:
            tap = self.tap(daemon, "--format", "{message}", "-x", "--count", "1")
            stream.send_lines(b"hello")
            self.assertEqual(tap.process.wait(PATIENCE), WELL)
            self.assertEqual(tap.lines(), ["hello", "00000000  68 65 6c 6c 6f"])

    def test_reload_keeps_the_tap(self):
        with self.daemon() as daemon, Stream() as stream:
            tap = self.tap(daemon, "--dropped", "--format", "{message}")
            self.config.write_text(self.config.read_text().replace("  to: [out]", "\n\n  exclude: [line]\n  to: [out]"))
            subprocess.run([BINARY, "reload", "--socket", str(self.socket)], check=True, capture_output=True)
            stream.send(1, padding=0)
            eventually("the new key drops", tap.lines)
            self.assertEqual(tap.lines(), [f"line 0   [dropped by exclude: app, {self.config}:8]"])

    def test_end_of_the_daemon_is_told(self):
        with self.daemon() as daemon:
            tap = self.tap(daemon)
            daemon.stop_in_order()
            self.assertEqual(tap.process.wait(PATIENCE), RUN_TIME)
            self.assertIn("closed the connection", tap.err.read_text())

    def test_wrong_requests_are_usage_errors(self):
        with self.daemon():
            for arguments, words in ((["apq"], "did you mean 'app'?"), (["--format", "{x}"], "unknown field"),
                                     (["--match", "("], "not a valid RE2 expression"),
                                     (["--at", "wire"], "not in {record,stream,packet}"),
                                     (["--at", "stream", "--dropped"], "shown without --dropped, as gaps"),
                                     (["--at", "packet", "--format", "raw"], "is text or json, not 'raw'")):
                result = subprocess.run([BINARY, "tap", *arguments, "--socket", str(self.socket)], capture_output=True,
                                        text=True, timeout=PATIENCE)
                self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
                self.assertIn(words, result.stderr)


class Redacted(TapTest):
    KEYS = "  exclude: [noise]\n  redact: [{pattern: 'password=\\S+', with: 'password=***'}]"

    def test_nobody_sees_it(self):
        with self.daemon(self.KEYS) as daemon, Stream() as stream:
            routed = self.tap(daemon, "--format", "{message}", "-x", "--count", "1")
            dropped = self.tap(daemon, "--dropped", "--format", "{message}", "--count", "1")
            stream.send_lines(b"password=x", b"noise password=y")
            self.assertEqual((routed.process.wait(PATIENCE), dropped.process.wait(PATIENCE)), (WELL, WELL))
            self.assertEqual(routed.lines(), ["password=***", "00000000  70 61 73 73 77 6f 72 64  3d 2a 2a 2a"])
            self.assertEqual(dropped.lines(), [f"noise password=***  [dropped by exclude: app, {self.config}:7]"])
            eventually("the record is written", lambda: lines_of(self.output) == [b"password=***"])

    def test_bytes_of_its_traffic_are_refused(self):
        with self.daemon(self.KEYS) as daemon, Stream() as stream:
            for arguments in (["--at", "packet", "-x"], ["--at", "stream", "--match", "password=x"]):
                result = subprocess.run([BINARY, "tap", *arguments, "--socket", str(self.socket)], capture_output=True,
                                        text=True, timeout=PATIENCE)
                self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
                self.assertIn("filter app redacts", result.stderr)
            tap = self.tap(daemon, "--at", "stream", "--count", "1")
            stream.send_lines(b"password=x")
            self.assertEqual(tap.process.wait(PATIENCE), WELL)
            self.assertNotIn("password", tap.out.read_text())

    def test_reload_that_adds_it_ends_a_tap_of_bytes(self):
        with self.daemon() as daemon:
            tap = self.tap(daemon, "--at", "stream", "-x")
            self.config.write_text(self.config.read_text().replace("  to: [out]", "  to: [out]\n" + self.KEYS))
            subprocess.run([BINARY, "reload", "--socket", str(self.socket)], check=True, capture_output=True)
            self.assertEqual(tap.process.wait(PATIENCE), RUN_TIME)


class Dropped(TapTest):
    def test_reason_and_place_of_each_key(self):
        keys = "  severity: warning\n  match: [wanted]\n  exclude: [noise]"
        with self.daemon(keys) as daemon, Stream() as stream:
            tap = self.tap(daemon, "--dropped", "--format", "{message}", "--count", "3")
            stream.send_lines(b"<15>Oct 11 22:14:15 h a: wanted debug", b"<11>Oct 11 22:14:15 h a: other",
                              b"<11>Oct 11 22:14:15 h a: wanted noise", b"<11>Oct 11 22:14:15 h a: wanted")
            self.assertEqual(tap.process.wait(PATIENCE), WELL)
            self.assertEqual(tap.lines(), [f"wanted debug  [dropped by severity: app, {self.config}:7]",
                                           f"other  [dropped by match: app, {self.config}:8]",
                                           f"wanted noise  [dropped by exclude: app, {self.config}:9]"])
            eventually("the wanted one is written", lambda: lines_of(self.output) == [b"wanted"])

    def test_what_a_full_queue_drops(self):
        target = self.folder / "log.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as hanging:
            hanging.bind(str(target))
            hanging.listen()
            sink = f"{{type: syslog, to: 'unix://{target}', queue: 1MiB}}"
            with self.daemon(sink=sink) as daemon, Stream() as stream:
                tap = self.tap(daemon, "--dropped", "--format", "{message}", "--count", "1")
                for _ in range(400):
                    stream.send(100, padding=200)
                    if tap.process.poll() is not None:
                        break
                    time.sleep(0.01)
                self.assertEqual(tap.process.wait(PATIENCE), WELL)
                self.assertRegex(tap.lines()[0], rf"^line \d+ x+  \[dropped by queue full: out, {self.config}:\d+\]$")


class DroppedBySinks(TapTest):
    def test_the_very_records_that_a_full_disk_refuses(self):
        disk = self.folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        output = disk / "out.log"
        with self.daemon(sink=f"{{type: file, path: {output}, format: raw}}") as daemon, Stream() as stream:
            tap = self.tap(daemon, "--dropped", "--format", "{message}")
            other = self.tap(daemon, "--dropped", "--format", "json", "--match", "line 1999 ", "--count", "1")
            stream.send(2000)
            self.assertEqual(other.process.wait(PATIENCE), WELL)
            written = set(lines_of_running(output))
            lost = [line.decode() for line in stream.sent if line not in written]
            eventually("all that are missing are shown", lambda: len(tap.lines()) >= len(lost))
            self.assertEqual(tap.lines(), [f"{line}  [dropped by no space: out, {self.place()}]" for line in lost])
            ledger = daemon.stop_in_order()
            self.assertEqual(ledger["sinks"]["out"]["dropped"]["no_space"], len(lost))

    def test_redacted_records_for_a_target_that_is_not_there(self):
        with self.daemon(Redacted.KEYS, sink="{type: syslog, to: 'tcp://127.0.0.1:1'}") as daemon, Stream() as stream:
            tap = self.tap(daemon, "app", "--dropped", "--format", "{filter} {message}", "-x", "--match", "password", "--count", "1")
            stream.send_lines(b"other", b"password=x")
            self.assertEqual(tap.process.wait(PATIENCE), WELL)
            self.assertEqual(tap.lines(), [f"app password=***  [dropped by unreachable: out, {self.place()}]",
                                           "00000000  70 61 73 73 77 6f 72 64  3d 2a 2a 2a"])


class DroppedAtTheEnd(TapTest):
    @contextlib.contextmanager
    def running(self):
        class Unread(Daemon):
            """Nobody reads its standard output before its end."""

            def _read_stdout(self):
                self.process.wait()
                super()._read_stdout()

        with Unread(self.config) as daemon:
            eventually("the control socket is there", self.socket.exists)
            yield daemon

    def test_what_a_sink_could_not_write_before_the_deadline(self):
        with self.daemon(sink="{type: stdout, format: raw}") as daemon, Stream() as stream:
            tap = self.tap(daemon, "--dropped", "--format", "{message}")
            stopped = self.tap(daemon, "--dropped")
            stopped.process.send_signal(signal.SIGSTOP)
            stream.send(2000, padding=100)
            eventually("the sink has them", lambda: self.routed() == len(stream.sent))
            # So that the sink leaves: it has less time than one that stays.
            self.config.write_text(self.config.read_text().replace("format: raw", "format: text"))
            self.assertEqual(self.ask("reload").returncode, WELL)
            ledger = daemon.stop_in_order()
            stopped.stop(signal.SIGKILL)
            self.assertEqual(tap.process.wait(PATIENCE), RUN_TIME)
            written = ledger["sinks"]["out"]["written"]
            self.assertLess(written, len(stream.sent))
            self.assertEqual(tap.lines(), [f"{line.decode()}  [dropped by shutdown: out, {self.place()}]"
                                           for line in stream.sent[written:]])

    def routed(self):
        return json.loads(self.ask("status", "--json").stdout)["ledger"]["sinks"]["out"]["routed"]


class Packets(TapTest):
    def test_packets_of_a_flow_with_their_verdict_and_bytes(self):
        with self.daemon() as daemon:
            tap = self.tap(daemon, "app", "--at", "packet", "-x", "--match", "hello")
            with Stream() as stream:
                stream.send_lines(b"hello")
                eventually("the packet is shown", lambda: len(tap.lines()) >= 2)
                source = f"127.0.0.1:{stream.socket.getsockname()[1]}"
            self.assertRegex(tap.lines()[0], rf"^\d\d:\d\d:\d\d\.\d{{6}} lo tcp {source} > 127.0.0.1:{PORT} 6 bytes, decoded$")
            self.assertEqual(tap.lines()[1], "00000000  68 65 6c 6c 6f 0a")
            daemon.stop_in_order()

    def test_dropped_packets_are_those_that_reach_no_stream(self):
        with self.daemon() as daemon, udp_listener(), socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw:
            tap = self.tap(daemon, "--at", "packet", "--dropped", "--format", "json", "-x", "--count", "1")
            send_udp(b"whole")
            datagram = struct.pack("!HHHH", 4000, PORT, 4, 0) + b"bad length"
            raw.sendto(datagram, ("127.0.0.1", 0))
            self.assertEqual(tap.process.wait(PATIENCE), WELL)
            line = json.loads(tap.lines()[0])
            self.assertEqual((line["event"], line["interface"], line["verdict"], line["reason"]),
                             ("packet", "lo", "malformed", "udp_length"))
            self.assertTrue(base64.b64decode(line["payload"]).endswith(datagram))

    def test_older_daemon_is_told_from_one_that_knows_where_to_watch(self):
        path = self.folder / "old.sock"
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(str(path))
            old.listen()
            client = subprocess.Popen([BINARY, "tap", "--at", "packet", "--socket", str(path)], stderr=subprocess.PIPE, text=True)
            with old.accept()[0] as connection:
                connection.recv(1000)
                connection.sendall(b'{"version":1,"ok":true}\n')
                errors = client.communicate(timeout=PATIENCE)[1]
            self.assertEqual(client.returncode, RUN_TIME)
            self.assertIn("does not know --at", errors)


class Streams(TapTest):
    def test_what_reassembly_hands_on(self):
        with self.daemon() as daemon:
            tap = self.tap(daemon, "--at", "stream", "-x")
            with Stream() as stream:
                stream.send_lines(b"hello")
                eventually("the bytes are shown", lambda: "68 65 6c 6c 6f 0a" in tap.out.read_text())
                stream.send_lines(b"x" * 5000)
                eventually("the cut is told", lambda: "bytes more)" in tap.out.read_text())
                port = stream.socket.getsockname()[1]
            eventually("the end is shown", lambda: "end at 5007: fin" in tap.out.read_text())
            flow = f"tcp 127.0.0.1:{port} > 127.0.0.1:{PORT}"
            events = [line.split(" ", 1)[1] for line in tap.lines() if flow in line]
            self.assertEqual(events[:3], [f"- {flow} opened: handshake", f"lo {flow} 6 bytes at 0", f"lo {flow} 5001 bytes at 6"])
            self.assertIn("(905 bytes more)", tap.lines())
            with udp_listener():
                send_udp(b"datagram")
                eventually("the datagram is shown", lambda: "datagram of 8 bytes" in tap.out.read_text())
            daemon.stop_in_order()

    def test_json_lines_with_the_bytes(self):
        with self.daemon() as daemon, Stream() as stream:
            tap = self.tap(daemon, "--at", "stream", "--format", "json", "-x", "--count", "2")
            stream.send_lines(b"hello")
            self.assertEqual(tap.process.wait(PATIENCE), WELL)
            opened, sent = [json.loads(line) for line in tap.lines()]
            self.assertEqual((opened["event"], opened["reason"]), ("opened", "handshake"))
            self.assertEqual((sent["event"], sent["bytes"], sent["offset"], base64.b64decode(sent["payload"])),
                             ("bytes", 6, 0, b"hello\n"))


class Cost(TapTest):
    def test_stopped_readers_of_packets_and_streams_harm_nothing(self):
        sent = [b"line %d %s" % (i, b"x" * 2000) for i in range(6000)]
        with self.daemon() as daemon, udp_listener():
            taps = [self.tap(daemon, "--at", point, "-x") for point in ("packet", "stream")]
            for tap in taps:
                tap.process.send_signal(signal.SIGSTOP)
            send_udp(*sent)
            eventually("all lines are written", lambda: len(lines_of_running(self.output)) == len(sent))
            for tap in taps:
                tap.process.send_signal(signal.SIGCONT)

                def told(tap=tap):
                    sent.append(b"one more")
                    send_udp(sent[-1])
                    return "lost here (queue full)" in tap.err.read_text()
                eventually("the tap is told", told)
                tap.stop()
            daemon.stop_in_order()
            self.assertEqual(lines_of(self.output), sent)

    def test_readers_that_are_stopped_harm_nothing_and_learn_what_they_missed(self):
        with self.daemon() as daemon, Stream() as stream:
            tap = self.tap(daemon, "--format", "{message}")
            tap.process.send_signal(signal.SIGSTOP)
            stream.send(60_000, padding=100)
            eventually("all lines are written", lambda: len(lines_of_running(self.output)) == 60_000)
            tap.process.send_signal(signal.SIGCONT)

            def told():
                stream.send(1)
                return "records lost here (queue full)" in tap.err.read_text()
            eventually("the tap is told", told)
            self.assertRegex(tap.err.read_text(), r"this tap was too slow: logsniffd: [\d,]+ records lost")
            self.assertLess(len(tap.lines()), 60_000)
            tap.stop()
            ledger = daemon.stop_in_order()
            self.assertEqual(ledger["sinks"]["out"]["written"], len(stream.sent))
            self.assertEqual(lines_of(self.output), stream.sent)

    def test_stopped_reader_of_what_a_sink_drops_harms_nothing_and_learns_what_it_missed(self):
        with self.daemon(sink="{type: syslog, to: 'tcp://127.0.0.1:1'}") as daemon, Stream() as stream:
            tap = self.tap(daemon, "--dropped", "--format", "{message}")
            tap.process.send_signal(signal.SIGSTOP)
            stream.send(60_000, padding=100)
            eventually("all are dropped", lambda: self.dropped().get("unreachable") == 60_000)
            tap.process.send_signal(signal.SIGCONT)

            def told():
                stream.send(1)
                return "records lost here (queue full)" in tap.err.read_text()
            eventually("the tap is told", told)
            self.assertLess(len(tap.lines()), 60_000)
            tap.stop()
            ledger = daemon.stop_in_order()
            self.assertEqual(ledger["sinks"]["out"]["dropped"]["unreachable"], len(stream.sent))

    def test_no_more_than_eight(self):
        with self.daemon() as daemon:
            for _ in range(8):
                self.tap(daemon)
            result = subprocess.run([BINARY, "tap", "--socket", str(self.socket)], capture_output=True, text=True,
                                    timeout=PATIENCE)
            self.assertEqual(result.returncode, RUN_TIME)
            self.assertIn("8 programs watch already", result.stderr)
            daemon.stop_in_order()

    def test_taps_that_come_and_go_leave_no_descriptor_and_no_thread(self):
        with self.daemon() as daemon, Stream() as stream:
            def descriptors():
                return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
            before = descriptors(), self.threads(daemon)
            for i in range(50):
                client = socket.socket(socket.AF_UNIX)
                client.connect(str(self.socket))
                client.sendall(b'{"version":1,"command":"tap","arguments":{"dropped":%s}}\n' % (b"true" if i % 2 else b"false"))
                client.recv(100)
                stream.send(10)
                client.close()
            eventually("all taps have ended", lambda: (descriptors(), self.threads(daemon)) == before)
            daemon.stop_in_order()
            self.assertEqual(lines_of(self.output), stream.sent)


def lines_of_running(path):
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


if __name__ == "__main__":
    unittest.main()

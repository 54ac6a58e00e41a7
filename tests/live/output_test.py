"""What `sniff` prints, where, and how it ends."""
import datetime
import json
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from sniffer import BINARY, PATIENCE, PORT, LiveTest, Sniffer, own_network, send_tcp, send_udp, tcp_listener, udp_listener


def setUpModule():
    own_network()


class Formats(LiveTest):
    def test_text_time_is_local_time(self):
        with udp_listener(), Sniffer(PORT, env={"TZ": "XYZ-5:30"}) as sniffer:
            before = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
            send_udp(b"what time is it")
            shown = sniffer.lines(1)[0].decode().split(" ")[0]
        seconds = (datetime.datetime.strptime(shown, "%H:%M:%S.%f") - before.replace(year=1900, month=1, day=1, tzinfo=None))
        self.assertLess(seconds.total_seconds() % 86400, PATIENCE, f"{shown} is not soon after {before}")

    def test_json_is_one_object_a_line(self):
        with udp_listener(), Sniffer("--format", "json", PORT) as sniffer:
            send_udp(b"<27>1 2026-01-02T03:04:05.678Z web nginx 42 ID7 - upstream \"gone\"")
            record = json.loads(sniffer.lines(1)[0])
        self.assertRegex(record["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}([+-]\d\d:\d\d|Z)$")
        self.assertEqual(record["src"]["addr"], "127.0.0.1")
        self.assertEqual(record["dst"], {"addr": "127.0.0.1", "port": PORT})
        self.assertEqual({key: record.get(key) for key in ("protocol", "interface", "severity", "facility", "host", "app", "pid",
                                                           "msgid", "message")},
                         {"protocol": "udp", "interface": "lo", "severity": "err", "facility": "daemon", "host": "web",
                          "app": "nginx", "pid": "42", "msgid": "ID7", "message": 'upstream "gone"'})

    def test_json_leaves_absent_values_out(self):
        with udp_listener(), Sniffer("--format", "json", PORT) as sniffer:
            send_udp(b"plain")
            record = json.loads(sniffer.lines(1)[0])
        self.assertTrue({"host", "app", "pid", "msgid", "sent", "fields", "severity"}.isdisjoint(record), record)

    def test_raw_is_the_bytes(self):
        with udp_listener(), Sniffer("--format", "raw", PORT) as sniffer:
            send_udp(b"tab\tand \xff\xfe")
            self.assertEqual(sniffer.lines(1) + sniffer.stop()[1], [b"tab\tand \xff\xfe"])

    def test_template(self):
        with tcp_listener(), Sniffer("--format", "{protocol} {dst} {src.addr} {{{message}}} {integrity}", PORT) as sniffer:
            send_tcp(b"braces\n")
            self.assertEqual(sniffer.lines(1), [f"tcp 127.0.0.1:{PORT} 127.0.0.1 {{braces}} whole".encode()])

    def test_hex_shows_link_type_and_bytes_before_the_record(self):
        payload = bytes(range(0x20, 0x50))
        with udp_listener(), Sniffer("-x", PORT) as sniffer:
            send_udp(payload)
            lines = []
            while not lines or not re.match(rb"\d\d:\d\d:\d\d\.\d{6} ", lines[-1]):
                lines += sniffer.lines(1)
            status, rest = sniffer.stop()
        self.assertEqual((status, rest), (0, []))
        self.assertRegex(lines[0].lower(), rb"ethernet|en10mb")
        packet, offset = b"", 0
        for line in lines:
            if match := re.fullmatch(rb"([0-9a-f]{8}) ((?: {1,2}[0-9a-f]{2}){1,16}) *", line):
                self.assertEqual(int(match[1], 16), offset, line)
                packet += bytes.fromhex(match[2].decode())
                offset += 16
        self.assertEqual(len(packet), 14 + 20 + 8 + len(payload), lines)
        self.assertTrue(packet.endswith(payload), lines)

    def test_match_and_exclude(self):
        with udp_listener(), Sniffer("--match", "ERROR|WARN", "--exclude", "health", PORT) as sniffer:
            send_udp(b"ERROR one", b"INFO two", b"WARN health", b"WARN three")
            self.assert_seen(sniffer, ["ERROR one", "WARN three"])

    def test_bpf_without_port(self):
        with udp_listener(), Sniffer("--filter", f"udp dst port {PORT}") as sniffer:
            send_udp(b"by expression")
            self.assert_seen(sniffer, ["by expression"])

    def test_output_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.log"
            with udp_listener(), Sniffer("-o", path, "--format", "raw", PORT) as sniffer:
                send_udp(b"into the file", b"twice")
                self.assertEqual(sniffer.stop(), (0, []))
            self.assertEqual(path.read_bytes(), b"into the file\ntwice\n")


class Endings(LiveTest):
    def test_interrupt_flushes_what_was_sent_a_moment_before(self):
        lines = [f"line {number}" for number in range(1000)]
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), tcp_listener(), Sniffer(PORT) as sniffer:
                send_tcp("".join(line + "\n" for line in lines).encode())
                status, rest = sniffer.stop(number)
                self.assertEqual(self.messages(rest), lines)
                self.assertEqual(status, 0)

    def test_count_ends_after_so_many_records(self):
        with udp_listener(), Sniffer("--count", 3, PORT) as sniffer:
            send_udp(b"1", b"2", b"3", b"4", b"5")
            status, lines = sniffer.wait()
        self.assertEqual((status, self.messages(lines)), (0, ["1", "2", "3"]))

    def test_duration_ends_in_time(self):
        started = time.monotonic()
        with udp_listener(), Sniffer("--duration", "1s", PORT) as sniffer:
            send_udp(b"in time")
            status, lines = sniffer.wait()
        self.assertEqual((status, self.messages(lines)), (0, ["in time"]))
        self.assertGreaterEqual(time.monotonic() - started, 1)

    def test_closed_pipe_ends_it(self):
        command = f"exec '{BINARY}' sniff -i lo --format raw {PORT} | head -n 1; echo ${{PIPESTATUS[0]}}"
        with udp_listener(), subprocess.Popen(["bash", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                              stderr=subprocess.PIPE) as shell:
            while b"capturing on" not in shell.stderr.readline():
                self.assertIsNone(shell.poll())
            # head ends after the first line; a later line meets the closed pipe.
            send_udp(b"first")
            self.assertEqual(shell.stdout.readline(), b"first\n")
            while shell.poll() is None:
                send_udp(b"nobody reads this")
                time.sleep(0.02)
            self.assertIn(shell.stdout.read(), (b"0\n", b"1\n"))

    def test_stats_account_for_everything(self):
        with tcp_listener(), udp_listener(), Sniffer("--stats", "--exclude", "noise", PORT) as sniffer:
            send_tcp(b"one\nnoise\nthree\n")
            send_udp(b"four", b"noise")
            self.assert_seen(sniffer, ["one", "three", "four"])
            stats = json.loads(sniffer.stderr[-1])
        self.assertLessEqual({"packets", "streams", "records", "sinks", "unaccounted"}, set(stats))
        self.assertEqual(stats["unaccounted"], {"packets": 0, "bytes": 0, "records": 0})
        self.assertEqual(stats["records"]["framed"], 5, stats)
        self.assertEqual(stats["records"]["routed"], 3, stats)


class Commands(LiveTest):
    def run_command(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)

    def test_demo_shows_records(self):
        result = self.run_command("demo", "--duration", "2s")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreaterEqual(len(self.messages(result.stdout.encode().splitlines())), 3, result.stdout)

    def test_interfaces_names_loopback(self):
        result = self.run_command("interfaces")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^lo\b.*127\.0\.0\.1")


if __name__ == "__main__":
    unittest.main()

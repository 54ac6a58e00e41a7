"""What file sinks do when disks are full, files vanish under them, and they rotate under load: no line is torn, merged
or doubled, every loss is counted, and they continue by themselves. Needs a mount namespace of its own, in addition to
the network namespace."""
import gzip
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from daemon import Daemon, Stream, eventually
from sniffer import PORT, Sniffer, own_network, send_udp, udp_listener

SECONDS = float(os.environ.get("ROTATION_SECONDS", 60))  # under load, in test_every_second_for_a_minute
MARKER = re.compile(rb"logsniffd: ([\d,]+) records? lost here \(([a-z ]+)\) between ")
ROTATED = re.compile(r"app\.log\.\d{8}-\d{6}\.\d{3}(\.gz)?")


def setUpModule():
    own_network()


class FileFaults(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        self.folder = self.top / "logs"
        self.folder.mkdir()
        self.log = self.folder / "app.log"
        self.other = self.top / "other.log"  # of a second sink, to which nothing ever happens

    def mount(self, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.folder], check=True)

    def config(self, keys=""):
        path = self.top / "logsniffd.yaml"
        path.write_text(f"""
capture: {{interfaces: [lo]}}
filters: [{{name: app, port: {PORT}, to: [out, other]}}]
sinks:
  out: {{type: file, path: {self.log}, format: raw{keys}}}
  other: {{type: file, path: {self.other}, format: raw}}
daemon: {{log_level: debug}}
""")
        return path

    def whole_lines(self, path):
        """The lines of a file, which must be whole or absent."""
        if not path.exists():
            return []
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        self.assertTrue(text == b"" or text.endswith(b"\n"), f"{path.name} is torn: {text[-100:]}")
        return text.splitlines()

    def lines(self, path):
        """The lines of a file without loss markers."""
        return [line for line in self.whole_lines(path) if not MARKER.match(line)]

    def told_lost(self, path, reason):
        """The number of records that the loss markers of a file report as lost for `reason`."""
        markers = filter(None, map(MARKER.match, self.whole_lines(path)))
        return sum(int(marker[1].replace(b",", b"")) for marker in markers if marker[2] == reason)

    def seen(self):
        """The lines of the log file at this moment, which may be in the middle of a write or of a rotation."""
        try:
            return self.log.read_bytes().splitlines()
        except FileNotFoundError:
            return []

    def rotated(self):
        return sorted(path for path in self.folder.iterdir() if ROTATED.fullmatch(path.name))

    def all_lines(self):
        return [line for path in [*self.rotated(), self.log] for line in self.lines(path)]

    def wait_for_others(self, sent):
        eventually("the other sink has all", lambda: self.other.exists() and self.other.read_bytes().count(b"\n") >= len(sent))
        self.assertEqual(self.lines(self.other), sent)

    def stop(self, daemon):
        """Stops the daemon and returns the figures of the sink under test."""
        self.assertEqual(daemon.stop(signal.SIGTERM)[0], 0, daemon.stderr)
        ledger = daemon.ledger()
        self.assertEqual(ledger["unaccounted"], {"packets": 0, "bytes": 0, "records": 0})
        other = ledger["sinks"]["other"]
        self.assertEqual(other["written"], other["routed"], "the other sink was touched")
        return ledger["sinks"]["out"]


class FullDisk(FileFaults):
    def test_full_and_freed_again(self):
        self.mount("size=64k")
        ballast = self.folder / "ballast"
        ballast.write_bytes(bytes(32 * 1024))
        complaint = f"writing {self.log}: No space left on device"
        with Daemon(self.config()) as daemon, Stream() as stream:
            stream.send(2000)
            self.wait_for_others(stream.sent)
            eventually("a complaint", lambda: any(complaint in line for line in daemon.stderr))
            ballast.unlink()
            before = len(stream.sent)
            stream.send(50)
            eventually("lines after the disk was full", lambda: stream.sent[-1] in self.seen())
            figures = self.stop(daemon)
        held = self.lines(self.log)
        self.assertGreater(len(held), 150)
        self.assertLess(len(held), 1000)
        self.assertEqual(held[-50:], stream.sent[before:])
        self.assertEqual(figures["written"], len(held))
        self.assertEqual(figures["dropped"]["no_space"], len(stream.sent) - len(held))
        self.assertEqual(self.told_lost(self.log, b"no space"), figures["dropped"]["no_space"])
        self.assertEqual(held, sorted(set(held), key=stream.sent.index), "doubled, or out of order")

    def test_sniff_to_a_full_disk_leaves_whole_lines(self):
        self.mount("size=16k")
        lines = [b"line %d %s" % (i, b"x" * 90) for i in range(400)]
        with udp_listener(), Sniffer("--format", "raw", "-o", self.log, "--stats", PORT) as sniffer:
            send_udp(*lines)
            sniffer.stop()
        stats = json.loads(sniffer.stderr[-1])
        held = self.lines(self.log)
        self.assertGreater(len(held), 50)
        self.assertLessEqual(set(held), set(lines))
        self.assertEqual(stats["unaccounted"], {"packets": 0, "bytes": 0, "records": 0})
        self.assertEqual(sum(sink["written"] for sink in stats["sinks"].values()), len(held))

    def test_rotation_without_room_for_a_new_file_goes_on_in_the_old_one(self):
        self.mount("size=1m,nr_inodes=2")  # the folder, and one file
        with Daemon(self.config(", rotate: {size: 4KiB}")) as daemon, Stream() as stream:
            stream.send(200)
            self.wait_for_others(stream.sent)
            eventually("all lines in one file", lambda: self.seen() == stream.sent)
            self.assertEqual(self.rotated(), [])
            subprocess.run(["mount", "-o", "remount,nr_inodes=100", self.folder], check=True)
            eventually("a rotation", self.rotated, lambda: stream.send(1))
            figures = self.stop(daemon)
        self.assertEqual(self.all_lines(), stream.sent)
        self.assertGreater(figures["rotation_failed"], 0)
        said = [line for line in daemon.stderr if "rotation failed" in line]
        self.assertEqual(len(said), 1, said)
        self.assertIn("No space left on device", said[0])


class Vanishing(FileFaults):
    def test_moved_file_is_made_anew(self):
        with Daemon(self.config()) as daemon, Stream() as stream:
            stream.send(10)
            eventually("the first lines", lambda: self.seen() == stream.sent)
            moved = self.log.rename(self.folder / "moved")
            eventually("a new file", self.log.exists, lambda: stream.send(1))
            self.stop(daemon)
        self.assertEqual(self.lines(moved) + self.lines(self.log), stream.sent)

    def test_deleted_file_is_made_anew(self):
        with Daemon(self.config()) as daemon, Stream() as stream:
            stream.send(10)
            eventually("the first lines", lambda: self.seen() == stream.sent)
            self.log.unlink()
            eventually("a new file", self.log.exists, lambda: stream.send(1))
            stream.send(10)
            self.stop(daemon)
        held = self.lines(self.log)
        self.assertEqual(held, stream.sent[-len(held):])
        self.assertGreater(len(held), 10)

    def test_reopen_on_signal_is_at_once(self):
        with Daemon(self.config()) as daemon, Stream() as stream:
            stream.send(10)
            eventually("the first lines", lambda: self.seen() == stream.sent)
            moved = self.log.rename(self.folder / "moved")
            daemon.process.send_signal(signal.SIGUSR1)
            eventually("a new file", self.log.exists)
            stream.send(10)
            self.stop(daemon)
        self.assertEqual((self.lines(moved), self.lines(self.log)), (stream.sent[:10], stream.sent[10:]))

    def test_what_is_no_file_is_not_written_to(self):
        precious = self.top / "precious"
        precious.write_bytes(b"precious\n")
        for make in (lambda: self.log.symlink_to(precious), lambda: os.mkfifo(self.log), self.log.mkdir):
            with self.subTest(make), Daemon(self.config()) as daemon, Stream() as stream:
                stream.send(10)
                eventually("the first lines", lambda: stream.sent[-1] in self.seen())
                self.log.unlink()
                make()
                eventually("a complaint", lambda: any(f"{self.log}: " in line for line in daemon.stderr),
                                lambda: stream.send(1))
                self.log.rmdir() if self.log.is_dir() and not self.log.is_symlink() else self.log.unlink()
                eventually("a new file", self.log.exists, lambda: stream.send(1))
                figures = self.stop(daemon)
                held = self.lines(self.log)
                self.assertEqual(held, stream.sent[-len(held):])
                self.assertGreater(figures["dropped"]["io_error"], 0)
                self.assertEqual(self.told_lost(self.log, b"io error"), figures["dropped"]["io_error"])
                self.log.unlink()
                self.other.unlink()
        self.assertEqual(precious.read_bytes(), b"precious\n")

    def test_copytruncate_leaves_neither_holes_nor_torn_lines(self):
        with Daemon(self.config()) as daemon, Stream() as stream:
            for _ in range(20):
                stream.send(500)
                time.sleep(0.02)
                os.truncate(self.log, 0) if self.log.exists() else None
            last = len(stream.sent)
            stream.send(10)
            self.wait_for_others(stream.sent)
            self.stop(daemon)
        held = self.log.read_bytes().splitlines()
        self.assertEqual(held[-10:], stream.sent[last:])
        self.assertLessEqual(set(held), set(stream.sent))


class Rotation(FileFaults):
    def test_every_second_for_a_minute(self):
        with Daemon(self.config(", sync: interval, rotate: {every: 1s, size: 1MiB, keep: 10000, compress: gzip}")) as daemon:
            with Stream() as stream:
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    stream.send(random.randrange(400))
                    time.sleep(random.random() / 50)
                self.wait_for_others(stream.sent)
                figures = self.stop(daemon)
        self.assertEqual(self.all_lines(), stream.sent)
        self.assertEqual(figures["written"], len(stream.sent))
        self.assertGreater(figures["rotated"], SECONDS * 0.8)
        self.assertEqual(figures["rotation_failed"], 0)
        self.assertGreater(len([path for path in self.rotated() if path.suffix == ".gz"]), SECONDS / 2)
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith(".")], [])

    def test_only_so_many_are_kept(self):
        (self.folder / "app.log.1").write_bytes(b"not ours\n")
        with Daemon(self.config(", rotate: {size: 64KiB, keep: 3, compress: gzip}")) as daemon, Stream() as stream:
            stream.send(20_000)
            self.wait_for_others(stream.sent)
            eventually("three files, all compressed",
                            lambda: [path.suffix for path in self.rotated()] == [".gz"] * 3)
            self.stop(daemon)
        held = self.all_lines()
        self.assertEqual(held, stream.sent[-len(held):])
        self.assertEqual((self.folder / "app.log.1").read_bytes(), b"not ours\n")

    def test_kills_lose_and_double_nothing_that_was_written(self):
        written = []
        for _ in range(10):
            with Daemon(self.config(", rotate: {size: 256KiB, keep: 10000, compress: gzip}")) as daemon, Stream() as stream:
                stream.sent = list(written)  # so that no line occurs twice in all rounds
                stream.send(20_000)
                eventually("all lines in the file", lambda: self.seen()[-1:] == stream.sent[-1:])
                daemon.process.kill()
                daemon.process.wait()
                written = stream.sent
        with Daemon(self.config(", rotate: {size: 256KiB, keep: 10000, compress: gzip}")) as daemon:
            eventually("what was left over is done",
                            lambda: all(path.suffix == ".gz" for path in self.rotated())
                            and not any(path.name.startswith(".") for path in self.folder.iterdir()))
            self.stop(daemon)
        self.assertEqual(self.all_lines(), written)


if __name__ == "__main__":
    unittest.main()

"""`logsniffd top` on a real terminal, of tmux, while lines are sent; and without a terminal."""
import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import unittest
from pathlib import Path

from asked import AskedTest
from daemon import Stream, eventually
from sniffer import BINARY, PATIENCE, PORT, own_network

WELL, NOT_RUNNING, TROUBLE = 0, 1, 3
BLOCKS = "▁▂▃▄▅▆▇█"


def setUpModule():
    own_network()


class Terminal:
    """A shell in a terminal of its own, which tmux keeps."""

    def __init__(self, folder, columns, rows):
        self.env = os.environ | {"LC_ALL": "C.UTF-8", "TMUX_TMPDIR": str(folder)}
        self.columns, self.rows = columns, rows

    def __enter__(self):
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(self.columns), "-y", str(self.rows),
                  "env", "PS1=shell> ", "LC_ALL=C.UTF-8", "sh")
        eventually("the shell is ready", lambda: "shell>" in self.text())
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-u", "-L", "top", *arguments], check=True, capture_output=True, text=True,
                              timeout=PATIENCE, env=self.env).stdout

    def text(self):
        return self.tmux("capture-pane", "-p")

    def lines(self):
        return self.text().split("\n")

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, line):
        self.tmux("send-keys", "-l", line)
        self.press("Enter")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def shows(self, *parts, meanwhile=lambda: None):
        """Waits until all of them are on the screen; returns the screen."""
        shown = [""]

        def all_there():
            shown[0] = self.text()
            return all(part in shown[0] for part in parts)

        try:
            eventually(f"{parts} are shown", all_there, meanwhile)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{shown[0]}") from None
        return shown[0]


class TopTest(AskedTest):
    def setUp(self):
        super().setUp()
        self.configure()

    def configure(self, more_filters=""):
        self.config.write_text(f"""
capture: {{interfaces: [lo]}}
filters:
- {{name: app, port: {PORT}, exclude: [noise], to: [out]}}
- {{name: quiet, port: 9, to: [out]}}
{more_filters}
sinks: {{out: {{type: file, path: {self.folder}/out.log, format: raw}}}}
daemon: {{log_level: debug, control: {self.socket}}}
""")

    @contextlib.contextmanager
    def top(self, columns=80, rows=24, prefix=""):
        with Terminal(self.folder, columns, rows) as terminal:
            terminal.type(f"clear; {prefix}{shlex.quote(BINARY)} top --socket {self.socket}")
            terminal.shows("logsniffd", "FILTER")
            yield terminal

    def once(self, **options):
        return self.ask("top", "--once", **options)

    def assert_shell_is_back(self, terminal):
        terminal.shows("shell>")
        terminal.type("stty -a | grep -o -e '[-]*echo ' -e '[-]*icanon'; echo status $?")
        text = terminal.shows("status 0")
        self.assertRegex(text, r"(?s)\nicanon.*\necho")
        self.assertNotIn("FILTER", text)


class Senders(TopTest):
    def test_busiest_are_reported_and_leave_when_they_are_silent(self):
        with self.running() as daemon, Stream() as stream:
            self.assertEqual(json.loads(self.ask("status", "--json").stdout)["senders"], [])
            stream.send(100)

            def senders():
                return json.loads(self.ask("status", "--json").stdout)["senders"]
            (sender,) = eventually("the sender is known", senders)
            self.assertEqual(sender["address"], "127.0.0.1")
            self.assertGreater(sender["records_per_s"], 0)
            self.assertGreater(sender["bytes_per_s"], 60 * sender["records_per_s"])
            self.assertIn("SENDER", self.once().stdout)
            eventually("it is forgotten", lambda: senders() == [], patience=25)
            daemon.stop_in_order()


class Screen(TopTest):
    def busy(self, columns, rows):
        with self.running(), Stream() as stream, self.top(columns, rows) as terminal:
            def send():
                stream.send(20)
                stream.send_lines(b"noise")

            def counted():
                row = re.search(rf"^app +([\d,]+) +([\d.k]+) +([{BLOCKS}]+) +\d+ s +([\d,]+) \(exclude", terminal.text(), re.M)
                return row if row and len(row[3]) > 2 and float(row[2].rstrip("k")) > 0 else None

            eventually("a row with a rate and its course", counted, meanwhile=send)
            text = terminal.shows(": well, up", "packets ", "quiet", "never", "SINK", "working", "unaccounted  packets 0, bytes 0, records 0",
                                  "q quit", meanwhile=send)
            self.assertRegex(text, rf"(?m)^out +working +[\d.k]+ +[{BLOCKS}]+ [█░]{{4}} +<?\d+% ")
            self.assertRegex(text, r"(?m)^127\.0\.0\.1 +[\d.k]+ +[\d.]+ \w+$")
            lines = text.rstrip("\n").split("\n")
            self.assertEqual(len(lines), rows)
            self.assertTrue(lines[0].startswith("logsniffd "))
            self.assertTrue(lines[-1].startswith("q quit"))
            self.assertLessEqual(max(map(len, lines)), columns)
            return text

    def test_smallest_terminal(self):
        self.assertIn("LAST 12 S", self.busy(80, 24))

    def test_large_terminal_shows_a_longer_course(self):
        self.assertIn("LAST 52 S", self.busy(200, 50))

    def test_rate_falls_within_seconds_when_nothing_comes(self):
        with self.running(), Stream() as stream, self.top() as terminal:
            eventually("a rate", lambda: re.search(r"^app +[\d,]+ +[1-9]", terminal.text(), re.M), meanwhile=lambda: stream.send(20))
            # The daemon's own rates are means of 10 s or more.
            eventually("no rate", lambda: re.search(r"^app +[\d,]+ +0\.0 ", terminal.text(), re.M), patience=8)

    def test_size_of_the_terminal_is_followed(self):
        with self.running(), self.top() as terminal:
            for columns, rows, course in ((120, 30, 25), (60, 10, 12), (80, 24, 12)):
                terminal.resize(columns, rows)
                eventually("the screen has the new size",
                           lambda: terminal.text().rstrip("\n").count("\n") == rows - 1 and terminal.lines()[rows - 1].startswith("q quit"))
                terminal.shows(f"LAST {course} S")
            terminal.press("q")
            self.assert_shell_is_back(terminal)

    def test_locale_without_utf8_has_ascii(self):
        with self.running(), Stream() as stream, self.top(prefix="LC_ALL=C ") as terminal:
            stream.send(5)
            eventually("a course", lambda: re.search(r"^app +[\d,]+ +[\d.]+ +[_.:=+*#-]+ ", terminal.text(), re.M))
            self.assertTrue(terminal.text().isascii())

    def test_trouble_is_shown(self):
        self.configure("- {name: bad, port: 10, to: [out]}")
        with self.running(), self.top() as terminal:
            terminal.shows("well")
            self.config.write_text("filters: 7\n")
            subprocess.run([BINARY, "reload", "--socket", self.socket], capture_output=True, timeout=PATIENCE)
            terminal.shows("TROUBLE", "! the last reload failed")
            self.assertEqual(self.once().returncode, TROUBLE)


class Keys(TopTest):
    def test_sorting(self):
        with self.running(), self.top() as terminal:
            for word in ("records", "dropped", "name", "rate"):
                terminal.press("s")
                terminal.shows(f"sort: {word}")
            terminal.press("s", "s", "s", "r")
            text = terminal.shows("sort: name, reversed")
            self.assertLess(text.index("\nquiet"), text.index("\napp"))

    def test_pause_holds_the_figures(self):
        with self.running(), Stream() as stream, self.top() as terminal:
            terminal.shows("well")
            terminal.press("Space")
            terminal.shows("PAUSED", "space continue")
            row = re.search(r"^app .*$", terminal.text(), re.M)[0]
            stream.send(1000)
            eventually("the lines are written", lambda: (self.folder / "out.log").read_bytes().count(b"\n") == 1000)
            terminal.press("s")
            self.assertIn(row, terminal.shows("sort: records"))
            terminal.press("Space")
            terminal.shows("1,000")
            self.assertNotIn("PAUSED", terminal.text())

    def test_help(self):
        with self.running(), self.top() as terminal:
            terminal.press("h")
            self.assertNotIn("FILTER", terminal.shows("reverse the order"))
            terminal.press("?")
            self.assertNotIn("reverse the order", terminal.shows("FILTER"))

    def test_long_list_is_scrolled(self):
        self.configure("\n".join(f"- {{name: more-{i:02}, port: {20000 + i}, to: [out]}}" for i in range(60)))
        with self.running(), self.top() as terminal:
            terminal.shows("more-00", "lines 1-19 of 66")
            terminal.press("Down")
            terminal.shows("lines 2-20 of 66")
            terminal.press("NPage")
            terminal.shows("lines 21-39 of 66")
            terminal.press("PPage")
            terminal.shows("lines 2-20 of 66")
            terminal.press("End")
            terminal.shows("SINK", "lines 48-66 of 66")
            terminal.press("Home", "Up")
            terminal.shows("FILTER", "lines 1-19 of 66")

    def test_end_leaves_the_terminal_as_it_was(self):
        for keys in (["q"], ["C-c"]):
            with self.subTest(keys), self.running(), self.top() as terminal:
                terminal.press(*keys)
                self.assert_shell_is_back(terminal)

    def test_signal_leaves_the_terminal_as_it_was(self):
        with self.running(), self.top(prefix=f"echo $$ > {self.folder}/pid; ") as terminal:
            shell = (self.folder / "pid").read_text().strip()
            children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
            self.assertEqual(len(children), 1)
            os.kill(int(children[0]), signal.SIGTERM)
            self.assert_shell_is_back(terminal)

    def test_stopped_by_the_terminal_and_continued(self):
        with self.running(), self.top() as terminal:
            terminal.press("C-z")
            terminal.shows("shell>", "Stopped")
            terminal.type("fg")
            terminal.shows("FILTER", "q quit")


class DaemonComesAndGoes(TopTest):
    def test_screen_waits_and_continues(self):
        with self.top_over_two_daemons() as (terminal, second):
            with second() as daemon, Stream() as stream:
                eventually("it is well again", lambda: ": well" in terminal.lines()[0])
                stream.send(7)
                eventually("its figures are shown", lambda: re.search(r"^app +7 ", terminal.text(), re.M))
                self.assertNotIn("waiting", terminal.text())
                daemon.stop_in_order()

    @contextlib.contextmanager
    def top_over_two_daemons(self):
        with contextlib.ExitStack() as stack:
            with self.running() as daemon:
                terminal = stack.enter_context(self.top())
                terminal.shows(": well")
                daemon.stop_in_order()
            text = terminal.shows("logsniffd is not running, waiting")
            self.assertIn("FILTER", text)
            self.assertIn("quiet", text)
            yield terminal, self.running

    def test_daemon_that_hangs_is_told_and_keys_still_work(self):
        with self.running() as daemon, self.top() as terminal:
            terminal.shows(": well")
            daemon.process.send_signal(signal.SIGSTOP)
            try:
                terminal.shows("logsniffd does not answer, waiting")
                terminal.press("h")
                terminal.shows("reverse the order")
                terminal.press("h")
            finally:
                daemon.process.send_signal(signal.SIGCONT)
            terminal.shows(": well")

    def test_nobody_runs(self):
        with Terminal(self.folder, 80, 24) as terminal:
            terminal.type(f"{shlex.quote(BINARY)} top --socket {self.socket}; echo status $?")
            terminal.shows("logsniffd is not running", f"status {NOT_RUNNING}")


class Once(TopTest):
    def test_frame_in_a_pipe_is_plain_text(self):
        with self.running(), Stream() as stream:
            stream.send(5)
            eventually("the lines are written", lambda: self.once().stdout.count("app                5 "))
            result = self.once()
            self.assertEqual((result.returncode, result.stderr), (WELL, ""))
            for part in (": well, up", "FILTER", "quiet", "never", "SINK", "working", "unaccounted  packets 0, bytes 0, records 0"):
                self.assertIn(part, result.stdout)
            self.assertNotIn("\x1b", result.stdout)
            self.assertLessEqual(max(map(len, result.stdout.splitlines())), 80)

    def test_nobody_runs(self):
        result = self.once()
        self.assertEqual((result.returncode, result.stdout), (NOT_RUNNING, ""))
        self.assertIn("logsniffd is not running", result.stderr)

    def test_output_that_is_full_is_an_error(self):
        with self.running(), open("/dev/full", "w") as full:
            result = subprocess.run([BINARY, "top", "--once", "--socket", self.socket], stdout=full, stderr=subprocess.PIPE,
                                    text=True, timeout=PATIENCE)
            self.assertEqual(result.returncode, 1)
            self.assertIn("standard output", result.stderr)

    def test_terminal_that_cannot_place_its_cursor_gets_the_plain_frame(self):
        with self.running(), Terminal(self.folder, 80, 24) as terminal:
            terminal.type(f"clear; TERM=dumb {shlex.quote(BINARY)} top --socket {self.socket}; echo status $?")
            self.assertIn("FILTER", terminal.shows(f"status {WELL}"))

    def test_without_a_terminal_it_ends_by_itself(self):
        with self.running():
            result = subprocess.run([BINARY, "top", "--socket", self.socket], stdin=subprocess.DEVNULL, capture_output=True,
                                    text=True, timeout=PATIENCE)
            self.assertEqual(result.returncode, WELL)
            self.assertIn("FILTER", result.stdout)


if __name__ == "__main__":
    unittest.main()

"""`logsniffd test`: a capture through a configuration, and nothing written anywhere else."""
import contextlib
import os
import re
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from examples import captures
from sniffer import BINARY, PATIENCE, own_network

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden"
EXAMPLES = Path(__file__).parent / "examples"  # for each of config/examples a capture, and what the sinks write of it
LOGIN = "two-filters-final"


def setUpModule():
    own_network()


def run(*arguments, zone="UTC", **options):
    return subprocess.run([BINARY, "test", *map(str, arguments)], env=os.environ | {"TZ": zone}, capture_output=True, text=True,
                          timeout=PATIENCE, **({} if "stdin" in options or "input" in options else {"stdin": subprocess.DEVNULL}),
                          **options)


def capture(name):
    return GOLDEN / name / "input.pcap"


def files_below(folder):
    return {str(path): path.read_bytes() if path.is_file() else None for path in Path(folder).rglob("*")}


class TrialTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def config(self, text):
        path = self.folder / "logsniffd.yaml"
        path.write_text(text)
        return path

    def expected(self, name=LOGIN):
        """A copy of what the golden case `name` expects, and the arguments that compare with it."""
        folder = self.folder / "expected"
        folder.mkdir()
        for file in (GOLDEN / name / "expected").iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        return folder, (capture(name), "--config", GOLDEN / name / "case.yaml", "--expect", folder)


class Golden(TrialTest):
    def test_lines_are_those_that_the_real_sinks_write(self):
        for case in sorted(path.parent for path in GOLDEN.glob("*/case.yaml")):
            with self.subTest(case.name):
                result = run(next(case.glob("input.*")), "--config", case / "case.yaml", "--expect", case / "expected")
                self.assertEqual((result.returncode, result.stdout), (0, f"{case}/expected: as expected\n"), result.stderr)
                self.assertIn("unaccounted 0\n", result.stderr)


class Examples(TrialTest):
    def test_they_do_what_is_expected(self):
        for name in captures.EXAMPLES:
            with self.subTest(name):
                result = run(EXAMPLES / name / "input.pcap", "--config", ROOT / f"config/examples/{name}.yaml", "--expect",
                             EXAMPLES / name / "expected")
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                self.assertTrue(result.stderr.endswith("unaccounted 0\n"), result.stderr)

    def test_each_has_a_capture_and_is_in_the_list_of_the_documentation(self):
        shipped = {path.stem for path in (ROOT / "config/examples").iterdir()}
        self.assertEqual(shipped, set(captures.EXAMPLES))
        listed = re.findall(r"\(\.\./config/examples/(\S+)\.yaml\)", (ROOT / "docs/configuration.md").read_text())
        self.assertEqual(sorted(listed), sorted(shipped))

    def test_captures_are_those_of_their_script(self):
        for name in captures.EXAMPLES:
            self.assertEqual((EXAMPLES / name / "input.pcap").read_bytes(), captures.written(name), f"run {captures.__file__}")


class Output(TrialTest):
    def test_each_sink_has_a_heading_and_indented_lines(self):
        result = run(capture(LOGIN), "--config", GOLDEN / LOGIN / "case.yaml")
        self.assertEqual(result.stdout, "sink audit (stdout): 2 records\n"
                                        "  audit INFO login of alice\n"
                                        "  audit ERROR login of mallory refused\n"
                                        "sink errors (stdout): 2 records\n"
                                        "  errors ERROR disk full\n"
                                        "  errors ERROR login of mallory refused\n"
                                        "sink rest (stdout): 2 records\n"
                                        "  rest INFO started\n"
                                        "  rest INFO login of alice\n")
        self.assertEqual(result.stderr, "logsniffd: packets 7, ignored: 0, malformed: 0; records 4, filtered: 0; written 6, "
                                        "damaged: 0; unaccounted 0\n")

    def test_standard_input_gives_the_same(self):
        arguments = ("--config", GOLDEN / LOGIN / "case.yaml")
        with open(capture(LOGIN), "rb") as file:
            piped = run("-", *arguments, stdin=file)
        self.assertEqual((piped.returncode, piped.stdout), (0, run(capture(LOGIN), *arguments).stdout))

    def test_what_filters_drop_and_what_is_damaged_is_counted(self):
        filtered = run(capture("match-and-exclude"), "--config", GOLDEN / "match-and-exclude/case.yaml")
        self.assertRegex(filtered.stderr, r"filtered: no_match \d+, excluded \d+;")
        damaged = run(capture("unfinished-last-line"), "--config", GOLDEN / "unfinished-last-line/case.yaml")
        self.assertRegex(damaged.stdout, r"(?m)^sink \S+ \(.*\): \d+ records?, damaged: unfinished 2$")
        self.assertIn("damaged: unfinished 2; unaccounted 0\n", damaged.stderr)

    def test_each_file_of_a_templated_path_is_named_where_its_lines_begin(self):
        config = self.config("filters: [{name: all, port: 9988, to: [out]}]\n"
                             "sinks: {out: {type: file, path: '/logs/{message}', format: '{message}'}}\n")
        result = run(capture(LOGIN), "--config", config)
        self.assertIn("  ==> /logs/INFO started <==\n  INFO started\n  ==> /logs/ERROR disk full <==\n", result.stdout)

    def test_journal_field_with_several_lines_is_one_line(self):
        config = self.config("filters: [{name: all, port: 9988, multiline: traceback, to: [out]}]\nsinks: {out: {type: journald}}\n")
        result = run(capture("multiline-traceback"), "--config", config)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^  MESSAGE=.*\\n.*$\n^  PRIORITY=")

    def test_time_zone_is_that_of_the_environment(self):
        config = self.config("filters: [{name: all, port: 9988, to: [out]}]\nsinks: {out: {type: syslog, protocol: rfc5424}}\n")
        self.assertIn("T15:57:44.003000+05:30 ", run(capture(LOGIN), "--config", config, zone="XYZ-5:30").stdout)


class Expectations(TrialTest):
    def test_difference_is_shown_and_is_exit_status_1(self):
        folder, arguments = self.expected()
        (folder / "rest").write_text("rest INFO login of alice\nrest INFO goodbye\n")
        result = run(*arguments)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, f"--- {folder}/rest\n+++ sink rest\n@@ -1,2 +1,2 @@\n+rest INFO started\n"
                                        " rest INFO login of alice\n-rest INFO goodbye\n")

    def test_missing_and_additional_files_are_named(self):
        folder, arguments = self.expected()
        (folder / "audit").rename(folder / "former")
        (folder / ".gitignore").touch()
        result = run(*arguments)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, f"{folder}/audit: missing; sink audit writes 2 records\n"
                                        f"{folder}/former: no sink has this name; remove the file\n")

    def test_update_writes_what_differs_and_says_so(self):
        folder, arguments = self.expected()
        wanted = files_below(folder)
        (folder / "audit").unlink()
        (folder / "rest").write_text("longer than before\n" * 100)
        result = run(*arguments, "--update")
        self.assertEqual((result.returncode, result.stdout),
                         (0, f"{folder}/audit: new\n{folder}/rest: changed\n{folder}: as expected\n"), result.stderr)
        self.assertEqual(files_below(folder), wanted)
        self.assertEqual(run(*arguments).returncode, 0)

    def test_update_makes_the_folder(self):
        folder = self.folder / "made"
        result = run(capture(LOGIN), "--config", GOLDEN / LOGIN / "case.yaml", "--expect", folder, "--update")
        self.assertEqual((result.returncode, sorted(os.listdir(folder))), (0, ["audit", "errors", "rest"]), result.stderr)

    def test_failures(self):
        config = ("--config", GOLDEN / LOGIN / "case.yaml")
        cut = self.folder / "cut.pcap"
        cut.write_bytes(capture(LOGIN).read_bytes()[:-1])
        wrong = self.config("filters: [{name: all, port: 99888, to: [out]}]\nsinks: {out: {type: stdout}}\n")
        for arguments, status, said in (
                ((capture(LOGIN), *config, "--update"), 2, "--update requires --expect"),
                ((), 2, "capture is required"),
                ((capture(LOGIN), "--config", wrong), 2, f"{wrong}:1:"),
                ((capture(LOGIN), "--config", self.folder / "none"), 2, "none: No such file"),
                ((self.folder / "none", *config), 1, "none: cannot be opened"),
                ((capture(LOGIN), *config, "--expect", self.folder / "none"), 1, "no such folder; make it with --update"),
                ((cut, *config), 1, "ends inside the packet")):
            with self.subTest(said):
                result = run(*arguments)
                self.assertEqual(result.returncode, status, result.stderr)
                self.assertIn(said, result.stderr)
        self.assertIn("  audit INFO login of alice\n", result.stdout, "what came before the damage is shown")


class Outside(TrialTest):
    def test_no_target_spool_or_socket_is_touched(self):
        (self.folder / "outside").mkdir()
        with contextlib.ExitStack() as stack:
            tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            udp.bind(("127.0.0.1", 0))
            local = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            local.bind(str(self.folder / "log"))
            outside = f"{self.folder}/outside"
            config = self.config(f"""
filters:
  - {{name: all, port: 9988, to: [file, files, tcp, udp, local, journal, screen]}}
sinks:
  file: {{type: file, path: {outside}/a/b.log, rotate: {{size: 1MiB}}}}
  files: {{type: file, path: '{outside}/{{src.addr}}.log'}}
  tcp: {{type: syslog, to: 'tcp://127.0.0.1:{tcp.getsockname()[1]}', spool: {{path: {outside}/spool}}}}
  udp: {{type: syslog, to: 'udp://127.0.0.1:{udp.getsockname()[1]}'}}
  local: {{type: syslog, to: 'unix://{self.folder}/log'}}
  journal: {{type: journald, spool: {{path: {outside}/journal-spool}}}}
  screen: {{type: stdout}}
daemon: {{control: {outside}/control.sock, metrics: '127.0.0.1:{tcp.getsockname()[1]}'}}
""")
            before = files_below(self.folder)
            result = run(capture(LOGIN), "--config", config)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout.count("): 4 records\n"), 7, result.stdout)
            self.assertEqual(files_below(self.folder), before)
            for heard, ask in ((tcp, tcp.accept), (udp, lambda: udp.recv(1)), (local, lambda: local.recv(1))):
                heard.setblocking(False)
                self.assertRaises(BlockingIOError, ask)


if __name__ == "__main__":
    unittest.main()

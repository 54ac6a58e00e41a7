"""A running daemon is asked on its control socket, by its own commands and by programs that mean it no good."""
import contextlib
import json
import os
import socket
import subprocess
import unittest

from asked import AskedTest
from daemon import Stream, eventually
from sniffer import BINARY, PATIENCE, PORT, own_network

WELL, NOT_RUNNING, USAGE, TROUBLE = 0, 1, 2, 3


def setUpModule():
    own_network()


class ControlTest(AskedTest):
    def setUp(self):
        super().setUp()
        self.configure()

    def configure(self, more=""):
        self.config.write_text(f"""
capture: {{interfaces: [lo]}}
filters:
- name: app
  port: {PORT}
  exclude: [noise]
  to: [out]
sinks: {{out: {{type: file, path: {self.output}, format: raw}}}}
daemon: {{log_level: debug, control: {self.socket}}}
{more}
""")

    def status(self):
        result = self.ask("status", "--json")
        return result.returncode, json.loads(result.stdout)

    def written(self, count):
        code, report = self.status()
        return report if report["sinks"][0]["written"] == count else None

    def raw(self):
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.connect(str(self.socket))
        client.settimeout(PATIENCE)
        return client


class Status(ControlTest):
    def test_figures_are_those_of_the_ledger_and_the_file(self):
        with self.running() as daemon, Stream() as stream:
            stream.send(100)
            stream.send_lines(b"noise")
            stream.send(1)
            report = eventually("all lines are written", lambda: self.written(101))
            app = report["filters"][0]
            self.assertEqual((app["name"], app["place"], app["records"]), ("app", f"{self.config}:4", 101))
            others = dict.fromkeys(("severity", "where", "match", "sample", "repeat", "rate"), 0)
            self.assertEqual(app["dropped"], {"exclude": 1} | others)
            self.assertLess(app["last_record_age_s"], PATIENCE)
            self.assertEqual(report["interfaces"][0]["state"], "capturing")
            self.assertEqual(report["unaccounted"], {"packets": 0, "bytes": 0, "records": 0})
            self.assertEqual(report["generation"], 1)
            self.assertEqual((report["status"], report["problems"]), ("well", []))
            ledger = daemon.stop_in_order()
            self.assertEqual(ledger["sinks"]["out"]["written"], 101)
            self.assertEqual(report["ledger"]["records"]["framed"], ledger["records"]["framed"])

    def test_screen_answers_and_says_well(self):
        with self.running():
            result = self.ask("status")
            self.assertEqual((result.returncode, result.stderr), (WELL, ""))
            for word in (": well", "FILTER", "app", "SINK", "out", "unaccounted  packets 0, bytes 0, records 0"):
                self.assertIn(word, result.stdout)
            self.assertLessEqual(max(map(len, result.stdout.splitlines()[2:])), 80)

    def test_nobody_runs(self):
        result = self.ask("status")
        self.assertEqual((result.returncode, result.stdout), (NOT_RUNNING, ""))
        self.assertIn("logsniffd is not running", result.stderr)


class Reload(ControlTest):
    def test_good_one_says_so_and_is_in_force(self):
        with self.running(), Stream() as stream:
            self.configure("limits: {connections: 5}")
            result = self.ask("reload")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("number 2 since the start", result.stdout)
            code, report = self.status()
            self.assertEqual((report["generation"], report["connections"]["ceiling"]), (2, 5))
            stream.send(1)
            eventually("the line is written", lambda: self.written(1))

    def test_bad_one_tells_each_problem_and_the_daemon_is_in_trouble_until_the_next(self):
        with self.running():
            good = self.config.read_text()
            self.config.write_text(good + "limits: {conections: 5}\ncapturing: {}\n")
            result = self.ask("reload")
            self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
            self.assertIn("limits.conections: unknown key (did you mean 'connections'?)", result.stderr)
            self.assertIn("capturing: unknown key", result.stderr)
            self.assertIn("the previous configuration keeps running", result.stderr)
            code, report = self.status()
            self.assertEqual((code, report["status"], report["generation"]), (TROUBLE, "trouble", 1))
            self.assertIn("conections", report["problems"][0])
            self.config.write_text(good)
            self.assertEqual(self.ask("reload").returncode, 0)
            self.assertEqual(self.status()[0], WELL)

    def test_many_at_once_all_get_an_answer(self):
        with self.running():
            commands = [subprocess.Popen([BINARY, "reload", "--socket", str(self.socket)], stdout=subprocess.PIPE)
                        for _ in range(20)]
            for command in commands:
                self.assertIn(b"reloaded", command.communicate(timeout=PATIENCE)[0])
                self.assertEqual(command.returncode, 0)

    def test_socket_moves_with_its_key(self):
        with self.running():
            old = self.socket
            self.socket = self.folder / "moved.sock"
            self.configure()
            moved, self.socket = self.socket, old
            self.assertEqual(self.ask("reload").returncode, 0)
            self.socket = moved
            eventually("the new socket answers", lambda: self.ask("status").returncode == WELL)
            self.assertFalse(old.exists())


class Others(ControlTest):
    def test_reopen_follows_a_file_that_was_moved(self):
        with self.running(), Stream() as stream:
            stream.send(1)
            eventually("the line is written", lambda: self.written(1))
            self.output.rename(self.folder / "moved.log")
            self.assertEqual(self.ask("reopen").returncode, 0)
            stream.send(1)
            eventually("the next line is in a new file", lambda: self.output.exists() and self.output.read_text())

    def test_log_level_holds_until_the_next_reload(self):
        with self.running() as daemon:
            self.assertEqual(self.ask("log-level", "error").returncode, 0)
            self.ask("reopen")
            self.assertEqual(self.ask("reload").returncode, 0)
            self.ask("reopen")
            eventually("it is said", lambda: daemon.said("reopening the targets"))
            self.assertEqual(len(daemon.said("reopening the targets")), 1)

    def test_unknown_level_is_a_usage_error(self):
        result = self.ask("log-level", "loud")
        self.assertEqual(result.returncode, USAGE)


class Access(ControlTest):
    def as_user(self, user, groups, *arguments):
        return self.ask(*arguments, user=user, group="nogroup", extra_groups=groups)

    def test_group_of_the_socket_may_look_but_not_change(self):
        with self.running():
            self.assertEqual(self.as_user("nobody", ["adm"], "status").returncode, WELL)
            result = self.as_user("nobody", ["adm"], "reload")
            self.assertEqual(result.returncode, NOT_RUNNING)
            self.assertIn("only root and its own user", result.stderr)
            self.assertEqual(self.status()[1]["generation"], 1)

    def test_anybody_else_is_refused(self):
        with self.running():
            result = self.as_user("nobody", [], "status")
            self.assertEqual((result.returncode, result.stdout), (NOT_RUNNING, ""))
            self.assertIn("permission denied", result.stderr)
            # The credentials are checked as well: a mode that was widened by mistake gives nothing away.
            self.socket.chmod(0o666)
            result = self.as_user("nobody", [], "status")
            self.assertEqual((result.returncode, result.stdout), (NOT_RUNNING, ""))
            self.assertIn("may ask it", result.stderr)


class Hostile(ControlTest):
    def test_crowd_that_hangs_costs_no_record_and_leaves_room_for_the_operator(self):
        with self.running() as daemon, Stream() as stream:
            crowd = []
            for i in range(1000):
                crowd.append(self.raw())
                with contextlib.suppress(BrokenPipeError):  # there was no room for it
                    if i % 3 == 0:
                        crowd[-1].send(b'{"version":1,')
                stream.send(10)
            report = eventually("all lines are written", lambda: self.written(10_000))
            self.assertEqual(report["status"], "well")
            descriptors = len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
            self.assertLess(descriptors, 100)
            daemon.stop_in_order()

    def test_random_bytes_end_only_their_sender(self):
        with self.running() as daemon:
            for size in (1, 100, 5000, 100_000):
                client = self.raw()
                try:
                    client.sendall(os.urandom(size))
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65536):
                        pass
                except OSError:
                    pass  # it was closed
            self.assertEqual(self.status()[0], WELL)
            daemon.stop_in_order()

    def test_client_that_is_stopped_within_its_answer_stalls_nobody(self):
        with self.running() as daemon:
            stopped = self.raw()
            stopped.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            for _ in range(50):
                try:
                    stopped.send(b'{"version":1,"command":"status"}\n', socket.MSG_DONTWAIT)
                except BlockingIOError:
                    break
            for _ in range(20):
                self.assertEqual(self.status()[0], WELL)
            daemon.stop_in_order()


if __name__ == "__main__":
    unittest.main()

"""`systemctl start logsniffd` in a booted systemd: from real senders on lo to the file, /dev/log and the journal, and
to the stop."""
import json
import os
import re
import shutil
import time
import unittest

from container import Container

PATIENCE = 20   # seconds until something that should happen counts as not happening
CAP_NET_RAW = 1 << 13
PORT = 9988
OUTPUT = "/var/log/logsniffd/app.log"

# Port 514 is watched as well: what the sinks send must not be captured as traffic again.
CONFIG = """
capture: {interfaces: [lo]}
filters:
  - {name: app, ports: [514, PORT], to: [file, syslog, journal]}
sinks:
  file: {type: file, path: '/var/log/logsniffd/{filter}.log', format: '{message}'}
  syslog: {type: syslog, to: 'unix:///dev/log'}
  journal: {type: journald}
"""


def setUpModule():
    global machine
    machine = Container(os.environ["LOGSNIFFD_BUILD"])
    unittest.enterModuleContext(machine)
    machine.run("systemctl", "start", "rsyslog")


def eventually(what, condition):
    """Returns the first true value of condition(), within PATIENCE; there is no event to wait for between
    two systems."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen: {what}\n{machine.run('journalctl', '-u', 'logsniffd', '-o', 'cat', '-n', '50')}")
        time.sleep(0.05)
    return value


def show(*properties):
    text = machine.run("systemctl", "show", "logsniffd", *(f"--property={name}" for name in properties))
    return dict(line.split("=", 1) for line in text.splitlines())


class Service(unittest.TestCase):
    def setUp(self):
        machine.path(OUTPUT).unlink(missing_ok=True)
        self.configure()
        self.cursor = re.search("-- cursor: (.*)", machine.run("journalctl", "-n", "1", "--show-cursor"))[1]
        self.addCleanup(machine.run, "systemctl", "stop", "logsniffd")

    def configure(self, port=PORT):
        machine.path("/etc/logsniffd.yaml").write_text(CONFIG.replace("PORT", str(port)))

    def start(self):
        machine.run("systemctl", "reset-failed", "logsniffd", check=False)
        machine.run("systemctl", "start", "logsniffd")

    def log(self, message, port=PORT):
        # Nobody listens on the port: the answer to a UDP datagram is an ICMP error that logger does not wait for.
        machine.run("logger", "-d", "-n", "127.0.0.1", "-P", port, "--rfc3164", "-t", "backup", "-p", "local3.warning", message)

    def journal(self, **fields):
        """The journal's entries since this test began that have these fields. (journalctl of systemd 252 loses the
        first entry if --after-cursor is combined with a match of its own.)"""
        text = machine.run("journalctl", "-a", "-o", "json", "--after-cursor", self.cursor)
        entries = [json.loads(line) for line in text.splitlines()]
        return [entry for entry in entries if fields.items() <= entry.items()]

    def assert_stopped_cleanly(self):
        """Checks what systemd logged, because a unit that is gone from memory answers every question with
        its default."""
        machine.run("journalctl", "--sync")   # journald may be behind systemd
        said = [entry["MESSAGE"] for entry in self.journal(UNIT="logsniffd.service")]
        self.assertIn("logsniffd.service: Deactivated successfully.", said)
        self.assertEqual([line for line in said if re.search("fail|kill|timed out|timeout", line, re.I)], [])

    def output(self):
        path = machine.path(OUTPUT)
        return path.read_text().splitlines() if path.exists() else []

    def test_shipped_configuration_starts(self):
        shipped = os.path.join(os.path.dirname(__file__), "../../config/logsniffd.yaml")
        with open(shipped, encoding="utf-8") as file:
            machine.path("/etc/logsniffd.yaml").write_text(file.read())
        self.start()
        self.assertEqual(show("ActiveState"), {"ActiveState": "active"})

    def test_start_is_told_by_the_daemon_and_it_runs_with_one_capability(self):
        self.start()
        state = show("Type", "ActiveState", "SubState", "MainPID", "User", "StatusText", "WatchdogUSec")
        self.assertEqual((state["Type"], state["ActiveState"], state["SubState"]), ("notify", "active", "running"))
        self.assertNotEqual(state["StatusText"], "")
        self.assertEqual(state["WatchdogUSec"], "30s")

        status = dict(re.findall(r"(?m)^(\w+):\s*(.*)$", machine.run("cat", f"/proc/{state['MainPID']}/status")))
        user = machine.run("id", "-u", "logsniffd").strip()
        self.assertEqual(status["Uid"].split(), [user] * 4)
        for capabilities in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[capabilities], 16), CAP_NET_RAW, capabilities)
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
        self.assertRegex(machine.run("cat", f"/proc/{state['MainPID']}/limits"), r"(?m)^Max core file size +0 +0 ")

    def test_line_arrives_in_every_sink_once(self):
        self.start()
        self.log("to all three")
        self.log("on the syslog port", port=514)
        expected = ["to all three", "on the syslog port"]
        eventually("both lines are in the file", lambda: len(self.output()) >= 2)

        native = eventually("both records are in the journal",
                            lambda: (found := self.journal(LOGSNIFFD_FILTER="app")) and len(found) >= 2 and found)
        through = eventually("both lines came through /dev/log",
                             lambda: (found := self.journal(_TRANSPORT="syslog", SYSLOG_IDENTIFIER="logsniffd")) and len(found) >= 2 and found)
        rsyslog = eventually("rsyslog wrote them", lambda: [line for line in self.rsyslog_lines() if line.endswith("app=backup] on the syslog port")])

        self.assertEqual(self.output(), expected)
        self.assertEqual([record["MESSAGE"] for record in native], expected)
        for record in native:
            self.assertEqual((record["PRIORITY"], record["SYSLOG_FACILITY"], record["SYSLOG_IDENTIFIER"]), ("4", "19", "backup"))
        for record, message in zip(through, expected, strict=True):  # only the severity is the sender's
            self.assertRegex(record["MESSAGE"], rf"^\[src\.addr=127\.0\.0\.1 facility=local3( host=\S+)? app=backup\] {message}$")
            self.assertEqual((record["PRIORITY"], record["SYSLOG_FACILITY"]), ("4", "16"))
        self.assertRegex(native[0]["LOGSNIFFD_SRC"], r"^127\.0\.0\.1:\d+$")
        self.assertEqual(native[0]["LOGSNIFFD_DST"], f"127.0.0.1:{PORT}")
        self.assertIn(" logsniffd: [src.addr=127.0.0.1 ", rsyslog[0])

    def rsyslog_lines(self):
        return machine.path("/var/log/through-rsyslog.log").read_text(errors="replace").splitlines()

    def test_tcp_lines_and_a_stop_right_after_them_lose_nothing(self):
        self.start()
        lines = [f"line {number}" for number in range(2000)]
        serve_and_send = (f"import socket, sys; server = socket.create_server(('127.0.0.1', {PORT}));"
                          f"sender = socket.create_connection(('127.0.0.1', {PORT})); receiver, _ = server.accept();"
                          "[(sender.sendall(line.encode()), receiver.recv(65536)) for line in sys.stdin]")
        machine.run("/usr/bin/python3", "-c", serve_and_send, input="".join(line + "\n" for line in lines))
        started = time.monotonic()
        machine.run("systemctl", "stop", "logsniffd")
        self.assertLess(time.monotonic() - started, 10)
        self.assertEqual(self.output(), lines)
        self.assert_stopped_cleanly()

    def test_reload_with_a_bad_file_keeps_the_old_configuration_and_says_so(self):
        self.start()
        pid = show("MainPID")
        machine.path("/etc/logsniffd.yaml").write_text("capture: {interfaces: [lo], snaplan: 1KiB}\n")
        machine.run("systemctl", "reload", "logsniffd", check=False)
        eventually("the status names the key", lambda: "snaplan" in machine.run("systemctl", "status", "--no-pager", "logsniffd"))
        self.assertIn("reload", show("StatusText")["StatusText"].lower())
        self.log("still the old rules")
        eventually("the old configuration works", self.output)
        self.assertEqual(self.output(), ["still the old rules"])
        self.assertEqual(show("MainPID"), pid)

    def test_reload_with_a_good_file_takes_effect_without_a_restart(self):
        self.start()
        pid = show("MainPID")
        self.configure(port=PORT + 1)
        machine.run("systemctl", "reload", "logsniffd")

        def seen_on_new_port():
            self.log("new rules", port=PORT + 1)
            return self.output()
        eventually("the new port is captured", seen_on_new_port)
        self.log("no longer watched")
        self.log("last", port=PORT + 1)
        eventually("the last line is there", lambda: "last" in self.output())
        self.assertNotIn("no longer watched", self.output())
        self.assertEqual(show("MainPID", "ActiveState"), pid | {"ActiveState": "active"})

    def test_first_tls_sink_loads_openssl_within_the_sandbox(self):
        self.start()
        pid = show("MainPID")["MainPID"]
        self.assertNotIn("libssl", machine.run("cat", f"/proc/{pid}/maps"))
        machine.path("/etc/logsniffd.yaml").write_text(CONFIG.replace("PORT", str(PORT)) + "  tls: {type: syslog, to: 'tls://127.0.0.1'}\n")
        machine.run("systemctl", "reload", "logsniffd")
        eventually("it is loaded", lambda: "libssl" in machine.run("cat", f"/proc/{pid}/maps"))

    def test_reopen_follows_a_rotated_file(self):
        self.start()
        self.log("before")
        eventually("the file has a line", self.output)
        machine.path(OUTPUT).rename(machine.path(OUTPUT + ".1"))
        machine.run("systemctl", "kill", "--signal=USR1", "--kill-whom=main", "logsniffd")

        def in_new_file():
            self.log("after")
            return self.output()
        eventually("a new file is written", in_new_file)
        self.assertEqual(machine.path(OUTPUT + ".1").read_text().splitlines()[0], "before")
        machine.path(OUTPUT + ".1").unlink()

    def start_with_a_short_watchdog(self, *settings):
        """Starts the unit with a watchdog of 2 s, and waits for more than two of its periods: a daemon that does not
        report would be gone by then. Returns its process."""
        self.drop_in("watchdog.conf", "WatchdogSec=2s", *settings)
        self.start()
        pid = show("MainPID")["MainPID"]
        time.sleep(5)
        self.assertEqual(show("MainPID", "NRestarts"), {"MainPID": pid, "NRestarts": "0"})
        return pid

    def drop_in(self, name, *settings):
        path = machine.path("/run/systemd/system/logsniffd.service.d") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(("[Service]", *settings)) + "\n")
        self.addCleanup(machine.run, "systemctl", "daemon-reload")
        self.addCleanup(path.unlink)
        machine.run("systemctl", "daemon-reload")

    def preload(self):
        """The setting that makes a worker hang which writes certain texts (hanging_write.cpp)."""
        library = "/usr/lib/hanging_write.so"
        shutil.copy(os.environ["HANGING_WRITE"], machine.path(library))
        return f"Environment=LD_PRELOAD={library}"

    def assert_replaced(self):
        eventually("it is replaced", lambda: show("ActiveState", "NRestarts") == {"ActiveState": "active", "NRestarts": "1"})
        self.log("after the watchdog")
        eventually("the new one captures", lambda: "after the watchdog" in self.output())

    def test_watchdog_restarts_a_daemon_that_hangs(self):
        pid = self.start_with_a_short_watchdog()
        machine.run("kill", "-STOP", pid)
        self.assert_replaced()

    def test_watchdog_restarts_a_daemon_with_a_frozen_sink_worker_and_the_log_names_the_sink(self):
        self.start_with_a_short_watchdog(self.preload())
        self.log("freeze this worker")
        self.assert_replaced()
        [first, *_] = self.journal(LOGSNIFFD_EVENT="worker_stuck")
        self.assertEqual((first["LOGSNIFFD_SINK"], first["PRIORITY"]), ("file", "3"))
        self.assertIn("the worker of sink file hangs", first["MESSAGE"])

    def test_watchdog_leaves_a_daemon_alone_whose_target_does_not_answer(self):
        pid = self.start_with_a_short_watchdog(self.preload())
        self.log("block this worker")
        eventually("another sink has the line", lambda: self.journal(MESSAGE="block this worker"))
        time.sleep(5)   # again more than two periods
        self.assertEqual(show("MainPID", "NRestarts"), {"MainPID": pid, "NRestarts": "0"})
        self.assertEqual(self.journal(LOGSNIFFD_EVENT="worker_stuck"), [])
        machine.run("kill", "-KILL", pid)   # nothing ends that call, and the stop would wait for it

    def test_own_log_has_identifiers_that_the_catalog_explains(self):
        machine.run("journalctl", "--update-catalog")
        self.start()
        machine.path("/etc/logsniffd.yaml").write_text("capture: {interfaces: [lo], snaplan: 1KiB}\n")
        machine.run("systemctl", "reload", "logsniffd", check=False)
        [failed] = eventually("the failed reload is in the journal", lambda: self.journal(LOGSNIFFD_EVENT="reload_failed"))
        self.assertEqual((failed["MESSAGE_ID"], failed["PRIORITY"], failed["SYSLOG_IDENTIFIER"], failed["_TRANSPORT"]),
                         ("578f550d65ce4f3daaef5770d2c42cea", "3", "logsniffd", "journal"))
        self.assertEqual(failed["LOGSNIFFD_CONFIG"], "/etc/logsniffd.yaml")
        problems = [entry["MESSAGE"] for entry in self.journal(LOGSNIFFD_EVENT="configuration_problem")]
        self.assertIn("snaplan", "\n".join(problems))

        explained = machine.run("journalctl", "-x", "-o", "short", f"MESSAGE_ID={failed['MESSAGE_ID']}")
        self.assertIn("Subject: logsniffd refused a new configuration", explained)
        self.assertIn("/etc/logsniffd.yaml has an error", explained)

    def test_stop_is_not_held_up_by_a_journal_that_hangs(self):
        self.start()
        journald = machine.run("systemctl", "show", "--value", "-p", "MainPID", "systemd-journald").strip()
        machine.run("kill", "-STOP", journald)
        self.addCleanup(machine.run, "kill", "-CONT", journald)   # once more is harmless
        for number in range(40):
            self.log(f"{number} to a hanging journal")
        eventually("the file sink is not held up", lambda: len(self.output()) == 40)
        machine.run("systemctl", "stop", "logsniffd")
        machine.run("kill", "-CONT", journald)
        self.assert_stopped_cleanly()

    def test_start_that_fails_is_tried_again_until_it_works(self):
        in_the_way = machine.path("/var/log/logsniffd/folder")
        in_the_way.parent.mkdir(exist_ok=True)
        in_the_way.write_text("")
        machine.path("/etc/logsniffd.yaml").write_text(CONFIG.replace("PORT", str(PORT)).replace("{filter}", "folder/{filter}"))
        machine.run("systemctl", "start", "logsniffd", check=False)
        # systemd's own limit is five starts.
        eventually("it does not give up", lambda: int(show("NRestarts")["NRestarts"]) >= 6)
        in_the_way.unlink()
        eventually("it starts", lambda: show("ActiveState") == {"ActiveState": "active"})

    def test_wrong_configuration_fails_at_once_and_is_not_restarted(self):
        machine.path("/etc/logsniffd.yaml").write_text("filters: [{name: a, port: 70000, to: [x]}]\n")
        machine.run("systemctl", "start", "logsniffd", check=False)
        self.assertEqual(show("ActiveState", "ExecMainStatus", "NRestarts"),
                         {"ActiveState": "failed", "ExecMainStatus": "2", "NRestarts": "0"})
        said = [entry["MESSAGE"] for entry in self.journal(_SYSTEMD_UNIT="logsniffd.service")]
        self.assertRegex("\n".join(said), r"/etc/logsniffd\.yaml:1:\d+: .*70000")


if __name__ == "__main__":
    unittest.main()

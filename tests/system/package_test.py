"""The life of the Debian package on a minimal Debian 12 that booted its own systemd and rsyslog: installed by apt,
collecting, killed, upgraded, removed, purged."""
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from clean_container import CleanContainer

PACKAGES = Path(os.environ["LOGSNIFFD_PACKAGES"])
EXAMPLES = Path(__file__).parents[1] / "live/examples"
PATIENCE = 20   # seconds until something that should happen counts as not happening
PORT = 9988
OUTPUT = "/var/log/logsniffd/app.log"
CONFIG = f"""# mine
capture: {{interfaces: [lo]}}
filters: [{{name: app, port: {PORT}, to: [file, syslog, journal]}}]
sinks:
  file: {{type: file, path: '/var/log/logsniffd/{{filter}}.log', format: '{{message}}'}}
  syslog: {{type: syslog}}
  journal: {{type: journald}}
"""
# Python's two handlers for other machines, and a line without any logging.
PYTHON = f"""
import logging.handlers, socket, sys
message = sys.argv[1]
syslog = logging.handlers.SysLogHandler(("127.0.0.1", {PORT}))
syslog.ident = "billing: "
with socket.create_server(("127.0.0.1", {PORT})) as server:
    pickled = logging.handlers.SocketHandler("127.0.0.1", {PORT})
    for handler, name in (syslog, "SysLogHandler"), (pickled, "SocketHandler"):
        handler.handle(logging.makeLogRecord({{"name": "orders", "levelno": logging.WARNING, "levelname": "WARNING",
                                              "msg": "%s by %s", "args": (message, name)}}))
    with socket.create_connection(("127.0.0.1", {PORT})) as plain:
        plain.sendall(f"{{message}} by socket\\n".encode())
    pickled.close()
"""
# What each sender calls itself. Lines of those that call themselves nothing have the daemon's name in the journal.
IDENTIFIERS = {"logger": "backup", "nc": "logsniffd", "SysLogHandler": "billing", "SocketHandler": "orders", "socket": "logsniffd"}
# There apt, dpkg, the journal and rsyslog keep the records of what happened; the rest of the file system must be as before.
RECORDS = ("/var/cache/", "/var/log/apt/", "/var/log/dpkg.log", "/var/log/alternatives.log", "/var/log/journal/", "/var/log/syslog",
           "/var/log/user.log", "/var/log/auth.log", "/var/lib/apt/", "/var/lib/dpkg/", "/var/lib/systemd/")
ACCOUNTS = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")


def setUpModule():
    global machine, package
    package = next(PACKAGES.glob("logsniffd_*.deb"))
    machine = CleanContainer(PACKAGES, package)
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


def apt(*arguments):
    return machine.run("env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "apt", "--yes", *arguments)


def show(name):
    return machine.run("systemctl", "show", "logsniffd", f"--property={name}").strip().split("=", 1)[1]


def read(name):
    path = machine.path(name)
    return path.read_text() if path.exists() else None


def journal(*match):
    """The messages of these entries, also of those that came just now."""
    machine.run("journalctl", "--sync")
    return machine.run("journalctl", "--quiet", "--output=cat", *match, check=False).splitlines()


def files():
    """Every path on the file system of the container, without RECORDS."""
    listing = machine.run("find", "/", "-xdev", "-path", "/tmp/*", "-o", "-path", "/var/tmp/*", "-o", "-print")
    return sorted(name for name in listing.splitlines() if not name.startswith(RECORDS))


def next_version(folder):
    """The same package with a later version and another default configuration, as the next release will be."""
    tree, result = folder / "tree", folder / "logsniffd_99_amd64.deb"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    lines = ["Version: 99" if line.startswith("Version:") else line for line in control.read_text().splitlines()]
    control.write_text("\n".join(lines) + "\n")
    shipped = tree / "etc/logsniffd.yaml"
    shipped.write_text(shipped.read_text() + "# of the next version\n")
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, result], check=True, stdout=subprocess.DEVNULL)
    return result


class Installed(unittest.TestCase):
    def install(self):
        apt("install", f"/root/{package.name}")

    def configure(self):
        machine.path("/etc/logsniffd.yaml").write_text(CONFIG)
        machine.run("systemctl", "restart", "logsniffd")

    def assert_collects(self, message):
        """The line of each sender gets to each sink."""
        # Nobody listens on the port: the answer to a UDP datagram is an ICMP error that no sender here waits for.
        machine.run("logger", "-d", "-n", "127.0.0.1", "-P", PORT, "--rfc3164", "-t", "backup", f"{message} by logger")
        machine.run("nc", "-u", "-q", "0", "-w", "1", "127.0.0.1", PORT, input=f"{message} by nc\n", check=False)
        machine.run("python3", "-B", "-c", PYTHON, message)
        for sender, identifier in IDENTIFIERS.items():
            line = f"{message} by {sender}"
            through_rsyslog = re.compile(rf"(?m) logsniffd: \[src\.addr=127\.0\.0\.1[^]]*\] {line}$")
            eventually(f"the file has '{line}'", lambda: line in (read(OUTPUT) or "").splitlines())
            eventually(f"rsyslog's file has '{line}'", lambda: through_rsyslog.search(read("/var/log/syslog") or ""))
            eventually(f"journalctl -t {identifier} shows '{line}'", lambda: line in journal("-t", identifier))


class Package(Installed):
    def setUp(self):
        self.install()
        self.addCleanup(apt, "purge", "--auto-remove", "logsniffd")

    def upgrade(self):
        later = next_version(Path(self.enterContext(tempfile.TemporaryDirectory())))
        machine.path("/root/later.deb").write_bytes(later.read_bytes())
        apt("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold", "install", "/root/later.deb")
        self.assertEqual(machine.run("dpkg-query", "-W", "-f", "${Version}", "logsniffd"), "99")

    def test_service_is_started_and_enabled_by_the_installation(self):
        self.assertEqual(machine.run("systemctl", "is-enabled", "logsniffd").strip(), "enabled")
        self.assertEqual((show("ActiveState"), show("SubState"), show("NRestarts")), ("active", "running", "0"))
        self.assertIn("/etc/logsniffd.yaml: valid", machine.run("logsniffd", "check"))

    def test_installed_examples_do_what_is_expected(self):
        names = sorted(capture.parent.name for capture in EXAMPLES.glob("*/input.pcap"))
        self.assertGreaterEqual(len(names), 10)
        for name in names:
            with self.subTest(name):
                # /root is removed with the container.
                shutil.copytree(EXAMPLES / name, machine.path(f"/root/examples/{name}"))
                machine.run("env", "TZ=UTC", "logsniffd", "test", f"/root/examples/{name}/input.pcap", "--config",
                            f"/usr/share/doc/logsniffd/examples/{name}.yaml", "--expect", f"/root/examples/{name}/expected")

    def test_lines_are_collected_also_after_a_restart(self):
        self.configure()
        self.assert_collects("first")
        machine.run("systemctl", "restart", "logsniffd")
        self.assert_collects("second")

    def test_daemon_that_is_killed_comes_back_and_collects(self):
        self.configure()
        self.assert_collects("before")
        process, since = show("MainPID"), f"--since=@{time.time():.3f}"
        machine.run("kill", "-KILL", process)
        self.wait_for_restart(1)
        self.assertNotEqual(show("MainPID"), process)
        self.assert_collects("after")
        said = journal(since, "UNIT=logsniffd.service")
        self.assertIn("logsniffd.service: Main process exited, code=killed, status=9/KILL", said)
        self.assertIn("logsniffd.service: Scheduled restart job, restart counter is at 1.", said)

    def test_daemon_with_a_frozen_sink_worker_comes_back_and_collects(self):
        library = "/usr/lib/hanging_write.so"
        shutil.copy(os.environ["HANGING_WRITE"], machine.path(library))
        folder = machine.path("/run/systemd/system/logsniffd.service.d")
        folder.mkdir(parents=True)
        (folder / "frozen.conf").write_text(f"[Service]\nWatchdogSec=2s\nEnvironment=LD_PRELOAD={library}\n")
        self.addCleanup(machine.path(library).unlink)
        self.addCleanup(shutil.rmtree, folder)
        machine.run("systemctl", "daemon-reload")
        self.configure()
        self.assert_collects("before")
        machine.run("logger", "-d", "-n", "127.0.0.1", "-P", PORT, "--rfc3164", "freeze this worker")
        self.wait_for_restart(1)
        self.assert_collects("after")
        [line, *_] = journal("LOGSNIFFD_EVENT=worker_stuck")
        self.assertIn("the worker of sink file hangs", line)

    @staticmethod
    def wait_for_restart(number):
        """Waits until systemd has brought the daemon back for the `number`th time, and it is ready."""
        eventually(f"restart {number}", lambda: (show("NRestarts"), show("ActiveState")) == (str(number), "active"))

    def test_service_can_be_looked_into_and_told(self):
        self.configure()
        self.assertEqual(machine.run("stat", "-c", "%U %G %a", "/run/logsniffd/control.sock").strip(), "logsniffd adm 660")
        self.assertIn(": well", machine.run("logsniffd", "status"))
        tapped = self.shell(f"""
            logsniffd tap --format '{{filter}}: {{message}}' --count 1 --duration 10s & sleep 1
            logger -d -n 127.0.0.1 -P {PORT} --rfc3164 seen live
            wait""")
        self.assertEqual(tapped, "app: seen live\n")
        self.assertIn("1 record, the last one", self.shell(f"logsniffd status --why {PORT}"))
        self.assertIn("no filter watches it", self.shell("logsniffd status --why 7; test $? = 3"))
        self.assertIn("app", machine.run("logsniffd", "top", "--once"))

        self.assertIn("reloaded", machine.run("logsniffd", "reload"))
        machine.path("/etc/logsniffd.yaml").write_text(CONFIG + "filtres: []\n")
        refused = self.shell("logsniffd reload 2>&1; test $? = 2")
        self.assertIn("filtres: unknown key (did you mean 'filters'?)", refused)
        self.assertIn("filtres", self.shell("logsniffd status; test $? = 3"))
        self.assertEqual(show("ActiveState"), "active")

    def test_group_adm_may_look_but_not_change(self):
        self.configure()
        member = "setpriv --reuid nobody --regid nogroup --groups adm"
        self.assertIn(": well", self.shell(f"{member} logsniffd status"))
        self.assertIn("only root", self.shell(f"{member} logsniffd reload 2>&1; test $? = 1"))
        outsider = "setpriv --reuid nobody --regid nogroup --clear-groups"
        self.assertIn("permission denied", self.shell(f"{outsider} logsniffd status 2>&1; test $? = 1"))
        self.assert_collects("for the group")
        self.assertIn("for the group by nc", self.shell(f"{member} cat {OUTPUT}"))

    @staticmethod
    def shell(script):
        return machine.run("sh", "-c", script)

    def test_upgrade_keeps_an_edited_configuration_and_restarts_the_service(self):
        self.configure()
        process = show("MainPID")
        self.upgrade()
        self.assertEqual(read("/etc/logsniffd.yaml"), CONFIG)
        self.assertEqual(show("ActiveState"), "active")
        self.assertNotEqual(show("MainPID"), process)
        self.assert_collects("after the upgrade")

    def test_upgrade_replaces_an_unchanged_configuration(self):
        self.upgrade()
        self.assertTrue(read("/etc/logsniffd.yaml").endswith("# of the next version\n"))

    def test_installing_again_keeps_an_edited_configuration_and_a_disabled_service(self):
        self.configure()
        machine.run("systemctl", "disable", "logsniffd")
        apt("install", "--reinstall", f"/root/{package.name}")
        self.assertEqual(read("/etc/logsniffd.yaml"), CONFIG)
        self.assertEqual(machine.run("systemctl", "is-enabled", "logsniffd", check=False).strip(), "disabled")

    def test_removal_keeps_configuration_and_records(self):
        self.configure()
        self.assert_collects("kept")
        apt("remove", "logsniffd")
        self.assertEqual(read("/etc/logsniffd.yaml"), CONFIG)
        self.assertIn("kept by nc\n", read(OUTPUT))
        self.assertEqual(machine.run("find", "/proc", "-maxdepth", "2", "-name", "exe", "-lname", "*logsniffd*", check=False), "")


class Purge(Installed):
    def test_nothing_is_left(self):
        files_before, accounts_before = files(), [read(name) for name in ACCOUNTS]
        self.install()
        self.assertNotEqual([read(name) for name in ACCOUNTS], accounts_before)
        self.configure()
        self.assert_collects("soon gone")
        machine.path("/var/lib/logsniffd/spool").mkdir()

        apt("purge", "--auto-remove", "logsniffd")
        self.assertEqual(files(), files_before)
        self.assertEqual([read(name) for name in ACCOUNTS], accounts_before)
        self.assertEqual(show("LoadState"), "not-found")
        self.assertEqual(machine.run("find", "/run", "/var/lib/dpkg", "/var/lib/systemd", "-name", "*logsniffd*"), "")


if __name__ == "__main__":
    unittest.main()

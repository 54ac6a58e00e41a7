"""A configuration in several files, with variables and credentials: what `check` says, and what a daemon makes of it."""
import json
import os
import signal
import subprocess
import unittest

from asked import AskedTest
from daemon import eventually
from sniffer import BINARY, PATIENCE, own_network, send_udp

WELL, USAGE = 0, 2
PORT = 9988
SECRET = "correct horse battery"


def setUpModule():
    own_network()


class IncludeTest(AskedTest):
    def setUp(self):
        super().setUp()
        self.included = self.folder / "more.d"
        self.included.mkdir()
        self.credentials = self.folder / "credentials"
        self.credentials.mkdir()

    def check(self, **variables):
        environment = os.environ | {"CREDENTIALS_DIRECTORY": str(self.credentials)} | variables
        return subprocess.run([BINARY, "check", "--config", self.config], env=environment, capture_output=True, text=True, timeout=PATIENCE)


class Check(IncludeTest):
    def test_each_problem_is_in_the_file_of_its_key(self):
        self.config.write_text("include: more.d/*.yaml\nfilters:\n- {name: app, port: 70000, to: [out]}\nsinks: {out: {type: stdout}}\n")
        first, second = self.included / "10-web.yaml", self.included / "20-db.yaml"
        first.write_text("filters:\n- name: web\n  port: ${WEB_PORT}\n  match: ['${credential:words}']\n  to: [out]\n")
        second.write_text("filters:\n- {name: web, port: '${DB_PORT}', to: [out]}\nsinks: {out: {type: journald}}\n")
        (self.credentials / "words").write_text(SECRET + "(\n")
        result = self.check(DB_PORT="99999")
        self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
        self.assertEqual(result.stderr.splitlines(), [
            f"{self.config}:3:21: filters[0].port: 70000 is not a valid port (1 to 65535)",
            f"{first}:3:9: filters[0].port: the environment variable WEB_PORT is not set; add Environment=WEB_PORT=VALUE to a drop-in "
            "(systemctl edit logsniffd), give a default as in ${WEB_PORT:-VALUE}, or write $${WEB_PORT} for the text itself",
            f"{first}:4:11: filters[0].match[0]: '${{credential:words}}' is not replaced by a valid value for this key; the reason is not "
            "shown, because it could tell the value",
            f"{second}:2:10: filters[0].name: 'web' is already the name of the filter in {first}:2; rename one of them",
            f"{second}:2:21: filters[0].port: '${{DB_PORT}}' is not a valid port (1 to 65535)",
            f"{second}:3:9: sinks.out: duplicate key, first in {self.config}:4; remove one of them",
            f"logsniffd: {self.config}: 6 errors, see above"])

    def test_files_that_cannot_be_read_are_refused(self):
        pipe, folder, broken = (self.included / name for name in ("a.yaml", "b.yaml", "c.yaml"))
        os.mkfifo(pipe)
        folder.mkdir()
        broken.symlink_to("nowhere")
        self.config.write_text("include: more.d/*.yaml\nfilters: [{name: a, to: [out]}]\nsinks: {out: {type: stdout}}\n")
        result = self.check()
        self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
        fix = "it has to be a file that the user that runs logsniffd can read"
        self.assertEqual(result.stderr.splitlines()[:3], [
            f"{self.config}:1:1: include: cannot read {path}: {reason}; {fix}"
            for path, reason in ((pipe, "Not a regular file"), (folder, "Not a regular file"), (broken, "No such file or directory"))])

    def test_folder_without_permission_is_refused(self):
        self.included.chmod(0)
        self.config.write_text("include: more.d/*.yaml\nfilters: [{name: a, to: [out]}]\nsinks: {out: {type: stdout}}\n")
        self.config.chmod(0o644)
        result = subprocess.run(["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--reuid=65534", "--regid=65534", "--clear-groups",
                                 BINARY, "check", "--config", self.config], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, USAGE)
        self.assertIn(f"{self.config}:1:10: include: cannot list the folder {self.included}: Permission denied", result.stderr)

    def test_values_of_each_source_are_taken(self):
        (self.folder / "level").write_text("warning\n")
        (self.credentials / "words").write_text(SECRET + "\n")
        self.config.write_text("include: [more.d/*.yaml, gone.d/*.yaml]\nsinks: {out: {type: stdout}}\n")
        (self.included / "a.yaml").write_text(f"filters:\n- name: a\n  port: ${{PORT}}\n  severity: ${{file:{self.folder}/level}}\n"
                                              "  redact: [{pattern: '${credential:words}'}]\n  match: ['$${PORT}$', '${NO:-x}']\n"
                                              "  to: [out]\n")
        result = self.check(PORT="514")
        self.assertEqual((result.returncode, result.stderr), (WELL, ""))
        self.assertEqual(result.stdout.splitlines()[0], f"{self.config}: valid")
        self.assertIn(f"filter a ({self.included / 'a.yaml'}:2)\n  takes tcp and udp port 514\n", result.stdout)
        self.assertNotIn(SECRET, result.stdout)


class Running(IncludeTest):
    def test_reload_reads_all_files_again_and_places_name_them(self):
        web = self.included / "web.yaml"
        self.config.write_text(f"include: more.d/*.yaml\ncapture: {{interfaces: [lo]}}\ndaemon: {{log_level: debug, control: {self.socket}}}\n"
                               f"sinks: {{out: {{type: file, path: {self.output}, format: raw}}}}\n")
        secret = self.folder / "secret"
        secret.write_text(SECRET)
        keys = f"filters:\n- name: web\n  port: {PORT}\n  redact: [{{pattern: '${{file:{secret}}}'}}]\n  to: [out]\n"
        web.write_text(keys)
        with self.running() as daemon:
            send_udp(f"first {SECRET}".encode(), port=PORT)
            eventually("the first record is written", lambda: self.output.exists() and self.output.read_text())
            self.assertEqual(self.output.read_text(), "first ***\n")

            web.write_text(keys.replace("to: [out]", "matc: [x]\n  to: [out]"))
            refused = self.ask("reload")
            self.assertEqual(refused.returncode, USAGE)
            self.assertIn(f"{web}:5:3: filters[0].matc: unknown key (did you mean 'match'?)", refused.stdout + refused.stderr)

            web.write_text(keys.replace("to: [out]", "\n  match: [wanted]\n  to: [out]"))
            self.assertEqual(self.ask("reload").returncode, WELL)
            send_udp(b"other", b"wanted", port=PORT)
            eventually("the second record is written", lambda: "wanted\n" in self.output.read_text())
            self.assertEqual(self.output.read_text(), "first ***\nwanted\n")
            status = self.ask("status", "--json").stdout
            self.assertEqual(json.loads(status)["filters"][0]["place"], f"{web}:2")
            self.assertNotIn(SECRET, status)
            daemon.stop(signal.SIGTERM)
            self.assertNotIn(SECRET, "\n".join(daemon.stderr))

    def test_why_names_the_included_file(self):
        web = self.included / "web.yaml"
        self.config.write_text(f"include: more.d/*.yaml\ncapture: {{interfaces: [lo]}}\ndaemon: {{control: {self.socket}}}\n"
                               f"sinks: {{out: {{type: file, path: {self.output}}}}}\n")
        web.write_text(f"filters:\n- name: web\n  port: {PORT}\n  match: [wanted]\n  to: [out]\n")
        with self.running() as daemon:
            send_udp(b"other", port=PORT)
            eventually("the key is named", lambda: f"match ({web}:4)" in self.ask("status", "--why", "web").stdout)
            daemon.stop(signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()

"""What is in the Debian package, and that Debian's own checkers find no fault with it."""
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

PACKAGES = Path(os.environ["LOGSNIFFD_PACKAGES"])
SOURCE = Path(__file__).parents[2]
SAMPLE = SOURCE / "tests/golden/arista-and-ios-xr-headers/input.pcap"
EXPECTED = {"./usr/bin/logsniffd": "-rwxr-xr-x", "./etc/logsniffd.yaml": "-rw-r--r--", "./lib/systemd/system/logsniffd.service": "-rw-r--r--",
            "./usr/lib/sysusers.d/logsniffd.conf": "-rw-r--r--", "./usr/share/man/man8/logsniffd.8.gz": "-rw-r--r--",
            "./usr/share/man/man5/logsniffd.yaml.5.gz": "-rw-r--r--", "./usr/share/bash-completion/completions/logsniffd": "-rw-r--r--",
            "./usr/share/zsh/vendor-completions/_logsniffd": "-rw-r--r--",
            "./usr/share/fish/vendor_completions.d/logsniffd.fish": "-rw-r--r--", "./usr/share/logsniffd/lnav/logsniffd.json": "-rw-r--r--",
            "./usr/share/logsniffd/grafana/logsniffd.json": "-rw-r--r--",
            "./usr/lib/systemd/catalog/logsniffd.catalog": "-rw-r--r--",
            "./usr/share/logsniffd/prometheus/logsniffd.rules.yml": "-rw-r--r--",
            "./usr/share/doc/logsniffd/CHANGELOG.md.gz": "-rw-r--r--", "./usr/share/doc/logsniffd/docs/operations.md.gz": "-rw-r--r--"}
OUTSIDE_USR = {"./", "./etc/", "./etc/logsniffd.d/", "./etc/logsniffd.yaml", "./lib/", "./lib/systemd/", "./lib/systemd/system/",
               "./lib/systemd/system/logsniffd.service"}


def output(*command, **options):
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True, text=True, **options).stdout


class Contents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.package = next(PACKAGES.glob("logsniffd_*.deb"))
        cls.changes = next(PACKAGES.glob("logsniffd_*.changes"))

    def extract(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        subprocess.run(["dpkg-deb", "--extract", self.package, folder], check=True)
        return Path(folder)

    def test_everything_is_in_its_place_and_belongs_to_root(self):
        listed = [line.split(maxsplit=5) for line in output("dpkg-deb", "--contents", self.package).splitlines()]
        modes = {name: mode for mode, _, _, _, _, name in listed}
        self.assertEqual({name: modes.get(name) for name in EXPECTED}, EXPECTED)
        self.assertEqual({owner for _, owner, _, _, _, _ in listed}, {"root/root"})
        self.assertEqual({name for name in modes if not name.startswith("./usr/")}, OUTSIDE_USR)

    def test_configuration_is_the_only_conffile(self):
        self.assertEqual(output("dpkg-deb", "--info", self.package, "conffiles"), "/etc/logsniffd.yaml\n")

    def test_version_is_the_same_everywhere(self):
        version = output("dpkg-deb", "--field", self.package, "Version").strip()
        self.assertEqual(output(self.extract() / "usr/bin/logsniffd", "--version"), f"logsniffd {version}\n")
        for name, pattern in {"CHANGELOG.md": r"(?m)^## (\d[\d.]*)", "packaging/logsniffd.spec": r"(?m)^Version: *(\S+)$",
                              "docs/man/logsniffd.8": r'"logsniffd ([\d.]+)"', "docs/man/logsniffd.yaml.5": r'"logsniffd ([\d.]+)"'}.items():
            self.assertEqual(re.search(pattern, (SOURCE / name).read_text())[1], version, name)

    def test_shells_accept_the_completions(self):
        root = self.extract() / "usr/share"
        for shell in (["bash", "-n", root / "bash-completion/completions/logsniffd"], ["zsh", "-n", root / "zsh/vendor-completions/_logsniffd"],
                      ["fish", "--no-execute", root / "fish/vendor_completions.d/logsniffd.fish"]):
            result = subprocess.run(shell, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual((result.returncode, result.stdout), (0, ""), shell[0])

    def test_lnav_reads_what_json_output_says(self):
        root = self.extract()
        home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        log = home / "records.log"
        log.write_text(output(root / "usr/bin/logsniffd", "sniff", "-r", SAMPLE, "--format", "json"))
        lnav = ["env", f"HOME={home}", "TZ=UTC", "lnav"]
        output(*lnav, "-i", root / "usr/share/logsniffd/lnav/logsniffd.json")
        rows = output(*lnav, "-n", "-c", ";SELECT log_level, host, app FROM logsniffd_json", "-c", ":write-csv-to -", log).splitlines()
        self.assertEqual(len(rows), 1 + len(log.read_text().splitlines()))
        self.assertEqual(rows[1], "notice,leaf1.example.net,Ebra")

    def test_lintian_finds_no_fault(self):
        # lintian does not want to run as root. The packages are made on Debian 12, for Debian 12.
        result = subprocess.run(["lintian", "--allow-root", "--profile", "debian", "--display-info", "--pedantic", "--fail-on", "error,warning",
                                 self.changes], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertNotRegex(result.stdout, "(?m)^[EW]:")

    def test_binary_is_hardened(self):
        binary = self.extract() / "usr/bin/logsniffd"
        headers = output("readelf", "--wide", "--file-header", "--program-headers", "--dynamic", binary)
        self.assertRegex(headers, r"Type:\s+DYN")
        self.assertRegex(headers, r"FLAGS_1.*\bNOW\b.*\bPIE\b")
        self.assertRegex(headers, r"(?m)^\s*GNU_RELRO")
        self.assertRegex(headers, r"(?m)^\s*GNU_STACK\s.* RW\s")
        symbols = output("readelf", "--wide", "--dyn-syms", binary)
        self.assertIn("__stack_chk_fail", symbols)
        self.assertRegex(symbols, r"__\w+_chk@")

    def test_library_that_is_loaded_at_run_time_is_a_dependency(self):
        self.assertIn('"libssl.so.3"', output("readelf", "--string-dump=.note.dlopen", self.extract() / "usr/bin/logsniffd"))
        self.assertIn("libssl3", output("dpkg-deb", "--field", self.package, "Depends").strip().split(", "))

    def test_build_dependencies_are_those_of_the_scripts(self):
        control = (SOURCE / "packaging/debian/control").read_text()
        field = re.search(r"(?ms)^Build-Depends:(.*?)^\S", control)[1]
        wanted = {name.split()[0] for name in field.split(",")} - {"debhelper-compat"}
        lines = [line.split() for line in (SOURCE / "cmake/packages.txt").read_text().splitlines()]
        # g++ is in every build environment of Debian.
        self.assertEqual(wanted, {line[1] for line in lines if line and line[0] == "build"} - {"g++"})


if __name__ == "__main__":
    unittest.main()

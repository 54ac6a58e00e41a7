"""What `cmake --install` puts where, and that systemd finds no fault with the unit."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = os.environ["LOGSNIFFD_BUILD"]
MAX_EXPOSURE = "15"   # tenths


class Installed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def install(self, prefix="/usr"):
        subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], env=os.environ | {"DESTDIR": str(self.root)}, check=True,
                       stdout=subprocess.DEVNULL)

    def unit(self):
        return self.root / "usr/lib/systemd/system/logsniffd.service"

    def test_everything_is_in_its_place(self):
        self.install()
        modes = {str(path.relative_to(self.root)): path.stat().st_mode & 0o777 for path in self.root.rglob("*") if path.is_file()}
        for name, mode in {"usr/bin/logsniffd": 0o755, "usr/lib/systemd/system/logsniffd.service": 0o644,
                           "usr/lib/systemd/catalog/logsniffd.catalog": 0o644, "usr/lib/sysusers.d/logsniffd.conf": 0o644, "etc/logsniffd.yaml": 0o644}.items():
            self.assertEqual(modes.get(name), mode, name)
        self.assertEqual([name for name in modes if not name.startswith(("usr/", "etc/logsniffd.yaml"))], [])
        self.assertEqual((self.root / "etc/logsniffd.d").stat().st_mode & 0o777, 0o755)

    def test_operators_configuration_is_kept(self):
        self.install()
        (self.root / "etc/logsniffd.yaml").write_text("# mine\n")
        self.install()
        self.assertEqual((self.root / "etc/logsniffd.yaml").read_text(), "# mine\n")

    def test_unit_names_the_binary_of_its_prefix(self):
        self.install("/usr/local")
        text = (self.root / "usr/local/lib/systemd/system/logsniffd.service").read_text()
        self.assertIn("ExecStart=/usr/local/bin/logsniffd run", text)
        self.assertNotIn("/usr/bin/logsniffd", text)
        self.assertTrue((self.root / "etc/logsniffd.yaml").exists())

    def test_systemd_finds_no_fault(self):
        self.install()
        # verify expects the binary to be where the unit says. It exits with 0 on unknown keys, so its silence is
        # what counts.
        text = self.unit().read_text().replace("/usr/bin/logsniffd", str(self.root / "usr/bin/logsniffd"))
        self.unit().write_text(text)
        result = subprocess.run(["systemd-analyze", "verify", "--man=no", self.unit()], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))

    def test_verification_does_find_faults(self):
        self.install()
        self.unit().write_text(self.unit().read_text() + "\n[Service]\nProtectSytem=strict\n")
        result = subprocess.run(["systemd-analyze", "verify", "--man=no", self.unit()], capture_output=True, text=True)
        self.assertIn("ProtectSytem", result.stderr)

    def test_exposure_is_low(self):
        self.install()
        result = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", "--no-pager", self.unit()],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_user_is_made(self):
        self.install()
        (self.root / "etc").mkdir(exist_ok=True)
        for name in ("passwd", "group", "shadow", "gshadow"):
            (self.root / "etc" / name).write_text("")
        subprocess.run(["systemd-sysusers", f"--root={self.root}"], check=True)
        self.assertRegex((self.root / "etc/passwd").read_text(), r"(?m)^logsniffd:x:\d+:\d+:.*:/usr/sbin/nologin$")


if __name__ == "__main__":
    unittest.main()

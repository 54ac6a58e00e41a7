"""A booted systemd of its own over a copy-on-write view of this machine, with the checkout's build installed in it.

Needs root and `unshare --mount` around it: the mounts end with that namespace, whatever happens to the test.
The container has its own network (only lo), its own process tree and its own /run; it only reads files of this machine.
"""
import os
import re
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

BOOT_PATIENCE = 60   # seconds; a boot takes one or two
HIDDEN = ("etc/systemd/system.conf.d", "etc/systemd/journald.conf.d", "etc/logsniffd.yaml", "etc/logsniffd.d", "etc/rsyslog.d", "var/log/journal",
          "var/log/logsniffd", "var/lib/logsniffd")   # what this machine may have and a fresh one does not


class Container:
    lower = "/"   # what it is a copy-on-write view of

    def __init__(self, build):
        self.build = build

    def __enter__(self):
        # nspawn leaves folders in /run/systemd/nspawn. They end with this namespace, too.
        subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
        self.folder = Path(tempfile.mkdtemp(prefix="logsniffd-system-"))
        subprocess.run(["mount", "-t", "tmpfs", "none", self.folder], check=True)
        self.upper, self.root = self.folder / "upper", self.folder / "root"
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir()
        try:
            subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                            f"lowerdir={self.lower},upperdir={self.upper},workdir={self.folder / 'work'}", self.root], check=True)
            self._furnish()
            self._boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if hasattr(self, "nspawn"):
            self.nspawn.terminate()  # nspawn turns it into an orderly power-off
            try:
                self.nspawn.wait(30)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        subprocess.run(["umount", "-R", "-l", self.folder], check=True)
        subprocess.run(["umount", "-l", "/run"], check=True)
        self.folder.rmdir()

    def _furnish(self):
        for name in HIDDEN:
            path = self.root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        for name, text in {"fstab": "", "hostname": "container\n", "machine-id": uuid.uuid4().hex + "\n",
                           "rsyslog.conf": 'module(load="imuxsock")\n*.* /var/log/through-rsyslog.log\n'}.items():
            (self.root / "etc" / name).unlink(missing_ok=True)
            (self.root / "etc" / name).write_text(text)
        subprocess.run(["cmake", "--install", self.build, "--prefix", "/usr"], env=os.environ | {"DESTDIR": str(self.root)},
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["systemd-sysusers", f"--root={self.root}", "logsniffd.conf"], check=True)

    def _boot(self):
        """Boots to basic.target, without the services that this machine happens to have."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(self.folder / "notify"))
            notify.settimeout(BOOT_PATIENCE)
            # --keep-unit and --register=no: nothing is asked of the systemd and machined outside.
            self.nspawn = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "systemd-nspawn", "--quiet", f"--directory={self.root}", "--register=no",
                 "--keep-unit", "--link-journal=no", "--private-network", "--notify-ready=yes", "--console=pipe", "--machine=container",
                 "--boot", "--", "--unit=basic.target", "--show-status=no", "--log-target=journal"],
                env=os.environ | {"NOTIFY_SOCKET": str(self.folder / "notify")}, stdin=subprocess.DEVNULL)
            said = ""
            while "READY=1" not in said:
                said += notify.recv(4096).decode() + "\n"
        self.leader = re.search(r"X_NSPAWN_LEADER_PID=(\d+)", said)[1]

    def command(self, *arguments):
        """The command line that runs `arguments` inside."""
        return ["nsenter", "-t", self.leader, "-a", "--", *map(str, arguments)]

    def run(self, *arguments, check=True, **options):
        """Runs a program to its end and returns its standard output."""
        result = subprocess.run(self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                                **({"stdin": subprocess.DEVNULL} if "input" not in options else {}), **options)
        if check and result.returncode != 0:
            raise AssertionError(f"{arguments} ended with {result.returncode}: {result.stdout}{result.stderr}")
        return result.stdout

    def path(self, name):
        """The path of a file of the container, as seen from outside."""
        return Path(f"/proc/{self.leader}/root") / name.lstrip("/")

"""A booted minimal Debian 12, in which a package can be installed with apt.

It has no network once it is booted, so the packages that it may need are downloaded before.
"""
import os
import shutil
import subprocess
import uuid
from pathlib import Path

from container import Container

# apt of the Debian images for containers removes what it has downloaded; here it is needed a second time.
REMOVES_DOWNLOADS = "etc/apt/apt.conf.d/docker-*"
KEEP_DOWNLOADS = 'APT::Keep-Downloaded-Packages "true";\n'


class CleanContainer(Container):
    def __init__(self, folder, package):
        """`folder` holds the result of minimal_root.sh. `package` will be /root/PACKAGE."""
        super().__init__(build=None)
        self.lower = Path(folder) / "minimal-root"
        self.package = Path(package)

    def _furnish(self):
        shutil.copytree("/etc/apt", self.root / "etc/apt", dirs_exist_ok=True)
        for path in self.root.glob(REMOVES_DOWNLOADS):
            path.unlink()
        (self.root / "etc/apt/apt.conf.d/keep-downloads").write_text(KEEP_DOWNLOADS)
        (self.root / "etc/resolv.conf").unlink(missing_ok=True)
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        (self.root / "etc/machine-id").write_text(uuid.uuid4().hex + "\n")
        (self.root / "etc/hostname").write_text("container\n")
        shutil.copy(self.package, self.root / "root")
        # The sources of other projects may fail here: their keys are not in a minimal root. The download decides.
        self._chroot("apt-get", "update", check=False)
        self._chroot("apt-get", "install", "--download-only", "--yes", f"/root/{self.package.name}")

    def _chroot(self, *command, check=True):
        result = subprocess.run(["chroot", self.root, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})
        if check and result.returncode != 0:
            raise AssertionError(f"{command} ended with {result.returncode}: {result.stdout}")

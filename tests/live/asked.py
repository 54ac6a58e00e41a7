"""A daemon that can be asked: it has a folder, a configuration and a control socket of its own."""
import contextlib
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import Daemon, eventually
from sniffer import BINARY, PATIENCE


class AskedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)  # for the tests with other users
        self.socket = self.folder / "control.sock"
        self.config = self.folder / "logsniffd.yaml"
        self.output = self.folder / "out.log"

    @contextlib.contextmanager
    def running(self):
        """The daemon with self.config, once it can be asked."""
        with Daemon(self.config) as daemon:
            eventually("the control socket is there", self.socket.exists)
            yield daemon

    def ask(self, *arguments, **options):
        """The result of a command that talks to the daemon."""
        return subprocess.run([BINARY, *arguments, "--socket", str(self.socket)], capture_output=True, text=True,
                              timeout=PATIENCE, **options)

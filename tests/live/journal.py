"""A real systemd-journald of its own, and what it stored. For use inside a mount namespace of its own, with /run and
/var/log under it.

Its sockets belong to this process, as they belong to PID 1 on a running system. So they stay when journald ends, and
the next journald gets them.
"""
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

from daemon import eventually

SOCKETS = {"socket": socket.SOCK_DGRAM, "dev-log": socket.SOCK_DGRAM, "stdout": socket.SOCK_STREAM}
FOLDER = Path("/run/systemd/journal")
STORE = Path("/run/log/journal")
CONF = """[Journal]
Storage=volatile
ReadKMsg=no
Audit=no
ForwardToSyslog=no
ForwardToWall=no
RateLimitIntervalSec=0
RuntimeMaxUse=1G
"""
# bash, because other shells do not support descriptors above 9. journald expects them from 3 on, and its own
# process id.
START = 'exec 3<&"$1" 4<&"$2" 5<&"$3"; export LISTEN_FDS=3 LISTEN_PID=$$; exec /lib/systemd/systemd-journald'


def own_folders():
    """Mounts empty file systems in memory over the folders of this machine."""
    if os.readlink("/proc/self/ns/mnt") == os.readlink(f"/proc/{os.getppid()}/ns/mnt"):
        raise RuntimeError("run inside `unshare --mount`")
    for folder in ("/run", "/var/log"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3g", "tmpfs", folder], check=True)
    # As systemd sets it at boot; a new network namespace begins with 10.
    Path("/proc/sys/net/unix/max_dgram_qlen").write_text("512")


class Journal:
    def __enter__(self):
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER.parent / "journald.conf").unlink(missing_ok=True)
        conf = Path("/run/systemd/journald.conf.d/test.conf")
        conf.parent.mkdir(parents=True, exist_ok=True)
        conf.write_text(CONF)
        self.process, self.sockets = None, {}
        self.bind()
        self.start()
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.unbind()
        subprocess.run(["rm", "-rf", STORE], check=True)

    def bind(self):
        for name, kind in SOCKETS.items():
            self.sockets[name] = socket.socket(socket.AF_UNIX, kind)
            self.sockets[name].bind(str(FOLDER / name))
            if kind == socket.SOCK_STREAM:
                self.sockets[name].listen()

    def unbind(self):
        """Removes the sockets, as a sender sees it when journald and its sockets are gone."""
        for name, listener in self.sockets.items():
            listener.close()
            (FOLDER / name).unlink()

    def start(self):
        descriptors = [listener.fileno() for listener in self.sockets.values()]
        self.process = subprocess.Popen(["bash", "-c", START, "journald", *map(str, descriptors)], pass_fds=descriptors,
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self, number):
        """Ends journald with a signal. The content of its sockets is left to the next journald."""
        self.process.send_signal(number)
        self.process.wait()
        self.process = None

    def restart(self):
        self.end(signal.SIGTERM)
        self.start()

    def entries(self, *fields, **match):
        """The stored entries, in order; values are bytes. A field that an entry has several times is a list."""
        arguments = [f"--output-fields={','.join(fields)}"] if fields else []
        text = subprocess.run(["journalctl", "--quiet", "--all", "--output=json", "--no-pager", f"--directory={STORE}", *arguments,
                               *(f"{name}={value}" for name, value in match.items())],
                              stdout=subprocess.PIPE, check=True).stdout
        return [{name: in_bytes(value) for name, value in json.loads(line).items()} for line in text.splitlines()]

    def messages(self):
        """The messages of the records, in the order of their arrival, without the notices of logsniffd."""
        return [entry["MESSAGE"] for entry in self.entries("MESSAGE", LOGSNIFFD_FILTER="app")]

    def wait_for(self, last):
        """Waits until the message is stored. Datagrams keep their order, so all earlier ones are stored then, too."""
        eventually(f"{last[:40]} is stored", lambda: [0 for entry in self.entries("MESSAGE", MESSAGE=last.decode())])


def in_bytes(value):
    """journalctl's JSON: text, a list of bytes, or a list of either if an entry has a field several times."""
    if isinstance(value, str):
        return value.encode()
    if all(isinstance(item, int) for item in value):
        return bytes(value)
    return [in_bytes(item) for item in value]

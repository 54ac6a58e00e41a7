"""A running `logsniffd run` between a stream of numbered lines and the sinks under test."""
import contextlib
import json
import re
import signal
import socket
import time
from pathlib import Path

from sniffer import BINARY, PATIENCE, PORT, Sniffer, tcp_listener


def eventually(what, condition, meanwhile=lambda: None, patience=PATIENCE):
    """Returns the first true value of condition(); there is no event to wait for in another program."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen: {what}")
        meanwhile()
        time.sleep(0.02)
    return value


class Daemon(Sniffer):
    """`logsniffd run` on lo, ready to capture once the `with` block is entered."""

    def __init__(self, config):
        super().__init__(env={"TZ": "UTC"})
        self.command = [BINARY, "run", "--config", str(config)]

    def said(self, text):
        return [line for line in self.stderr if text in line]

    def ledger(self):
        """The ledger that the daemon printed at its end."""
        line = self.said('ledger: {"packets"')[-1]
        return json.loads(line[line.index("{"):])

    def stop_in_order(self):
        """Stops the daemon and returns its ledger, in which everything must be accounted for. `rest` gets what else was
        on standard output."""
        status, self.rest = self.stop(signal.SIGTERM)
        if status != 0:
            raise AssertionError(f"ended with {status}: {self.stderr[-20:]}")
        ledger = self.ledger()
        if ledger["unaccounted"] != {"packets": 0, "bytes": 0, "records": 0}:
            raise AssertionError(f"not accounted for: {ledger}")
        return ledger


def openssl_of(process):
    """The libraries of OpenSSL that the process has loaded."""
    return set(re.findall(r"/(libssl|libcrypto)\.so", Path(f"/proc/{process.pid}/maps").read_text()))


def configuration(folder, sinks, port=PORT, more=""):
    """Writes the configuration of a daemon that gives every record from `port` to all of these sinks and to a file.
    Returns the paths of the configuration and of that file."""
    copy = folder / "copy.log"
    sinks = sinks | {"copy": f"{{type: file, path: {copy}, format: raw}}"}
    path = folder / "logsniffd.yaml"
    path.write_text(f"""
capture: {{interfaces: [lo]}}
filters: [{{name: app, port: {port}, to: [{", ".join(sinks)}]}}]
sinks: {{{", ".join(f"{name}: {sink}" for name, sink in sinks.items())}}}
daemon: {{log_level: debug}}
{more}
""")
    return path, copy


def lines_of(path):
    """The lines of a file that is no longer written to."""
    text = path.read_bytes() if path.exists() else b""
    if text and not text.endswith(b"\n"):
        raise AssertionError(f"{path.name} ends within a line: {text[-100:]}")
    return text.split(b"\n")[:-1]


class Stream:
    """One TCP connection to the port, whose reader discards what it gets."""

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(tcp_listener())
        self.socket = self.stack.enter_context(socket.create_connection(("127.0.0.1", PORT)))
        self.sent = []
        return self

    def __exit__(self, *details):
        return self.stack.__exit__(*details)

    def send(self, count, padding=60):
        """Sends `count` lines, each with a number of its own."""
        self.send_lines(*(b"line %d %s" % (len(self.sent) + i, b"x" * padding) for i in range(count)))

    def send_lines(self, *lines):
        self.sent += lines
        self.socket.sendall(b"".join(line + b"\n" for line in lines))

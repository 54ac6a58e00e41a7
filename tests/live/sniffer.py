"""A running `logsniffd sniff` and its senders. For use inside a network namespace of its own, whose only interface
is `lo`."""
import contextlib
import os
import queue
import re
import signal
import socket
import subprocess
import threading
import unittest

BINARY = os.environ["LOGSNIFFD"]
PORT = 9988
PATIENCE = 20  # seconds before a test that waits in vain fails; nothing waits this long when all is well
TEXT_LINE = re.compile(r"(\d\d:\d\d:\d\d\.\d{6}) (.*)", re.S)


def own_network():
    """Refuses to run next to other traffic, and brings lo up."""
    names = [name for _, name in socket.if_nameindex()]
    if names != ["lo"]:
        raise RuntimeError(f"run inside `unshare --net`: this network namespace holds {names}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


class Sniffer:
    """`logsniffd sniff -i lo ARGUMENTS`, ready to capture once the `with` block is entered."""

    def __init__(self, *arguments, prefix=(), env=None, interface="lo", binary=BINARY):
        self.command = [*prefix, binary, "sniff", "-i", interface, *map(str, arguments)]
        self.env = os.environ | (env or {})
        self.stderr = []
        self.stdout = queue.Queue()

    def __enter__(self):
        self.process = subprocess.Popen(self.command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.ready = threading.Event()
        self.readers = [threading.Thread(target=self._read_stdout), threading.Thread(target=self._read_stderr)]
        for reader in self.readers:
            reader.start()
        self.ready.wait(PATIENCE)
        if not any("capturing on" in line for line in self.stderr):
            self.__exit__()
            raise AssertionError(f"{self.command} is not capturing; it said: {self.stderr}")
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def _read_stdout(self):
        for line in self.process.stdout:
            self.stdout.put(line)

    def _read_stderr(self):
        for line in self.process.stderr:
            self.stderr.append(line.decode().rstrip("\n"))
            if "capturing on" in self.stderr[-1]:
                self.ready.set()
        self.ready.set()

    def lines(self, count):
        """The next `count` lines of standard output, as bytes without their LF."""
        lines = []
        with contextlib.suppress(queue.Empty):
            while len(lines) < count:
                lines.append(self.stdout.get(timeout=PATIENCE))
        if len(lines) < count:
            raise AssertionError(f"{len(lines)} of {count} lines came: {lines[-5:]}; stderr: {self.stderr}")
        return [line.removesuffix(b"\n") for line in lines]

    def wait(self):
        """Waits for the end of the program. Returns the exit status and the lines that were not taken yet."""
        status = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join()
        rest = []
        while not self.stdout.empty():
            rest.append(self.stdout.get().removesuffix(b"\n"))
        return status, rest

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.wait()


class LiveTest(unittest.TestCase):
    def messages(self, lines):
        """The messages of lines in the text format. Fails if a line has another shape."""
        messages = []
        for line in lines:
            match = TEXT_LINE.fullmatch(line.decode())
            self.assertIsNotNone(match, line)
            messages.append(match[2])
        return messages

    def assert_seen(self, sniffer, expected):
        """Exactly these messages are seen, in this order and once each, and the end is clean."""
        first = sniffer.lines(len(expected))
        status, rest = sniffer.stop()
        self.assertEqual(self.messages(first + rest), expected)
        self.assertEqual(status, 0, sniffer.stderr)


@contextlib.contextmanager
def udp_listener(port=PORT):
    """A socket that accepts datagrams. A datagram to a closed port would come back to its sender as an error."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", port))
        yield listener


@contextlib.contextmanager
def tcp_listener(port=PORT, reply=b""):
    """Accepts connections one after another, answers with `reply`, and reads each to its end."""
    listener = socket.create_server(("127.0.0.1", port))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(reply)
                    while connection.recv(65536):
                        pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def send_udp(*payloads, port=PORT):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for payload in payloads:
            sender.sendto(payload, ("127.0.0.1", port))


def send_tcp(*pieces, port=PORT):
    """Sends the pieces over one connection, each as a segment of its own."""
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            sender.sendall(piece)
        sender.shutdown(socket.SHUT_WR)
        while sender.recv(65536):
            pass


def run(*command, stdin=b""):
    subprocess.run(command, input=stdin, check=True, timeout=PATIENCE)

"""Lines that prove themselves by a number and a checksum, and their sender, which is a process of its own.

    numbered.py BYTES_PER_SECOND COUNTER    sends until it is killed, over one TCP connection to PORT. 0 sends as
                                            fast as possible, and only lines of 10 digits, the first 10,000 again and again

COUNTER is a file whose first 8 bytes are the number of bytes that the other end of the connection has read so far. What
it has read was captured before, unless the kernel dropped it.
"""
import contextlib
import mmap
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib

PORT = 9988
SIZE = 200  # of a line, including its LF
LINE = re.compile(rb"(\d{10}) ([a-z]{179}) ([0-9a-f]{8})")
FILLERS = [bytes(97 + (shift + i) % 26 for i in range(SIZE - 21)) for shift in range(26)]
TICK = 0.005


def line(number):
    text = b"%010d %s" % (number, FILLERS[number % 26])
    return b"%s %08x" % (text, zlib.crc32(text))


def lines(first, end):
    return b"".join(line(number) + b"\n" for number in range(first, end))


def number_of(text):
    """The number of a line that is exactly as it was sent; None for everything else."""
    match = LINE.fullmatch(text)
    return int(match[1]) if match and line(int(match[1])) == text else None


class Load:
    """The sender as a process, sending while the `with` block lasts or until stop()."""

    def __init__(self, folder, bytes_per_second):
        self.counter = folder / "received"
        self.rate = bytes_per_second

    def __enter__(self):
        self.counter.write_bytes(bytes(8))
        self.process = subprocess.Popen([sys.executable, "-B", __file__, str(self.rate), str(self.counter)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"ready\n"
        return self

    def __exit__(self, *_):
        self.stop()

    def received(self):
        """Bytes that have arrived."""
        return struct.unpack("<Q", self.counter.read_bytes()[:8])[0]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


def receive(listener, counter):
    connection, _ = listener.accept()
    buffer, received = bytearray(1 << 20), 0
    with contextlib.suppress(ConnectionError):
        while count := connection.recv_into(buffer):
            received += count
            struct.pack_into("<Q", counter, 0, received)


def send(rate, counter):
    listener = socket.create_server(("127.0.0.1", PORT))
    threading.Thread(target=receive, args=(listener, counter), daemon=True).start()
    sender = socket.create_connection(("127.0.0.1", PORT))
    print("ready", flush=True)
    begun, number = time.monotonic(), 0
    while rate:
        due = int((time.monotonic() - begun) * rate / SIZE)
        sender.sendall(lines(number, due))
        number = due
        time.sleep(TICK)
    block = b"".join(b"%010d\n" % number for number in range(10_000))
    while True:
        sender.sendall(block)


if __name__ == "__main__":
    with open(sys.argv[2], "r+b") as file:
        send(int(sys.argv[1]), mmap.mmap(file.fileno(), 8))

"""A sender of numbered lines, as a process of its own: some over one TCP connection to PORT, some as UDP datagrams.

    paced.py LINES_PER_SECOND    sends until its standard input ends, and prints how many lines of each protocol it sent
"""
import os
import select
import socket
import subprocess
import sys
import threading
import time

PORT = 9988
TICK = 0.002
ROUND = 5  # of so many lines, one goes over UDP
MOST = 1000  # lines in one tick: a sender that was held up does not make up for it in one burst
FILLER = "a line of usual length, as many programs write them"


def line(protocol, number):
    return b"%s %010d %s" % (protocol, number, FILLER.encode())


class Load:
    """The sender, sending while the `with` block lasts or until stop()."""

    def __init__(self, lines_per_second):
        self.rate = lines_per_second

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-B", __file__, str(self.rate)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"ready\n"
        self.begun = time.monotonic()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self):
        """Returns how many lines were sent over TCP and over UDP, and in how many seconds."""
        said, _ = self.process.communicate()
        tcp, udp = map(int, said.split())
        return tcp, udp, time.monotonic() - self.begun


def read(listener):
    connection, _ = listener.accept()
    while connection.recv(1 << 20):
        pass


def send(rate):
    # Packets of one sender stay in order on lo as long as it stays on one processor.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    listener = socket.create_server(("127.0.0.1", PORT))
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", PORT))
    reader = threading.Thread(target=read, args=(listener,))
    reader.start()
    tcp = socket.create_connection(("127.0.0.1", PORT))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.connect(("127.0.0.1", PORT))
    print("ready", flush=True)
    tcp_lines = udp_lines = 0
    begun = time.monotonic()
    while not select.select([sys.stdin], [], [], TICK)[0]:
        due = min(int((time.monotonic() - begun) * rate) - tcp_lines - udp_lines, MOST)
        rounds = due // ROUND
        tcp.sendall(b"".join(line(b"tcp", number) + b"\n" for number in range(tcp_lines, tcp_lines + rounds * (ROUND - 1))))
        tcp_lines += rounds * (ROUND - 1)
        for number in range(udp_lines, udp_lines + rounds):
            udp.send(line(b"udp", number))
        udp_lines += rounds
    tcp.close()
    reader.join()
    print(tcp_lines, udp_lines)


if __name__ == "__main__":
    send(int(sys.argv[1]))

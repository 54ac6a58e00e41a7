"""Traffic of many kinds, each to a port of its own: the kinds of logs that `learn` must find, and what it must not take
for a log. Always the same bytes."""
import gzip
import json
import logging
import pickle
import socket
import struct
from collections import namedtuple

# `connections`: of TCP, lists of segments; of UDP, lists of datagrams. `answers`: what the port sends back after each.
# `records`: how many were logged; None: it is not a log.
Port = namedtuple("Port", "protocol port records framing decode multiline connections answers", defaults=[()])

SENDERS = 3
RECORDS = 12  # of each sender


def numbers():
    return [[(sender, i) for i in range(RECORDS)] for sender in range(SENDERS)]


def each(make):
    """make(sender, number) for every record of every sender."""
    return [[make(sender, i) for sender, i in group] for group in numbers()]


def syslog(sender, i):
    return b"<%d>Sep 21 14:13:%02d host%d app[%d]: message %d" % (30 + i % 8, 20 + i, sender, 100 + sender, i)


def rfc5424(sender, i):
    return b"<165>1 2026-09-21T14:13:%02d.003Z host%d.example.net app %d ID%d - message %d" % (i, sender, 100 + sender, i, i)


def json_line(sender, i):
    return json.dumps({"time": f"2026-09-21T14:13:{i:02}Z", "level": "info", "msg": f"message {i} of {sender}"}).encode()


def gelf(sender, i):
    return json.dumps({"version": "1.1", "host": f"host{sender}.example.net", "short_message": f"message {i}",
                       "full_message": "x" * 300, "timestamp": 1790000000 + i, "level": 6}).encode()


def chunked(sender, i):
    """A GELF message in three chunks; every second message is compressed."""
    message = gelf(sender, i)
    if i % 2:
        message = gzip.compress(message, mtime=0)
    size = -(-len(message) // 3)
    head = b"\x1e\x0f" + struct.pack(">II", sender, i)
    return [head + bytes([part, 3]) + message[part * size:(part + 1) * size] for part in range(3)]


def pickled(sender, i):
    record = logging.LogRecord(f"app{sender}", logging.WARNING, "/srv/app.py", i, "message %d of %d", (i, sender), None)
    fields = dict(record.__dict__, created=1790000000.5 + i, msg=record.getMessage(), args=None)
    data = pickle.dumps(fields, 1)
    return struct.pack(">L", len(data)) + data


def plain(sender, i):
    return b"worker %d finished job %d in %d ms" % (sender, i, 17 * i)


def trace(sender, i):
    return (f"2026-09-21 14:13:{20 + i} ERROR request {i} of {sender} failed\n"
            "java.lang.IllegalStateException: no connection\n"
            "\tat org.example.Pool.take(Pool.java:41)\n"
            "\tat org.example.Server.run(Server.java:12)\n"
            "Caused by: java.io.IOException: closed\n"
            "\t... 12 more\n").encode()


def client_hello():
    name = b"logs.example.net"
    entry = b"\x00" + struct.pack(">H", len(name)) + name
    extension = struct.pack(">HH", 0, len(entry) + 2) + struct.pack(">H", len(entry)) + entry
    body = b"\x03\x03" + bytes(range(32)) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00" + struct.pack(">H", len(extension)) + extension
    message = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def dns(sender, i, answer=False):
    name = b"\x06host%02d\x07example\x03net\x00" % i
    question = struct.pack(">HHHHHH", sender << 8 | i, 0x8180 if answer else 0x0100, 1, int(answer), 0, 0) + name + b"\0\1\0\1"
    return question + (b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1" if answer else b"")


def lines(make):
    return each(lambda sender, i: make(sender, i) + b"\n")


ALL = SENDERS * RECORDS
LOGS = [
    Port("udp", 5140, ALL, "datagram", "syslog", None, each(syslog)),
    Port("tcp", 6010, ALL, "octet", "syslog", None, each(lambda s, i: b"%d %s" % (len(syslog(s, i)), syslog(s, i)))),
    Port("tcp", 6011, ALL, "lines", "syslog", None, lines(syslog)),
    Port("tcp", 6012, ALL, "lines", "syslog", None, lines(rfc5424)),
    Port("tcp", 6013, ALL, "lines", "json", None, lines(json_line)),
    Port("udp", 12201, ALL, "datagram", "gelf", None, [sum(group, []) for group in each(chunked)]),
    Port("tcp", 12202, ALL, "nul", "gelf", None, each(lambda s, i: gelf(s, i) + b"\0")),
    Port("tcp", 9020, ALL, "length", "python", None, each(pickled)),
    Port("tcp", 6014, ALL, "lines", "plain", None, lines(plain)),
    Port("tcp", 6015, ALL, "nul", "plain", None, each(lambda s, i: plain(s, i) + b"\0")),
    Port("tcp", 6016, ALL, "lines", "plain", "traceback", each(trace)),
]

REQUEST = b"GET /status?verbose=1 HTTP/1.1\r\nHost: www.example.net\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 24\r\n\r\nline one\nline two\nthree\n\n"
START_UP = b"\x00\x00\x00\x22\x00\x03\x00\x00user\0app\0database\0app\0\0\0\0\0"
OTHERS = [
    Port("tcp", 6514, None, None, None, None, [[client_hello()]] * SENDERS, [b"\x16\x03\x03\x00\x04\x02\x00\x00\x00"]),
    Port("tcp", 8081, None, None, None, None, [[REQUEST] * 5] * SENDERS, [RESPONSE] * 5),
    Port("udp", 53, None, None, None, None, each(dns), [dns(0, i, True) for i in range(RECORDS)]),
    Port("tcp", 5433, None, None, None, None, [[START_UP, b"Q\x00\x00\x00\x0dselect 1\0"]] * SENDERS,
         [b"R\0\0\0\x08\0\0\0\0Z\0\0\0\5I", b"T\0\0\0\6\0\0C\0\0\0\rSELECT 1\0Z\0\0\0\5I"]),
    Port("tcp", 6380, None, None, None, None, [[b"*2\r\n$3\r\nGET\r\n$4\r\nname\r\n"] * 5] * SENDERS, [b"$5\r\nvalue\r\n"] * 5),
    Port("tcp", 2222, None, None, None, None, [[b"SSH-2.0-OpenSSH_9.2\r\n"]] * SENDERS, [b"SSH-2.0-OpenSSH_9.2\r\n"]),
    # No protocol that has a name: only the answers show it.
    Port("tcp", 7007, None, None, None, None, [[b"status %d\n" % i for i in range(5)]] * SENDERS, [b"ready\n"] * 5),
]


class Capture:
    """A pcap file of bare IP packets."""

    def __init__(self):
        self.time = 1790000000.0
        self.parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101)]

    def packet(self, src, dst, protocol, payload):
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0, *map(socket.inet_aton, (src, dst)))
        self.time += 0.01
        seconds, micros = divmod(round(self.time * 1e6), 10 ** 6)
        self.parts.append(struct.pack("<IIII", seconds, micros, len(ip + payload), len(ip + payload)) + ip + payload)

    def udp(self, src, sport, dst, dport, payload):
        self.packet(src, dst, 17, struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload)

    def tcp(self, src, sport, dst, dport, seq, ack, flags, payload=b""):
        self.packet(src, dst, 6, struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, 65000, 0, 0) + payload)

    def connection(self, client, port, segments, answers):
        there, back = (*client, "192.0.2.1", port), ("192.0.2.1", port, *client)
        seq, ack = 1001, 9001
        self.tcp(*there, 1000, 0, 0x02)
        self.tcp(*back, 9000, seq, 0x12)
        self.tcp(*there, seq, ack, 0x10)
        for i, segment in enumerate(segments):
            self.tcp(*there, seq, ack, 0x18, segment)
            seq += len(segment)
            answer = answers[i] if i < len(answers) else b""
            self.tcp(*back, ack, seq, 0x18 if answer else 0x10, answer)
            ack += len(answer)
        self.tcp(*there, seq, ack, 0x11)
        self.tcp(*back, ack, seq + 1, 0x11)
        self.tcp(*there, seq + 1, ack + 1, 0x10)

    def add(self, port):
        for number, pieces in enumerate(port.connections):
            client = (f"192.0.2.{10 + number}", 40000 + number)
            if port.protocol == "tcp":
                self.connection(client, port.port, pieces, port.answers)
                continue
            for i, piece in enumerate(pieces):
                self.udp(*client, "192.0.2.1", port.port, piece)
                if i < len(port.answers):
                    self.udp("192.0.2.1", port.port, *client, port.answers[i])

    def write(self, path):
        path.write_bytes(b"".join(self.parts))

"""The traffic of the examples in config/examples. `captures.py` writes NAME/input.pcap for each of them.

Addresses and names are those reserved for documentation, except where the example itself names private networks. The
first packet has the time 2024-03-09 10:27:44 UTC, and each one after it is ten milliseconds later.
"""
import gzip
import json
import pickle
import socket
import struct
from pathlib import Path

FOLDER = Path(__file__).parent
START = 1_709_980_064
STEP = 10_000  # microseconds
SYN, ACK, PSH_ACK, FIN_ACK = 0x02, 0x10, 0x18, 0x11


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    """A file of Ethernet frames with IPv4."""

    def __init__(self):
        self.bytes = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
        self.time = 0
        self.port = 50000

    def packet(self, protocol, source, destination, payload):
        addresses = socket.inet_aton(source[0]) + socket.inet_aton(destination[0])
        place = 16 if protocol == socket.IPPROTO_TCP else 6  # of the checksum
        pseudo = addresses + struct.pack(">BBH", 0, protocol, len(payload))
        payload = payload[:place] + struct.pack(">H", checksum(pseudo + payload) or 0xFFFF) + payload[place + 2:]
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) + addresses
        header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
        frame = bytes.fromhex("020000000002 020000000001 0800") + header + payload
        self.bytes += struct.pack("<IIII", START + self.time // 1_000_000, self.time % 1_000_000, len(frame), len(frame)) + frame
        self.time += STEP

    def udp(self, source, destination, *payloads):
        """A datagram for each payload. A source is an address, or an address and a port."""
        for payload in payloads:
            here = self.at(source)
            header = struct.pack(">HHHH", here[1], destination[1], 8 + len(payload), 0)
            self.packet(socket.IPPROTO_UDP, here, destination, header + payload)

    def tcp(self, source, destination, *segments, lost=(), answer=b""):
        """A whole connection with these segments. Those whose number is in `lost` were sent, and acknowledged, but are not
        in the capture. `answer` comes back after the first one."""
        here = self.at(source)
        self.seq = {here: 1000, destination: 9000}
        self.segment(here, destination, SYN)
        self.segment(destination, here, SYN | ACK)
        self.segment(here, destination, ACK)
        for number, segment in enumerate(segments):
            if number in lost:
                self.seq[here] += len(segment)
            else:
                self.segment(here, destination, PSH_ACK, segment)
            self.segment(destination, here, ACK)
            if answer and number == 0:
                self.segment(destination, here, PSH_ACK, answer)
        self.segment(here, destination, FIN_ACK)
        self.segment(destination, here, FIN_ACK)
        self.segment(here, destination, ACK)

    def segment(self, source, destination, flags, payload=b""):
        acknowledged = self.seq[destination] if flags & ACK else 0
        header = struct.pack(">HHIIBBHHH", source[1], destination[1], self.seq[source], acknowledged, 0x50, flags, 64240, 0, 0)
        self.packet(socket.IPPROTO_TCP, source, destination, header + payload)
        self.seq[source] += len(payload) + (1 if flags & (SYN | 1) else 0)

    def at(self, source):
        if isinstance(source, tuple):
            return source
        self.port += 1
        return source, self.port


def lines(*texts):
    return "".join(text + "\n" for text in texts).encode()


def application_to_file(capture):
    """Errors are among the lines, health checks come in between, and the port answers."""
    capture.tcp("192.0.2.10", ("192.0.2.1", 9988),
                lines("INFO shop started, version 4.2", "INFO GET /healthz 200"),
                lines("ERROR order 17: stock is unknown", "INFO order 18 accepted"),
                lines("FATAL disk full"), answer=b"welcome\n")


def cloud_mirror(capture):
    """What comes out of the kernel's tunnel interface: frames of other machines. The mirror dropped the third one."""
    capture.tcp("192.0.2.20", ("192.0.2.200", 9988), b"INFO one\n", b"INFO two\nINFO th", b"ree\nINFO four, of which the end is lo",
                b"st\nINFO five\n", b"INFO six\n", lost=[2])
    capture.udp("192.0.2.21", ("192.0.2.200", 514), b"<13>Mar  9 10:27:40 web1 nginx: worker 3 exited")
    capture.udp("198.51.100.7", ("192.0.2.200", 443), b"\x17\xfe\xfd encrypted, and no log")
    capture.udp("198.51.100.8", ("198.51.100.9", 514), b"<13>Mar  9 10:27:40 other app: of a network that is not asked for")


def forward_tls_spool(capture):
    """Both transports of syslog, an answer, and what is only a debugging line."""
    capture.udp("192.0.2.30", ("192.0.2.1", 514), b"<28>Mar  9 10:27:40 gw1 dhcpd: no free leases on subnet 192.0.2.0",
                b"<191>Mar  9 10:27:40 gw1 dhcpd: parsing dhcpd.conf")
    text = '<165>1 2024-03-09T10:27:43.5Z db1.example.net postgres 811 checkpoint [at@32473 lsn="0/3000060"] checkpoint complete'
    capture.tcp("192.0.2.31", ("192.0.2.1", 601), f"{len(text)} {text}".encode())


def forward_warnings(capture):
    """The firewall's noise, and devices of all severities."""
    capture.udp("192.168.1.1", ("192.0.2.1", 514), b"<134>Mar  9 10:27:40 fw1 %FW-6-302013: connection built for 192.0.2.40",
                b"<132>Mar  9 10:27:41 fw1 %FW-4-106023: denied 198.51.100.7")
    capture.udp("192.0.2.41", ("192.0.2.1", 514), b"<190>Mar  9 10:27:41 sw1 %LINK-6-UPDOWN: Gi1/0/1 is up",
                b"<187>Mar  9 10:27:42 sw1 %LINK-3-UPDOWN: Gi1/0/2 is down", b"no priority, and kept for that reason")


def gelf(capture):
    """Each way in which Graylog's libraries send a message: plain, compressed, in two chunks, and over TCP."""
    def message(level, text, **more):
        return json.dumps({"version": "1.1", "host": "shop1", "short_message": text, "timestamp": 1_709_980_063.25, "level": level,
                           **more}).encode()

    def chunk(number, payload):
        return b"\x1e\x0f" + b"8 bytes." + bytes([number, 2]) + payload

    capture.udp("192.0.2.50", ("192.0.2.1", 12201), message(4, "stock is low", _sku="A-100"),
                gzip.compress(message(3, "payment refused", _order=17), mtime=0), message(7, "a line for developers"))
    long = message(3, "template not found", full_message="template not found\n  at cart.html:12")
    capture.udp(("192.0.2.51", 50100), ("192.0.2.1", 12201), chunk(0, long[:80]), chunk(1, long[80:]))
    capture.tcp("192.0.2.52", ("192.0.2.1", 12201), message(6, "first over TCP") + b"\0", message(6, "second over TCP", _user="u1") + b"\0")


def journald_only(capture):
    """Programs of two hosts, and one that does not give its name."""
    capture.udp("192.0.2.60", ("192.0.2.1", 514), b"<86>Mar  9 10:27:40 web1 sshd[812]: Accepted publickey for deploy",
                b"<30>Mar  9 10:27:41 web1 cron[90]: job done")
    capture.udp("192.0.2.61", ("192.0.2.1", 514), b"a line without any header")


def mirror_port(capture):
    """Two senders of the site, one of another site, and what the collector answers."""
    capture.udp("10.20.0.11", ("10.20.0.1", 514), b"<189>Mar  9 10:27:40 sw11 %SYS-5-CONFIG_I: Configured from console by admin")
    text = "<165>1 2024-03-09T10:27:43.5Z web12.example.net shop 4711 order - accepted"
    capture.tcp("10.20.0.12", ("10.20.0.1", 601), f"{len(text)} {text}".encode(), answer=b"an answer, which is not collected\n")
    capture.udp("192.0.2.70", ("192.0.2.1", 514), b"<189>Mar  9 10:27:41 other app: of another site")


def noisy_service(capture):
    """Access lines of a proxy, most of them good, and an application that says too much."""
    for status, path in (200, "/healthz"), (200, "/cart"), (503, "/cart"), (404, "/favicon.ico"), (500, "/pay"), *[(200, "/cart")] * 16:
        capture.udp(("192.0.2.80", 50080), ("192.0.2.1", 5140), json.dumps(
            {"level": "info", "msg": f"GET {path}", "status": status, "ms": 12}).encode())
    for text in ("<191>Mar  9 10:27:40 shop1 shop: cart has 3 items", "<190>Mar  9 10:27:41 shop1 shop: GET /healthz",
                 "<188>Mar  9 10:27:42 shop1 shop: cache miss for A-100", *["<188>Mar  9 10:27:43 shop1 shop: stock of A-100 is low"] * 3,
                 "<187>Mar  9 10:27:43 shop1 backup: of an application that nobody asked for"):
        capture.udp(("192.0.2.81", 50081), ("192.0.2.1", 5141), text.encode())


def python_logging(capture):
    """One record through each of Python's handlers for the network."""
    def pickled(level, name, text, arguments, trace=None):
        record = {"name": "shop.orders", "msg": text, "args": arguments, "levelname": name, "levelno": level, "pathname": "/srv/shop/orders.py",
                  "filename": "orders.py", "module": "orders", "exc_info": None, "exc_text": trace, "stack_info": None, "lineno": 42,
                  "funcName": "accept", "created": START - 0.5, "msecs": 500.0, "relativeCreated": 100.0, "thread": 1,
                  "threadName": "MainThread", "processName": "MainProcess", "process": 811}
        data = pickle.dumps(record, 1)
        return struct.pack(">L", len(data)) + data

    trace = "Traceback (most recent call last):\n  File \"/srv/shop/orders.py\", line 40, in accept\nKeyError: 'A-100'"
    capture.tcp("192.0.2.90", ("192.0.2.1", 9020), pickled(20, "INFO", "order %d of %s", (17, "u1")),
                pickled(40, "ERROR", "order %d failed", (18,), trace))
    capture.udp("192.0.2.91", ("192.0.2.1", 9021), pickled(30, "WARNING", "stock of %s is low", ("A-100",)))
    capture.udp("192.0.2.92", ("192.0.2.1", 514), b"<12>billing: retrying payment of order 17\0", b"<15>billing: for developers\0")


def secrets_redacted(capture):
    """Secrets where they usually are: in the text, in a field, in a header of HTTP."""
    capture.tcp("192.0.2.100", ("192.0.2.1", 9988), lines(
        "login of u1 with password=tr0ub4dor ok", 'PASSWORD: "correct horse", 2nd try', "GET /cart Authorization: Bearer abc.def.ghi",
        "payment with card 4111 1111 1111 1111 accepted", "mail to alice@example.net sent", "nothing to hide"))
    capture.udp("192.0.2.101", ("192.0.2.1", 9988), json.dumps(
        {"level": "warn", "msg": "login refused", "user": "bob@example.net", "password": 'hunt"er2', "token": "Bearer 123-456"}).encode())


def stack_traces(capture):
    """A trace of Java among ordinary lines, one that comes in two segments, and a format of its own."""
    capture.tcp("192.0.2.110", ("192.0.2.1", 9988), lines(
        "10:27:44 INFO order 17 accepted", "10:27:44 ERROR order 18 failed", "java.lang.IllegalStateException: stock is unknown",
        "\tat shop.Stock.take(Stock.java:88)"), lines(
        "\tat shop.Orders.accept(Orders.java:42)", "Caused by: java.net.ConnectException: connection refused",
        "\tat java.base/sun.nio.ch.Net.connect(Net.java:579)", "\t... 12 more", "10:27:45 INFO order 19 accepted"))
    capture.tcp("192.0.2.111", ("192.0.2.1", 9989), lines(
        "2024-03-09 job nightly begins", "  step 1: 17 rows", "  step 2: 3 rows", "2024-03-09 job nightly ends"))


def watch_on_terminal(capture):
    """Records that end with NUL, some that end with LF, and a port that is not watched."""
    capture.tcp("127.0.0.1", ("127.0.0.1", 12201), b'{"short_message": "first"}\0{"short_message": "second', b' half"}\0unfinished')
    capture.udp("127.0.0.1", ("127.0.0.1", 6001), b"a datagram\tand a tab")
    capture.tcp("127.0.0.1", ("127.0.0.1", 9000), lines("one", "two"))
    capture.udp("127.0.0.1", ("127.0.0.1", 7000), b"of a port that is not watched")


EXAMPLES = {function.__name__.replace("_", "-"): function for function in (
    application_to_file, cloud_mirror, forward_tls_spool, forward_warnings, gelf, journald_only, mirror_port, noisy_service, python_logging,
    secrets_redacted, stack_traces, watch_on_terminal)}


def written(name):
    """The bytes of the capture file of an example."""
    capture = Capture()
    EXAMPLES[name](capture)
    return capture.bytes


if __name__ == "__main__":
    for example in EXAMPLES:
        (FOLDER / example).mkdir(exist_ok=True)
        (FOLDER / example / "input.pcap").write_bytes(written(example))

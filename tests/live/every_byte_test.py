"""Every byte that a message can hold goes through every sink in every format as one line, and can be recovered from it
as docs/configuration.md describes. The same holds for every byte of a value of structured data, through json and
syslog. Needs a mount namespace of its own, in addition to the network namespace."""
import base64
import json
import re
import socket
import tempfile
import threading
import unittest
from pathlib import Path

from daemon import Daemon, eventually
from journal import Journal, own_folders
from sniffer import PORT, own_network, send_udp, udp_listener

ALL = bytes(range(256))
# Letters around each, because what transports put at the end of a datagram is stripped.
MESSAGES = [b"a%cz" % byte for byte in ALL] + [b"a" + ALL + b"z", b"a" + ALL[::-1] + b"z", b"a" + ALL * 3 + b"z"]
MESSAGES += [b"a" + "".join(map(chr, range(first, first + 64))).encode() + b"z" for first in range(0, 256, 64)]
MESSAGES += [rb"looks escaped: \n \r \t \x41 \x5c \\ \\\\ \\n \u0041 \", %s {message} {{", b'a"quoted",\\"}z', "Grüße 日本語 😀 \u2028\u2029\ufeff".encode() + b"z",
             b"logsniffd: 1,284 records lost here (queue full) between 10:27:44.016601 and 10:27:45.113020, filter app", b"1,284 records lost here (z",
             b"logsniffd: \\n\n\xffz", b"logsniffd:",
             b"a\xc3z", b"a\xe2\x82z", b"a\xf0\x9f\x98z", b"a\xed\xa0\x80z", b"a\xc0\xafz", b"a\xf4\x90\x80\x80z", b"a\n<13>forged: b\r\nz"]
FORMATS = {"text": "text", "json": "json", "template": "'[{message}]'", "raw": "raw"}
SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}
CONTROL = re.compile(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]")
C0 = re.compile(rb"[\x00-\x1f]")  # what JSON has to escape
SO_RCVBUFFORCE = 33
UDP_PORT, TCP_PORT = 5514, 5601


def setUpModule():
    own_network()
    own_folders()


def unescaped(text):
    """Reverses the escapes of `text`, templates and syslog."""
    return re.sub(rb"\\(x([0-9a-f]{2})|[nrt\\])", lambda match: bytes.fromhex(match[2].decode()) if match[2] else SIMPLE[match[1]], text)


def from_json(line):
    record = json.loads(line)
    return base64.b64decode(record["message_base64"], validate=True) if "message_base64" in record else record["message"].encode()


def from_text(line):
    return unescaped(re.fullmatch(rb"\d\d:\d\d:\d\d\.\d{6} (.*)", line, re.S)[1])


def from_template(line):
    return unescaped(line.removeprefix(b"[").removesuffix(b"]"))


def from_rfc3164(message):
    # The first over the network, the second to a unix socket.
    source = rb"(?:127\.0\.0\.1 logsniffd: |logsniffd: \[src\.addr=127\.0\.0\.1\] )"
    return unescaped(re.fullmatch(rb"<\d+>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d " + source + b"(.*)", message, re.S)[1])


def from_rfc5424(message):
    return unescaped(re.fullmatch(rb'<\d+>1 \S+ 127\.0\.0\.1 logsniffd - - (?:-|\[logsniffd@0 src\.addr="127\.0\.0\.1"\]) (.*)', message, re.S)[1])


def quoted(value):
    """RFC 5424, 6.3.3."""
    return re.sub(rb'(["\\\]])', rb"\\\1", value)


def values_from_json(line):
    record = json.loads(line)
    values, coded = record["fields"]["id.p"], record.get("fields_base64", {}).get("id.p", [None, None])
    return [value.encode() if code is None else base64.b64decode(code, validate=True) for value, code in zip(values, coded, strict=True)]


def values_from_rfc5424(message):
    data = re.fullmatch(rb'<\d+>1 \S+ \S+ logsniffd - - \[logsniffd@0 src\.addr="127\.0\.0\.1" facility="user"\]\[id (.*)\] m', message, re.S)[1]
    values = re.findall(rb'p="((?:[^"\\]|\\.)*)"', data, re.S)
    return [unescaped(re.sub(rb'\\(["\\\]])', rb"\1", value)) for value in values]


def from_journal(entry):
    return entry.get("LOGSNIFFD_MESSAGE", entry["MESSAGE"])


INVERSE = {"text": from_text, "json": from_json, "template": from_template, "raw": lambda line: line, "rfc3164": from_rfc3164,
           "rfc5424": from_rfc5424}


class Collector:
    """A socket of any kind that keeps the messages sent to it."""

    def __init__(self, family, kind, address, framing=None):
        self.messages, self.framing = [], framing
        self.socket = socket.socket(family, kind)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)  # UDP discards what it has no room for
        self.socket.bind(address)
        if kind == socket.SOCK_STREAM:
            self.socket.listen()
        self.thread = threading.Thread(target=self._datagrams if kind == socket.SOCK_DGRAM else self._stream, daemon=True)
        self.thread.start()

    def _datagrams(self):
        while True:
            self.messages.append(self.socket.recv(65536))

    def _stream(self):
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rb") as file:
            while message := self.framing(file):
                self.messages.append(message)


def counted(file):
    """RFC 6587, 3.4.1."""
    count = b""
    while (digit := file.read(1)) not in (b" ", b""):
        count += digit
    return file.read(int(count)) if count else b""


def ended_by_nul(file):
    message = b""
    while (byte := file.read(1)) not in (b"\0", b""):
        message += byte
    return message


class EveryByte(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.config = self.folder / "logsniffd.yaml"
        self.enterContext(udp_listener())

    def daemon(self, sinks, decode="plain"):
        self.config.write_text(f"""
capture: {{interfaces: [lo]}}
filters: [{{name: app, port: {PORT}, protocol: udp, framing: datagram, decode: {decode}, to: [{", ".join(sinks)}]}}]
sinks: {{{", ".join(f"{name}: {sink}" for name, sink in sinks.items())}}}
daemon: {{log_level: debug}}
""")
        return Daemon(self.config)

    def assert_all_written(self, daemon):
        for name, sink in daemon.stop_in_order()["sinks"].items():
            self.assertEqual((name, sink["written"], sink["truncated"]), (name, len(MESSAGES), 0))

    def assert_reversible(self, form, lines):
        """There is one line for each message, and the message can be recovered from it."""
        for message, line in zip(MESSAGES, lines, strict=True):
            if form != "raw":
                self.assertIsNone((C0 if form == "json" else CONTROL).search(line), (form, line))
                line.decode()  # it is UTF-8
            self.assertEqual(INVERSE[form](line), message, (form, line))

    def as_lines(self, form, written):
        """Splits what was written into one piece for each message. Only `raw` may have several lines in a piece."""
        self.assertTrue(written.endswith(b"\n"))
        if form != "raw":
            return written.split(b"\n")[:-1]
        lines, at = [], 0
        for message in MESSAGES:
            lines.append(written[at:at + len(message)])
            at += len(message) + 1
            self.assertEqual(written[at - 1:at], b"\n")
        self.assertEqual(at, len(written))
        return lines

    def test_files(self):
        with self.daemon({form: f"{{type: file, path: {self.folder}/{form}.log, format: {FORMATS[form]}}}" for form in FORMATS}) as daemon:
            send_udp(*MESSAGES)
            self.assert_all_written(daemon)
        for form in FORMATS:
            with self.subTest(form):
                self.assert_reversible(form, self.as_lines(form, (self.folder / f"{form}.log").read_bytes()))

    def test_standard_output(self):
        for form in FORMATS:
            with self.subTest(form), self.daemon({"out": f"{{type: stdout, format: {FORMATS[form]}}}"}) as daemon:
                send_udp(*MESSAGES)
                self.assert_all_written(daemon)
                self.assert_reversible(form, self.as_lines(form, b"".join(line + b"\n" for line in daemon.rest)))

    def test_syslog(self):
        for form in ("rfc3164", "rfc5424"):
            collectors = {
                f"unix://{self.folder}/{form}.datagrams": Collector(socket.AF_UNIX, socket.SOCK_DGRAM, f"{self.folder}/{form}.datagrams"),
                f"unix://{self.folder}/{form}.stream": Collector(socket.AF_UNIX, socket.SOCK_STREAM, f"{self.folder}/{form}.stream", ended_by_nul),
                f"udp://127.0.0.1:{UDP_PORT}": Collector(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", UDP_PORT)),
                f"tcp://127.0.0.1:{TCP_PORT}": Collector(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", TCP_PORT), counted)}
            sinks = {target.split(":")[0] + str(i): f"{{type: syslog, protocol: {form}, to: '{target}'}}" for i, target in enumerate(collectors)}
            with self.daemon(sinks) as daemon:
                send_udp(*MESSAGES)
                self.assert_all_written(daemon)
            for target, collector in collectors.items():
                with self.subTest(target, form=form):
                    eventually("all have come", lambda: len(collector.messages) >= len(MESSAGES))
                    self.assert_reversible(form, collector.messages)
                collector.socket.close()

    def test_values_of_structured_data(self):
        target = f"{self.folder}/datagrams"
        collector = Collector(socket.AF_UNIX, socket.SOCK_DGRAM, target)
        sinks = {"json": f"{{type: file, path: {self.folder}/json.log, format: json}}",
                 "syslog": f"{{type: syslog, protocol: rfc5424, to: 'unix://{target}'}}"}
        with self.daemon(sinks, decode="syslog") as daemon:
            send_udp(*(b'<13>1 - - - - - [id p="%s" p="second"] m' % quoted(value) for value in MESSAGES))
            self.assert_all_written(daemon)
        eventually("all have come", lambda: len(collector.messages) >= len(MESSAGES))
        collector.socket.close()
        for inverse, lines in ((values_from_json, (self.folder / "json.log").read_bytes().split(b"\n")[:-1]),
                               (values_from_rfc5424, collector.messages)):
            with self.subTest(inverse.__name__):
                for value, line in zip(MESSAGES, lines, strict=True):
                    self.assertIsNone(C0.search(line), line)
                    line.decode()  # it is UTF-8
                    self.assertEqual(inverse(line), [value, b"second"], line)

    def test_journald(self):
        with Journal() as journal, self.daemon({"journal": "{type: journald}"}) as daemon:
            send_udp(*MESSAGES)
            stored = eventually("all are stored", lambda: (found := journal.entries("MESSAGE", "LOGSNIFFD_MESSAGE", LOGSNIFFD_FILTER="app"))
                                and len(found) >= len(MESSAGES) and found)
            self.assert_all_written(daemon)
        self.assertEqual([from_journal(entry) for entry in stored], MESSAGES)
        self.assertFalse([entry for entry in stored if entry["MESSAGE"].startswith(b"logsniffd:")])


if __name__ == "__main__":
    unittest.main()

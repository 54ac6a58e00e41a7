"""Ten thousand messages of each library that sends GELF or JSON: all are there, in order, and are read correctly.

The senders are in the folder SENDERS (senders/prepare.sh) and on the machine."""
import gzip
import json
import logging
import random
import socket
import time
import unittest

import graypy

from protocols_test import MESSAGES
from real_senders_test import SCRIPTS, SENDERS, SenderTest
from sniffer import PORT, own_network

LEVELS = ["debug", "info", "warning", "err", "crit"]
PYTHON_LEVELS = [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL]
HOST = socket.gethostname()


def setUpModule():
    own_network()


def noise(number, size):
    """Text that compression does not make short."""
    made = random.Random(number)
    return "".join(chr(made.randrange(33, 91)) for _ in range(size))


class Graypy(SenderTest):
    """Python's graypy: zlib over UDP, in chunks if it is long; over TCP a NUL after each message."""

    def message(self, number):
        return f"item {number} of anna's cart" + (" " + noise(number, 4000) if number % 100 == 99 else "")

    def over(self, protocol, handler):
        def send():
            logger = logging.Logger("shop.cart")
            logger.addHandler(handler)
            for number in range(MESSAGES):
                logger.log(PYTHON_LEVELS[number % 5], self.message(number), extra={"order": number})
                if number % 500 == 499:
                    time.sleep(0.01)  # so that no buffer on the way becomes full
            handler.close()
        records = self.capture(protocol, send)
        self.assert_each(records, lambda n: {"message": self.message(n), "severity": LEVELS[n % 5]}, host=HOST)
        self.assertEqual([record["fields"]["order"] for record in records], [str(n) for n in range(MESSAGES)])

    def test_udp_zlib(self):
        self.over("udp", graypy.GELFUDPHandler("127.0.0.1", PORT))

    def test_udp_plain(self):
        self.over("udp", graypy.GELFUDPHandler("127.0.0.1", PORT, compress=False))

    def test_tcp(self):
        self.over("tcp", graypy.GELFTCPHandler("127.0.0.1", PORT))


class GelfPro(SenderTest):
    """gelf-pro: deflated over UDP, in chunks if it is long; over TCP a connection for each message, and a NUL
    after it."""

    def over(self, adapter):
        records = self.capture(adapter, lambda: self.run_sender("node", SCRIPTS / "gelf_pro.js", PORT, MESSAGES, adapter,
                                                                NODE_PATH=str(SENDERS / "node_modules")))
        self.assert_each(records, lambda n: {"severity": LEVELS[n % 5]}, host=HOST)
        for number, record in enumerate(records):
            text = f"item {number} of anna's cart"
            self.assertEqual((record["message"][:len(text)], record["fields"]["order"]), (text, str(number)))
            self.assertEqual(len(record["message"]) > 2000, number % 100 == 99)

    def test_udp(self):
        self.over("udp")

    def test_tcp(self):
        self.over("tcp")


class DockerFormat(SenderTest):
    """What Docker's gelf log driver sends, emulated: GELF, gzip over UDP, chunks of 1420 bytes."""
    CHUNK = 1420 - 12

    def test_gzip(self):
        texts = [f"line {n} of web" + (" " + noise(n, 3000) if n % 100 == 99 else "") for n in range(MESSAGES)]

        def send():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for number, text in enumerate(texts):
                    body = gzip.compress(json.dumps({
                        "version": "1.1", "host": "docker1", "short_message": text, "timestamp": 1760220855.123, "level": 6 if number % 2 else 3,
                        "_command": "nginx -g daemon off;", "_container_id": "ab" * 32, "_container_name": "web", "_tag": "ab" * 6}).encode(), 1)
                    pieces = [body[at:at + self.CHUNK] for at in range(0, len(body), self.CHUNK)]
                    for place, piece in enumerate(pieces):
                        header = b"\x1e\x0f" + number.to_bytes(8, "big") + bytes([place, len(pieces)]) if len(pieces) > 1 else b""
                        sender.sendto(header + piece, ("127.0.0.1", PORT))
        self.assert_each(self.capture("udp", send), lambda n: {"message": texts[n], "severity": "info" if n % 2 else "err"}, host="docker1")


class Pino(SenderTest):
    """pino: JSON lines, through its TCP transport."""

    def test_tcp(self):
        records = self.capture("tcp", lambda: self.run_sender("node", SCRIPTS / "pino.js", PORT, MESSAGES, NODE_PATH=str(SENDERS / "node_modules")))
        self.assert_each(records, lambda n: {"message": f"item {n} of \"anna's\" }}{{ cart", "severity": LEVELS[n % 5]}, host=HOST)
        self.assertEqual([record["fields"]["order"] for record in records], [str(n) for n in range(MESSAGES)])


if __name__ == "__main__":
    unittest.main()

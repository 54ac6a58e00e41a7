"""Bytes of a connection that are missing or unread: the daemon warns of them while it runs and at its stop, sniff at
its end."""
import socket
import struct
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from daemon import Daemon, configuration, eventually, lines_of
from sniffer import PORT, Sniffer, own_network

# No host has these addresses, so nobody answers. Packets to them leave through lo, and are captured there.
CLIENT, SERVER, CLIENT_PORT = "192.0.2.7", "192.0.2.1", 40112
CONNECTION = f"TCP {CLIENT}:{CLIENT_PORT} -> {SERVER}:{PORT}: "
FAR = 5_000_000
HOLE_WAIT = 2.2


def setUpModule():
    own_network()
    subprocess.run(["ip", "route", "add", "192.0.2.0/24", "dev", "lo"], check=True)


class Wire:
    """Segments of one connection, as raw IP packets."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.seq = 1000
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, seq, payload, flags=0x18):
        tcp = struct.pack("!HHIIBBHHH", CLIENT_PORT, PORT, seq, 1, 5 << 4, flags, 65535, 0, 0) + payload
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0, socket.inet_aton(CLIENT), socket.inet_aton(SERVER))
        self.socket.sendto(ip + tcp, (SERVER, 0))

    def says(self, payload):
        self.send(self.seq, payload)
        self.seq += len(payload)


class Unread(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_daemon_warns_while_it_runs_and_at_its_stop(self):
        out = self.folder / "out.log"
        config, _ = configuration(self.folder, {"out": f"{{type: file, path: {out}, format: '{{integrity}} {{message}}'}}"})
        with Daemon(config) as daemon, Wire() as wire:
            wire.says(b"first\n")
            missing = wire.seq
            wire.seq += 10
            wire.says(b"behind a gap\n")
            time.sleep(HOLE_WAIT)
            wire.says(b"next\n")
            wire.send(missing, b"too late\n\n")
            wire.says(b"beside what came late\n")
            warned = eventually("a warning", lambda: daemon.said(CONNECTION))
            self.assertIn(f"warning: {CONNECTION}10 bytes missing, 10 bytes too late", warned[0])
            wire.send(wire.seq + FAR, b"stray\n")
            ledger = daemon.stop_in_order()
        self.assertIn(f"warning: {CONNECTION}6 bytes outside the window", daemon.said(CONNECTION)[-1])
        self.assertEqual(len(daemon.said(CONNECTION)), 2, daemon.stderr)
        self.assertEqual((ledger["streams"]["late"], ledger["streams"]["outside_window"]), (10, 6))
        self.assertEqual(lines_of(out), [b"joined_late first", b"gap behind a gap", b"whole next", b"gap beside what came late"])

    def test_sniff_says_it_at_its_end(self):
        with Sniffer(PORT) as sniffer, Wire() as wire:
            wire.says(b"first\n")
            wire.seq += 10
            wire.says(b"behind a gap\n")
            sniffer.lines(1)
            sniffer.stop()
        self.assertIn(f"logsniffd: {CONNECTION}10 bytes missing", sniffer.stderr)


if __name__ == "__main__":
    unittest.main()

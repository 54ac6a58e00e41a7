"""What a flood of compressed bombs costs its neighbours, compared with as many plain datagrams of the same size on the
same port.

Nothing is sent outside the network namespace that the test runs in, and each sender stops by itself."""
import os
import socket
import sys
import tempfile
import time
import unittest
import zlib
from multiprocessing import Process
from pathlib import Path

from daemon import Daemon, lines_of
from sniffer import own_network, udp_listener

SECONDS = float(os.environ.get("BOMBS_SECONDS", "20"))
NEIGHBOURS_PORT, FLOOD_PORT = 5514, 12201
NEIGHBOURS = 20_000  # records a second
PAYLOAD = 1040  # of 1,082 bytes on the wire
FLOOD = round(7.5e6 / 8 / (PAYLOAD + 42))  # datagrams a second
MORE = 0.01  # of the neighbours' records

CONFIG = """
capture: {{interfaces: [lo]}}
filters:
  - {{name: neighbours, port: {neighbours}, protocol: udp, decode: syslog, to: [neighbours]}}
  - {{name: flood, port: {flood}, protocol: udp, decode: gelf, to: [flood]}}
sinks:
  neighbours: {{type: file, path: {folder}/neighbours.log, format: raw}}
  flood: {{type: file, path: {folder}/flood.log, format: raw}}
daemon: {{log_level: debug}}
"""


def bomb(number):
    """GELF of a megabyte, padded with NULs to the size. No two are the same, because copies count once."""
    text = b'{"version":"1.1","host":"bomb","_n":"%d","short_message":"%s"}' % (number, b"x" * 900_000)
    return zlib.compress(text, 9).ljust(PAYLOAD, b"\0")


def plain(number):
    return (b"%d an ordinary line of plain text, as programs write it; " % number * 40)[:PAYLOAD]


def syslog(number):
    return b"<30>Oct 11 22:14:15 web1 shop[812]: order %d was sent" % number


def send(port, rate, payloads):
    """Sends all payloads at this rate: each on time or late, never early."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        start = time.monotonic()
        for number, payload in enumerate(payloads):
            if number % 20 == 0 and (early := start + number / rate - time.monotonic()) > 0:
                time.sleep(early)
            sender.send(payload)


class BombsTest(unittest.TestCase):
    def lost_beside(self, flood):
        """How many of the neighbours' records were lost, for whatever reason, and the ledger."""
        records = round(SECONDS * NEIGHBOURS)
        with tempfile.TemporaryDirectory() as name, udp_listener(NEIGHBOURS_PORT), udp_listener(FLOOD_PORT):
            folder = Path(name)
            config = folder / "logsniffd.yaml"
            config.write_text(CONFIG.format(neighbours=NEIGHBOURS_PORT, flood=FLOOD_PORT, folder=folder))
            with Daemon(config) as daemon:
                before = os.times()
                senders = [Process(target=send, args=(NEIGHBOURS_PORT, NEIGHBOURS, map(syslog, range(records)))),
                           Process(target=send, args=(FLOOD_PORT, FLOOD, flood))]
                started = time.monotonic()
                for sender in senders:
                    sender.start()
                for sender in senders:
                    sender.join()
                    self.assertEqual(sender.exitcode, 0)
                took = time.monotonic() - started
                time.sleep(0.5)  # for what the kernel still holds: there is no event for it
                senders_cpu = os.times()
                ledger = daemon.stop_in_order()
                cpu = os.times()
            written = {int(line.split()[-3]) for line in lines_of(folder / "neighbours.log")}
        lost = records - len(written)
        processor = cpu.children_user + cpu.children_system - senders_cpu.children_user - senders_cpu.children_system
        decoding = ledger["records"]["decoding"]
        print(f"{lost} of {records} lost ({100 * lost / records:.3f} %) in {took:.1f} s, kernel_dropped {ledger['packets']['kernel_dropped']}, "
              f"daemon {processor:.2f} s of processor, over_budget {decoding.get('over_budget', 0)}, made_bytes {decoding.get('made_bytes', 0)}", file=sys.stderr)
        return lost, records, ledger

    def test_flood_of_bombs_costs_neighbours_no_more_than_plain_text(self):
        count = round(SECONDS * FLOOD)
        # Made beforehand, so that making them takes no processor time from the daemon.
        bombs = [bomb(number) for number in range(64)]
        bombs = [bombs[number % 64][:-4] + number.to_bytes(4, "little") for number in range(count)]
        plain_lost, records, _ = self.lost_beside([plain(number) for number in range(count)])
        bombs_lost, _, ledger = self.lost_beside(bombs)
        self.assertLess(bombs_lost - plain_lost, MORE * records)
        self.assertGreater(ledger["records"]["decoding"]["over_budget"], count // 4)  # they were bombs


if __name__ == "__main__":
    own_network()
    unittest.main()

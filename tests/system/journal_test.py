"""The shipped unit with a journald sink: journald stores every message of a program that logs as fast as it can,
because the unit lifts the rate limit of journald, which does not tell a sender what it drops."""
import json
import os
import unittest

from container import Container

COUNT = 100_000
PORT = 9988

CONFIG = f"""
capture: {{interfaces: [lo]}}
limits: {{record: 16MiB}}
filters: [{{name: app, port: {PORT}, to: [journal, file]}}]
sinks:
  journal: {{type: journald, queue: 256MiB}}
  file: {{type: file, path: /var/log/logsniffd/app.log, format: raw, queue: 256MiB}}
daemon: {{log_level: debug}}
"""
# The log of a program: over TCP one message a line, over UDP through its own syslog library.
TCP = f"""
import socket, threading
server = socket.create_server(("127.0.0.1", {PORT}))
sender = socket.create_connection(("127.0.0.1", {PORT}))
receiver, _ = server.accept()
reading = threading.Thread(target=lambda: all(iter(lambda: receiver.recv(1 << 20), b"")))
reading.start()
with sender, sender.makefile("wb", buffering=4096) as log:
    for number in range({COUNT}):
        log.write(b"message %06d of a program that logs a lot\\n" % number)
reading.join()
"""
UDP = f"""
import logging, logging.handlers, socket
listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listener.bind(("127.0.0.1", {PORT}))
log = logging.getLogger()
log.addHandler(logging.handlers.SysLogHandler(("127.0.0.1", {PORT})))
log.setLevel(logging.INFO)
for number in range({COUNT}):
    log.info("message %06d of a program that logs a lot", number)
"""
MESSAGES = [f"message {number:06} of a program that logs a lot" for number in range(COUNT)]
LARGE = f"""
import socket
server = socket.create_server(("127.0.0.1", {PORT}))
sender = socket.create_connection(("127.0.0.1", {PORT}))
receiver, _ = server.accept()
for line in ["small", "x" * (16 << 20), "small again"]:
    text = line.encode() + b"\\n"
    for at in range(0, len(text), 1 << 16):
        piece = text[at:at + (1 << 16)]
        sender.sendall(piece)
        receiver.recv(len(piece), socket.MSG_WAITALL)
"""
DROP_IN = "/run/systemd/system/logsniffd.service.d/limit.conf"


def setUpModule():
    global machine
    machine = Container(os.environ["LOGSNIFFD_BUILD"])
    unittest.enterModuleContext(machine)
    # Room for everything in memory. It does not change the rate limit.
    conf = machine.path("/etc/systemd/journald.conf.d/room.conf")
    conf.parent.mkdir(parents=True, exist_ok=True)
    conf.write_text("[Journal]\nRuntimeMaxUse=1G\n")
    machine.run("systemctl", "restart", "systemd-journald")


class Journal(unittest.TestCase):
    def setUp(self):
        machine.path("/etc/logsniffd.yaml").write_text(CONFIG)
        machine.path("/var/log/logsniffd/app.log").unlink(missing_ok=True)
        self.cursor = machine.run("journalctl", "-n", "0", "--show-cursor").split("cursor: ")[1].strip()
        machine.run("systemctl", "start", "logsniffd")

    def entries(self, *match):
        text = machine.run("journalctl", "-a", "-o", "json", "--output-fields=MESSAGE,LOGSNIFFD_FILTER", "-u", "logsniffd",
                           "--after-cursor", self.cursor)
        return [json.loads(line) for line in text.splitlines()]

    def stored(self):
        return [entry["MESSAGE"] for entry in self.entries() if entry.get("LOGSNIFFD_FILTER") == "app"]

    def log_and_stop(self, program, count=COUNT):
        """According to the ledger every message is written, to both sinks."""
        machine.run("/usr/bin/python3", "-c", program)
        machine.run("systemctl", "stop", "logsniffd")
        machine.run("journalctl", "--sync")
        said = [entry["MESSAGE"] for entry in self.entries() if "ledger: " in str(entry["MESSAGE"])]
        ledger = json.loads(said[-1].split("ledger: ", 1)[1])
        self.assertEqual(ledger["unaccounted"], {"packets": 0, "bytes": 0, "records": 0})
        self.assertEqual(ledger["packets"]["kernel_dropped"], 0)
        for sink in ledger["sinks"].values():
            self.assertEqual((sink["written"], sum(sink["dropped"].values())), (count, 0), ledger["sinks"])

    def test_all_of_a_program_that_logs_over_tcp(self):
        self.log_and_stop(TCP)
        self.assertEqual(self.stored(), MESSAGES)

    def test_all_of_a_program_that_logs_to_syslog_over_udp(self):
        self.log_and_stop(UDP)
        self.assertEqual(self.stored(), MESSAGES)

    def test_message_beyond_any_datagram(self):
        """The message goes as a memory file, which the sandbox must allow."""
        self.log_and_stop(LARGE, 3)
        self.assertTrue(self.stored() == ["small", "x" * (16 << 20), "small again"], [len(message) for message in self.stored()])

    def test_limit_of_journald_itself_drops_what_the_ledger_cannot_know(self):
        """Shows why the unit lifts the limit, and that the other tests would notice it."""
        machine.path(DROP_IN).parent.mkdir(parents=True, exist_ok=True)
        machine.path(DROP_IN).write_text("[Service]\nLogRateLimitIntervalSec=30s\nLogRateLimitBurst=10000\n")
        self.addCleanup(machine.run, "systemctl", "daemon-reload")
        self.addCleanup(machine.path(DROP_IN).unlink)
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "restart", "logsniffd")
        machine.run("/usr/bin/python3", "-c", TCP)
        machine.run("systemctl", "stop", "logsniffd")
        machine.run("journalctl", "--sync")
        stored = len(self.stored())
        self.assertGreater(stored, 0)
        self.assertLess(stored, COUNT)
        self.assertEqual(machine.path("/var/log/logsniffd/app.log").read_text().splitlines(), MESSAGES)


if __name__ == "__main__":
    unittest.main()

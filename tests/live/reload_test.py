"""Reloads under load: whatever changes, each line that was sent is written once and in order."""
import contextlib
import json
import os
import signal
import socket
import sys
import time
import unittest

from asked import AskedTest
from daemon import lines_of
from paced import PORT, Load, line
from sniffer import PATIENCE, own_network

RATE = 50_000  # lines a second
RELOADS = 100
PACE = 0.01  # seconds from one to the next, if the daemon is that fast


def setUpModule():
    own_network()


class ReloadTest(AskedTest):
    def setUp(self):
        super().setUp()
        self.extra = self.folder / "extra.log"
        every = f"- {{name: datagrams, protocol: udp, port: {PORT}, to: [extra]}}"
        extra = f"  extra: {{type: file, path: {self.extra}, format: raw}}"
        self.good = [
            self.configuration(),
            self.configuration(filters=every, sinks=extra),  # a filter and a sink come, the others stay
            self.configuration(keys="match: ['^(tcp|udp) [0-9]'], exclude: ['never sent']"),
            # The sink is replaced: the former and the new one write the same file, one after the other.
            self.configuration(out="format: '{filter} {message}'"),
            self.configuration(keys="final: true", out="format: raw, queue: 32MiB", filters=every, sinks=extra),
        ]
        # The interface is opened again. This takes as long as the kernel may hold packets back, twice.
        self.reopening = [self.configuration(capture="latency: 20ms"), self.configuration(out="format: '{message}'")]
        self.bad = [
            "filters: [",
            self.configuration(more="filtres: []"),
            self.configuration(sinks="  new: {type: file, path: /proc/none/new.log}", filters="- {name: x, port: 1, to: [new]}"),
        ]

    def configuration(self, keys="", out="format: raw", filters="", sinks="", capture="", more=""):
        """In all of them, the filter `app` takes every line and gives it to the sink `out`."""
        return f"""
capture: {{interfaces: [lo], {capture}}}
filters:
- {{name: app, port: {PORT}, to: [out], {keys}}}
{filters}
sinks:
  out: {{type: file, path: {self.output}, {out}}}
{sinks}
daemon: {{log_level: debug, control: {self.socket}}}
{more}
"""

    def configure(self, text):
        """Replaces the file at once: the daemon reads all of it or all of the former one."""
        fresh = self.folder / "fresh.yaml"
        fresh.write_text(text)
        os.replace(fresh, self.config)

    @contextlib.contextmanager
    def under_load(self):
        """A daemon that writes what a sender sends. At the end everything that was sent must have been written."""
        self.configure(self.good[0])
        with self.running() as daemon, Load(RATE) as load, socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(str(self.socket))
            self.client = client.makefile("rw")
            yield daemon
            tcp, udp, seconds = load.stop()
            ledger = daemon.stop_in_order()
        print(f"{(tcp + udp) / seconds:,.0f} lines a second for {seconds:.1f} s", file=sys.stderr)
        self.assertEqual(ledger["packets"]["kernel_dropped"], 0, "the machine is too slow for this test, which says nothing about reloads")
        for name, sink in ledger["sinks"].items():
            self.assertEqual((sink["written"], sink["dropped"]), (sink["routed"], dict.fromkeys(sink["dropped"], 0)), name)
        written = [text.removeprefix(b"app ") for text in lines_of(self.output)]
        for protocol, count in (b"tcp", tcp), (b"udp", udp):
            self.assert_each_once_and_in_order(protocol, [text for text in written if text.startswith(protocol)], range(count))
        self.assertEqual([text for text in written if not text.startswith((b"tcp", b"udp"))], [])
        # This sink comes and goes; the datagrams that it has are as they were sent.
        numbers = [int(text.split()[1]) for text in lines_of(self.extra)]
        self.assertEqual(numbers, sorted(set(numbers)))

    def assert_each_once_and_in_order(self, protocol, written, numbers):
        for text, number in zip(written, numbers):
            if text != line(protocol, number):
                raise AssertionError(f"'{text}' is where line {number} of {len(numbers)} should be; {len(written)} were written")
        self.assertEqual(len(written), len(numbers), protocol)

    def ask_for(self, command):
        self.client.write(json.dumps({"version": 1, "command": command}) + "\n")
        self.client.flush()
        return json.loads(self.client.readline())

    def generation(self):
        return self.ask_for("status")["report"]["generation"]

    def test_hundred_reloads_a_second_lose_nothing(self):
        self.reload_often(self.good)

    def test_reloads_that_open_the_capture_again_lose_nothing(self):
        self.reload_often(self.reopening)

    def reload_often(self, good):
        """Each line is written once and in order, whether the files are good or bad."""
        with self.under_load():
            generation, begun = 1, time.monotonic()
            for number in range(RELOADS):
                time.sleep(max(0, begun + number * PACE - time.monotonic()))
                refused = number % 4 == 3
                candidates = self.bad if refused else good
                self.configure(candidates[(number + 1) % len(candidates)])
                answer = self.ask_for("reload")
                generation += not refused
                self.assertEqual((answer["reloaded"], answer["generation"]), (not refused, generation), answer)
            print(f"{RELOADS / (time.monotonic() - begun):.0f} reloads a second", file=sys.stderr)
            self.assertEqual(self.generation(), generation)

    def test_signals_one_after_the_other_lose_nothing(self):
        with self.under_load() as daemon:
            everything = self.good + self.reopening
            begun = time.monotonic()
            for number in range(RELOADS):
                time.sleep(max(0, begun + number * PACE - time.monotonic()))
                self.configure(everything[number % len(everything)])
                daemon.process.send_signal(signal.SIGHUP)
            self.configure(self.good[0])
            last = self.ask_for("reload")["generation"]
            # Signals that come while a reload is under way are answered by one more.
            self.assertTrue(1 < last <= RELOADS + 2, last)
            print(f"{last - 2} reloads for {RELOADS} signals", file=sys.stderr)


if __name__ == "__main__":
    unittest.main()

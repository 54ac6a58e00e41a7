"""A running daemon shows its figures to Prometheus, and to clients that mean it no good."""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

from asked import AskedTest
from daemon import Stream, eventually, openssl_of
from sniffer import PATIENCE, PORT, Sniffer, own_network

PROMTOOL = Path(os.environ["SENDERS"]) / "root/usr/bin/promtool"
RULES = Path(__file__).parents[2] / "packaging/prometheus/logsniffd.rules.yml"
TCP = "127.0.0.1:9514"
MAX_RESIDENT = 13 * 1024  # KiB, beside the ring
MAX_OWN = 4 * 1024  # of it
MAX_WAKE_UPS = 2  # a second


def setUpModule():
    own_network()


def promtool(*arguments, **options):
    return subprocess.run([PROMTOOL, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def samples(page):
    """{name: {frozenset of (label, value): value}}"""
    found = {}
    for line in page.splitlines():
        if not line.startswith("#"):
            name, labels, value = re.fullmatch(r'(\w+)(?:\{(.*)\})? (\S+)', line).groups()
            labels = frozenset(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or ""))
            if labels in found.setdefault(name, {}):
                raise AssertionError(f"twice: {line}")
            found[name][labels] = float(value)
    return found


def wake_ups(process):
    """How often its threads were switched so far."""
    count = 0
    for status in Path(f"/proc/{process.pid}/task").glob("*/status"):
        count += sum(map(int, re.findall(r"ctxt_switches:\s+(\d+)", status.read_text())))
    return count


def resident_beside_the_ring(process):
    """In KiB: VmRSS without the pages of the packet socket's ring, and what of it are not pages of files (RssAnon). The page
    cache holds those of the program and its libraries once for all processes, and the kernel maps 16 when one is needed."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    ring, is_ring = 0, False
    for line in Path(f"/proc/{process.pid}/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            is_ring = "socket:[" in line
        elif is_ring and line.startswith("Rss:"):
            ring += int(line.split()[1])
    return int(status["VmRSS"].split()[0]) - ring, int(status["RssAnon"].split()[0])


class MetricsTest(AskedTest):
    def setUp(self):
        super().setUp()
        self.metrics = self.folder / "metrics.sock"
        self.configure(TCP)

    def configure(self, address):
        self.config.write_text(f"""
capture: {{interfaces: [lo], buffer: 2MiB}}
filters: [{{name: 'a"p\\p', port: {PORT}, exclude: [noise], to: [out]}}]
sinks: {{out: {{type: file, path: {self.output}, format: raw}}}}
daemon: {{log_level: debug, control: {self.socket}, metrics: '{address}'}}
""")

    @contextlib.contextmanager
    def daemon(self):
        with self.running() as daemon:
            eventually("the daemon has started", lambda: daemon.said("started with"))
            yield daemon

    def status(self):
        return json.loads(self.ask("status", "--json").stdout)

    def connect(self, address=TCP):
        if address.startswith("unix://"):
            client = socket.socket(socket.AF_UNIX)
            target = address.removeprefix("unix://")
        else:
            host, port = address.rsplit(":", 1)
            client = socket.socket(socket.AF_INET6 if host.startswith("[") else socket.AF_INET)
            target = (host.strip("[]"), int(port))
        self.addCleanup(client.close)
        client.settimeout(PATIENCE)
        client.connect(target)
        return client

    def scrape(self, address=TCP):
        client = self.connect(address)
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 200 OK\r\n"), head)
        return body.decode()


class Figures(MetricsTest):
    def test_they_are_those_of_status_and_of_the_ledger_at_the_end(self):
        with self.daemon() as daemon:
            with Stream() as stream:
                stream.send(100)
                stream.send_lines(b"noise")
                stream.send(1)
                eventually("all lines are written", lambda: self.status()["sinks"][0]["written"] == 101)
            self.configure("unix://" + str(self.metrics))  # from now on nothing of it is on the wire
            self.assertEqual(self.ask("reload").returncode, 0)
            eventually("the socket is there", self.metrics.exists)
            eventually("no connection is open", lambda: self.status()["connections"]["open"] == 0)
            before = self.status()
            page = self.scrape(f"unix://{self.metrics}")
            after = self.status()
            self.assertEqual(before["ledger"], after["ledger"])
            self.compare(samples(page), before)
            self.maxDiff = None
            self.assertEqual(daemon.stop_in_order(), after["ledger"])

    def test_sniff_beside_it_counts_the_same(self):
        self.configure("unix://" + str(self.metrics))
        with self.running(), Sniffer(f"{PORT}/tcp", "--exclude", "noise", "--stats") as sniffer:
            with Stream() as stream:
                stream.send(100)
                stream.send_lines(b"noise")
                stream.send(1)
                eventually("all lines are written", lambda: self.status()["sinks"][0]["written"] == 101)
            eventually("no connection is open", lambda: self.status()["connections"]["open"] == 0)
            ledger = self.status()["ledger"]
            sniffer.process.send_signal(signal.SIGINT)
            self.assertEqual(sniffer.process.wait(PATIENCE), 0)
            for reader in sniffer.readers:
                reader.join()
            stats = json.loads(sniffer.stderr[-1])
            self.maxDiff = None
            for section in ("packets", "streams", "records", "unaccounted"):
                self.assertEqual(stats[section], ledger[section], section)

    def compare(self, page, status):
        def value(name, **labels):
            return page[name][frozenset(labels.items())]

        ledger, sink, [app] = status["ledger"], status["sinks"][0], status["filters"]
        compared = self.compare_ledger(page, ledger)
        self.assertGreater(compared, 100)
        name = r"a\"p\\\\p"  # the escape of text, and that of the format
        self.assertEqual(value("logsniffd_records_total", filter=name, outcome="routed"), app["records"])
        self.assertEqual(value("logsniffd_records_total", filter=name, outcome="dropped", reason="exclude"), 1)
        self.assertEqual(value("logsniffd_record_bytes_count", filter=name), app["records"])
        self.assertEqual(value("logsniffd_record_bytes_sum", filter=name), (self.folder / "out.log").stat().st_size - 101)
        self.assertEqual(value("logsniffd_filter_bytes_total", filter=name), app["bytes"])
        self.assertEqual(value("logsniffd_latency_seconds_count", sink="out"), sink["latency"]["count"])
        self.assertEqual(value("logsniffd_latency_seconds_bucket", sink="out", le="+Inf"), 101)
        self.assertEqual(value("logsniffd_interface_packets_total", interface="lo"), status["interfaces"][0]["packets"])
        self.assertEqual(value("logsniffd_sink_up", sink="out"), 1)
        self.assertEqual(value("logsniffd_sink_queue_ceiling_bytes", sink="out"), sink["queue"]["ceiling_bytes"])
        self.assertEqual(value("logsniffd_config_generation"), 2)
        self.assertEqual(value("logsniffd_connections"), status["connections"]["open"])
        self.assertEqual(value("logsniffd_build_info", version=status["version"]), 1)
        for stage in ("packets", "bytes", "records"):
            self.assertEqual(value("logsniffd_unaccounted", stage=stage), 0)

    def compare_ledger(self, page, ledger):
        """Each figure of the ledger, by the rule of docs/metrics.md. Returns how many there were."""
        table = dict(re.findall(r"^\| `(logsniffd_\w+)` \| `([a-z_.]+)` \|$",
                                (RULES.parents[2] / "docs/metrics.md").read_text(), re.M))
        names = {figure: name for name, figure in table.items()}
        fates = {"packets": "logsniffd_packets_total", "streams": "logsniffd_stream_bytes_total",
                 "records": "logsniffd_framed_records_total", "sinks": "logsniffd_sink_records_total"}

        def figures(section, path, value, labels):
            if isinstance(value, dict):
                return sum(figures(section, (*path, key), more, labels) for key, more in value.items())
            name = ".".join((section, *path))
            if name in names:
                shown = page[names[name]].get(frozenset(labels.items()))
            elif re.fullmatch("[a-z_]+", path[-1]):
                fate = dict(zip(("outcome", "reason"), path))
                shown = page[fates[section]].get(frozenset((labels | fate).items()))
            else:
                shown = page["logsniffd_records_framing_decided_total"].get(frozenset({("how", path[-1])}))
            self.assertEqual(shown, value, name)
            return 1

        return (sum(figures(section, (), ledger[section], {}) for section in ("packets", "streams", "records"))
                + sum(figures("sinks", (), sink, {"sink": name}) for name, sink in ledger["sinks"].items()))

    def test_promtool_finds_no_fault(self):
        with self.daemon():
            result = promtool("check", "metrics", input=self.scrape())
            self.assertEqual((result.returncode, result.stdout), (0, ""))
            broken = promtool("check", "metrics", input="a_total 1\na_total 1\n")
            self.assertNotEqual(broken.returncode, 0)

    def test_promtool_accepts_the_rules(self):
        result = promtool("check", "rules", RULES)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("SUCCESS: 11 rules found", result.stdout)

    def test_trouble_is_in_them(self):
        with self.daemon():
            good = self.config.read_text()
            self.config.write_text("capturing: {}\n")
            self.assertNotEqual(self.ask("reload").returncode, 0)
            self.assertIn("\nlogsniffd_config_last_reload_successful 0\n", self.scrape())
            self.config.write_text(good)
            self.assertEqual(self.ask("reload").returncode, 0)
            self.assertIn("\nlogsniffd_config_last_reload_successful 1\n", self.scrape())


class Addresses(MetricsTest):
    def test_reload_changes_the_address(self):
        with self.daemon() as daemon:
            for address in (TCP, "[::1]:9514", f"unix://{self.metrics}", "127.0.0.9:1"):
                self.configure(address)
                self.assertEqual(self.ask("reload").returncode, 0)
                eventually(f"{address} answers", lambda: self.answers(address))
            self.assertFalse(self.answers(TCP))
            self.assertFalse(self.metrics.exists())
            self.configure("")
            self.assertEqual(self.ask("reload").returncode, 0)
            eventually("nobody listens", lambda: not self.answers("127.0.0.9:1"))
            daemon.stop_in_order()

    def answers(self, address):
        with contextlib.suppress(OSError):
            return "logsniffd_build_info" in self.scrape(address)
        return False

    def test_address_in_use_is_a_warning_and_the_daemon_collects(self):
        with socket.create_server(("127.0.0.1", 9514)), self.daemon() as daemon, Stream() as stream:
            self.assertIn("address already in use", daemon.said(f"metrics at {TCP}")[0].lower())
            stream.send(3)
            eventually("the lines are written", lambda: self.status()["sinks"][0]["written"] == 3)
            daemon.stop_in_order()


class Hostile(MetricsTest):
    def test_crowd_that_hangs_costs_no_record_and_leaves_room_for_a_scrape(self):
        with self.daemon() as daemon, Stream() as stream:
            crowd = []
            for i in range(1000):
                crowd.append(self.connect())
                with contextlib.suppress(OSError):  # there was no room for it
                    if i % 3 == 0:
                        crowd[-1].send(b"GET /metrics HTTP/1.1\r\n")
                stream.send(10)
            self.assertIn("logsniffd_build_info", self.scrape())
            eventually("all lines are written", lambda: self.status()["sinks"][0]["written"] == 10_000)
            self.assertLess(len(os.listdir(f"/proc/{daemon.process.pid}/fd")), 100)
            daemon.stop_in_order()

    def test_random_bytes_end_only_their_sender(self):
        with self.daemon() as daemon:
            for size in (1, 100, 5000, 100_000):
                client = self.connect()
                try:
                    client.sendall(os.urandom(size) + b"\r\n\r\n")
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65536):
                        pass
                except OSError:
                    pass  # it was closed
            self.assertIn("logsniffd_build_info", self.scrape())
            daemon.stop_in_order()

    def test_client_that_does_not_read_stalls_nobody(self):
        with self.daemon() as daemon:
            stopped = self.connect()
            stopped.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            for _ in range(2000):
                try:
                    stopped.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", socket.MSG_DONTWAIT)
                except OSError:
                    break
            for _ in range(20):
                self.assertIn("logsniffd_build_info", self.scrape())
            daemon.stop_in_order()


class Idle(MetricsTest):
    def test_it_sleeps_and_is_small(self):
        with self.daemon() as daemon:
            self.assertIn("logsniffd_build_info", self.scrape())
            self.assertEqual(self.status()["status"], "well")
            time.sleep(1)  # what the two left to do
            before = wake_ups(daemon.process)
            time.sleep(5)
            self.assertLessEqual(wake_ups(daemon.process) - before, 5 * MAX_WAKE_UPS)
            resident, own = resident_beside_the_ring(daemon.process)
            print(f"beside the ring: {resident} KiB resident, {own} KiB of it not of files", file=sys.stderr)
            self.assertLessEqual(own, MAX_OWN)
            self.assertLessEqual(resident, MAX_RESIDENT)
            self.assertEqual(openssl_of(daemon.process), set())
            daemon.stop_in_order()


if __name__ == "__main__":
    unittest.main()

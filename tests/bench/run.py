#!/usr/bin/env python3
"""Compares the speed of logsniffd with its peers, in one run, in interleaved rounds; prints medians and ratios.

    sudo tests/bench/run.py --build build/dev [--rows reference,eight] [--rounds 5] [--scale 0.1] [--json FILE]

Absolute times are for information: only the ratios of one run are meaningful. Files are in a scratch directory
(default: in /dev/shm, 5 GB for the full size) that is removed at the end. Every program that takes longer than
--timeout is killed.
"""

import argparse
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from decoder_rows import decoders
from live import INTERFACE, RECEIVER_ADDRESS, Veth
from measure import Process, compare_lines, median, percentile, process_status, run, unaccounted, wake_ups
from tcp_rows import growth, hostile

PORT = "9988"


class Bench:
    def __init__(self, options, scratch):
        self.options = options
        self.scratch = scratch
        self.logsniffd = os.path.abspath(options.logsniffd or os.path.join(options.build, "logsniffd"))
        self.tools = os.path.abspath(os.path.join(options.build, "tests", "bench"))
        self.has_logsniffd = os.path.exists(self.logsniffd)
        self.rows = []

    def path(self, name):
        return os.path.join(self.scratch, name)

    def generate(self, name, lines, connections=1000, per_segment=1, leave_open=False):
        """(capture, expected lines, number of packets)"""
        capture, expected = self.path(name + ".pcap"), self.path(name + ".txt")
        command = [os.path.join(self.tools, "reference_capture"), capture, "--expect", expected, "--lines", str(lines),
                   "--connections", str(connections), "--lines-per-segment", str(per_segment)]
        packets = subprocess.run(command + ["--leave-open"] * leave_open, check=True, capture_output=True, text=True).stdout
        return capture, expected, int(packets)

    def lines(self, full):
        return max(1000, int(full * self.options.scale))

    def sniff(self, capture, output):
        return [self.logsniffd, "sniff", "-r", capture, PORT, "--format", "raw", "-o", output, "--stats"]

    def add(self, row, who, cost=None, **more):
        self.rows.append({"row": row, "who": who, **(cost.as_dict() if cost else {}), **more})
        print(f"  {row:12} {who:10} " + " ".join(f"{key}={shown(value)}" for key, value in list(self.rows[-1].items())[2:]), flush=True)

    def forget(self, *names):
        for name in names:
            for path in glob.glob(self.path(name)):
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def shown(value):
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def collected(bench, row, cost, expected, output, **more):
    """Adds a row of logsniffd itself. Speed is meaningful only if the lines are right."""
    verdict = compare_lines(expected, output) if os.path.exists(output) else {"exact": False}
    bench.add(row, "logsniffd", cost, **verdict, unaccounted=unaccounted(cost.stderr), **more)


def side_by_side(bench, row, capture, expected, slow):
    """Runs logsniffd and tcpdump in every round, and the slow programs once."""
    output = bench.path("out")
    rounds = {"tcpdump": []}
    if bench.has_logsniffd:
        rounds["logsniffd"] = []
    commands = {"logsniffd": (bench.sniff(capture, output), bench.path("nothing")),
                "tcpdump": (["tcpdump", "-r", capture, "-Z", "root", "-w", "-"], bench.path("copy"))}
    for _ in range(bench.options.rounds):
        for who in rounds:
            rounds[who].append(run(*commands[who], bench.scratch, bench.options.timeout))
    for who, command in slow.items():
        if shutil.which(who):
            bench.forget("flows")
            rounds[who] = [run(command, bench.path("slow"), bench.scratch, bench.options.timeout)]
            bench.forget("flows", "slow")
    medians = {who: median(costs) for who, costs in rounds.items()}
    base = medians.get("logsniffd", medians["tcpdump"])
    for who, cost in medians.items():
        ratio = {"times_logsniffd" if bench.has_logsniffd else "times_tcpdump": cost.wall / base.wall}
        if who == "logsniffd":
            collected(bench, row, cost, expected, output)
        else:
            bench.add(row, who, cost, **ratio)
    bench.forget("out", "copy", "nothing")


def peers(bench, capture):
    slow = {"tcpflow": ["tcpflow", "-r", capture, "-o", bench.path("flows")],
            "ngrep": ["ngrep", "-q", "-I", capture, "-W", "byline", "", "port", PORT]}
    if bench.options.tshark:
        slow["tshark"] = ["tshark", "-r", capture, "-T", "fields", "-e", "tcp.payload"]
    return slow


def reference(bench):
    """Four million lines, one per segment."""
    capture, expected, packets = bench.generate("reference", bench.lines(4_000_000))
    print(f"  reference: {packets} packets, {os.path.getsize(capture)} bytes")
    side_by_side(bench, "reference", capture, expected, peers(bench, capture))
    bench.forget("reference.*")


def eight(bench):
    """Four million lines, eight per segment."""
    capture, expected, packets = bench.generate("eight", bench.lines(4_000_000), per_segment=8)
    print(f"  eight: {packets} packets, {os.path.getsize(capture)} bytes")
    side_by_side(bench, "eight", capture, expected, peers(bench, capture))
    bench.forget("eight.*")


def memory(bench):
    """200,000 connections that stay open."""
    connections = bench.lines(200_000)
    capture, expected, _ = bench.generate("open", 2 * connections, connections, leave_open=True)
    if bench.has_logsniffd:
        cost = run(bench.sniff(capture, bench.path("out")), bench.path("nothing"), bench.scratch, bench.options.timeout)
        collected(bench, "memory", cost, expected, bench.path("out"), connections=connections)
    # One file for each flow would measure the file system, so tcpflow prints to its standard output.
    cost = run(["tcpflow", "-c", "-r", capture], bench.path("slow"), bench.scratch, bench.options.timeout)
    bench.add("memory", "tcpflow", cost, connections=connections)
    bench.forget("open.*", "out", "slow", "nothing")


def connections(bench):
    """The cost of a packet from 10 to 1,000,000 connections: the handshakes are packets like any other."""
    if not bench.has_logsniffd:
        return
    cheapest = None
    for count in (10, 1_000, 100_000, 1_000_000):
        capture, expected, packets = bench.generate("many", max(bench.lines(2_000_000), count), count, leave_open=True)
        costs = [run(bench.sniff(capture, bench.path("out")), bench.path("nothing"), bench.scratch, bench.options.timeout)
                 for _ in range(bench.options.rounds)]
        least = min(costs, key=lambda cost: cost.cpu)
        nanoseconds = least.cpu * 1e9 / packets
        cheapest = cheapest or nanoseconds
        collected(bench, "connections", least, expected, bench.path("out"), connections=count, ns_a_packet=nanoseconds,
                  times_first=nanoseconds / cheapest)
        bench.forget("many.*", "out", "nothing")


def live(bench):
    """100,000 packets per second for six seconds over veth: processor seconds of each collector, and its losses."""
    capture, expected, packets = bench.generate("live", bench.lines(400_000))
    with open(expected, "rb") as file:
        wanted = sum(1 for _ in file)
    send = [os.path.join(bench.tools, "live_sender"), INTERFACE, capture, "--packets", str(packets), "--rate", "100000"]
    output = bench.path("out")
    listening = {"tcpdump": ["tcpdump", "-i", INTERFACE, "-Z", "root", "-w", "-"],
                 "tcpflow": ["tcpflow", "-i", INTERFACE, "-o", bench.path("flows")],
                 "ngrep": ["ngrep", "-d", INTERFACE, "-q", "-W", "byline", "", "port", PORT]}
    if bench.has_logsniffd:
        listening["logsniffd"] = [bench.logsniffd, "sniff", "-i", INTERFACE, PORT, "--format", "raw", "-o", output, "--stats"]
    for who, command in listening.items():
        if who != "logsniffd" and not shutil.which(who):
            continue
        costs = []
        for _ in range(1 if who in ("tcpflow", "ngrep") else bench.options.rounds):
            bench.forget("flows", "out", "said")
            with Veth() as veth:
                costs.append(veth.collect(command, bench.path("said"), bench.scratch,
                                          lambda: subprocess.run(veth.in_sender(send), check=True, stdout=subprocess.DEVNULL)))
        cost = sorted(costs, key=lambda each: each.cpu)[(len(costs) - 1) // 2]
        if who == "logsniffd":
            collected(bench, "live", cost, expected, output, packets=packets)
        else:
            bench.add("live", who, cost, packets=packets, **live_loss(bench, who, cost, wanted))
        bench.forget("flows", "out", "said")
    bench.forget("live.*")


def live_loss(bench, who, cost, wanted):
    if who == "tcpdump":
        dropped = re.search(r"(\d+) packets dropped by kernel", cost.stderr)
        return {"packets_lost": int(dropped[1]) if dropped else None}
    paths = glob.glob(bench.path("flows/*")) if who == "tcpflow" else [bench.path("said")]
    seen = 0
    for path in paths:
        with open(path, "rb") as file:
            seen += len(re.findall(rb"^c\d+ n\d+ ", file.read(), re.M))
    return {"lines_lost": wanted - seen}


DAEMON_CONFIG = """
capture: {{interfaces: [{interface}], latency: 50ms}}
filters:
  - {{name: bench, port: {port}, protocol: udp, to: [out]}}
sinks:
  out: {{type: file, path: {output}, format: '{{message}}'}}
"""

# Sends its own clock, which the whole machine shares, at intervals that are not in step with those of the collector.
PROBE = """
import random, socket, sys, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(int(sys.argv[3])):
    sender.sendto(b'%d' % time.monotonic_ns(), (sys.argv[1], int(sys.argv[2])))
    time.sleep(random.uniform(0.06, 0.11))
"""


def daemon(bench):
    """The idle daemon: wake-ups and memory; then the time from sending a datagram to its line in the file."""
    if not bench.has_logsniffd:
        return
    config, output = bench.path("bench.yaml"), bench.path("daemon.log")
    with open(config, "w") as file:
        file.write(DAEMON_CONFIG.format(interface=INTERFACE, port=PORT, output=output))
    with Veth() as veth, Process(veth.in_receiver([bench.logsniffd, "run", "--config", config]), bench.path("said"), bench.scratch) as process:
        veth.wait_for_capture(process)
        time.sleep(2)
        before = wake_ups(process.pid)
        time.sleep(10)
        status = process_status(process.pid)
        # The kernel's ring is mapped, and its pages count as resident. They are file pages, so RssAnon does not
        # include them.
        bench.add("idle", "logsniffd", wake_ups_a_second=(wake_ups(process.pid) - before) / 10,
                  rss_mib=status.get("VmRSS", 0) / 1024, anonymous_mib=status.get("RssAnon", 0) / 1024)
        count = 300
        probe = subprocess.Popen(veth.in_sender([sys.executable, "-c", PROBE, RECEIVER_ADDRESS, PORT, str(count)]))
        taken = follow(output, count, 60)
        probe.wait(60)
    if len(taken) > 1:
        bench.add("latency", "logsniffd", lines=len(taken), p50_ms=percentile(taken, 50), p99_ms=percentile(taken, 99))
    else:
        bench.add("latency", "logsniffd", lines=len(taken))
    bench.forget("bench.yaml", "daemon.log", "said")


def follow(path, count, seconds):
    """Milliseconds from the time in each line until the line was seen; the file is checked every half millisecond."""
    taken, rest, file, deadline = [], b"", None, time.monotonic() + seconds
    while len(taken) < count and time.monotonic() < deadline:
        if file is None and os.path.exists(path):
            file = open(path, "rb", buffering=0)
        got = file.read() if file else b""
        if not got:
            time.sleep(0.0005)
            continue
        now = time.monotonic_ns()
        *lines, rest = (rest + got).split(b"\n")
        taken += [(now - int(line)) / 1e6 for line in lines if line.isdigit()]
    if file:
        file.close()
    return taken


ROWS = {row.__name__: row for row in (reference, eight, memory, connections, live, daemon, growth, hostile, decoders)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/dev", help="where reference_capture and live_sender were built")
    parser.add_argument("--logsniffd", help="another binary than the one of --build, e.g. build/release/logsniffd")
    parser.add_argument("--rows", default=",".join(ROWS), help="some of: %(default)s")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="a fraction of the full number of lines")
    parser.add_argument("--timeout", type=float, default=600, help="seconds for each program")
    parser.add_argument("--tshark", action="store_true", help="tshark too, which takes minutes")
    parser.add_argument("--directory", default="/dev/shm")
    parser.add_argument("--json", help="write the rows to this file")
    options = parser.parse_args()
    unknown = set(options.rows.split(",")) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; there are: {', '.join(ROWS)}")

    # A stop is an exception, so that namespaces, programs and files are removed. SIGINT is set as well, because a shell
    # passes it on as ignored to programs in the background.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="logsniffd-bench-", dir=options.directory) as scratch:
        bench = Bench(options, scratch)
        if not bench.has_logsniffd:
            print(f"{bench.logsniffd} is not there: the peers alone")
        for name in options.rows.split(","):
            print(ROWS[name].__doc__.splitlines()[0], flush=True)
            try:
                ROWS[name](bench)
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                bench.add(name, "failed", why=str(error))
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"rows": bench.rows, "load": os.getloadavg(), "processors": os.cpu_count(), "kernel": os.uname().release}, file, indent=1)
    wrong = [row for row in bench.rows if row["who"] == "failed" or (row["who"] == "logsniffd" and (
        row.get("exact") is False or row.get("balanced") is False or row.get("unaccounted")))]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

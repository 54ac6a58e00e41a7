"""The rows of live capture: collectors on a veth pair, and the daemon at rest."""

import glob
import os
import re
import shutil
import subprocess
import sys
import time

from bench import PORT, collected, count_lines
from live import INTERFACE, RECEIVER_ADDRESS, Veth
from measure import Process, median, percentile, process_status, wake_ups


def live(bench):
    """100,000 packets per second for six seconds over veth: processor seconds of each collector, and its losses."""
    capture, expected, packets = bench.generate("live", bench.lines(400_000))
    wanted = count_lines(expected)
    send = [os.path.join(bench.tools, "live_sender"), INTERFACE, capture, "--packets", str(packets), "--rate", "100000"]
    output = bench.path("out")
    listening = {"tcpdump": ["tcpdump", "-i", INTERFACE, "-Z", "root", "-w", "-"],
                 "tcpflow": ["tcpflow", "-i", INTERFACE, "-o", bench.path("flows")],
                 "ngrep": ["ngrep", "-d", INTERFACE, "-q", "-W", "byline", "", "port", PORT]}
    if bench.has_logsniffd:
        listening["logsniffd"] = bench.sniff_live(output)
    for who, command in listening.items():
        if who != "logsniffd" and not shutil.which(who):
            continue
        costs = []
        for _ in range(1 if who in ("tcpflow", "ngrep") else bench.options.rounds):
            bench.forget("flows", "out", "said")
            with Veth() as veth:
                costs.append(veth.collect(command, bench.path("said"), bench.scratch,
                                          lambda: subprocess.run(veth.in_sender(send), check=True, stdout=subprocess.DEVNULL)))
        cost = median(costs, by="cpu")
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
        # The kernel's ring is mapped, and its pages count as resident.
        bench.add("idle", "logsniffd", wake_ups_a_second=(wake_ups(process.pid) - before) / 10,
                  rss_mib=status.get("VmRSS", 0) / 1024, beside_ring_mib=(status["VmRSS"] - ring_kib(process.pid)) / 1024,
                  anonymous_mib=status.get("RssAnon", 0) / 1024)
        count = 300
        probe = subprocess.Popen(veth.in_sender([sys.executable, "-c", PROBE, RECEIVER_ADDRESS, PORT, str(count)]))
        taken = follow(output, count, 60)
        probe.wait(60)
    if len(taken) > 1:
        bench.add("latency", "logsniffd", lines=len(taken), p50_ms=percentile(taken, 50), p99_ms=percentile(taken, 99))
    else:
        bench.add("latency", "logsniffd", lines=len(taken))
    bench.forget("bench.yaml", "daemon.log", "said")


def ring_kib(pid):
    """The resident part of the packet socket's ring."""
    kib, is_ring = 0, False
    with open(f"/proc/{pid}/smaps") as smaps:
        for line in smaps:
            if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                is_ring = "socket:[" in line
            elif is_ring and line.startswith("Rss:"):
                kib += int(line.split()[1])
    return kib


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

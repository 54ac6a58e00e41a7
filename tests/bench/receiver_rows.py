"""The row of the receivers: syslog servers that are sent the lines, and logsniffd that reads the same lines from the wire on
their way to somebody who throws them away."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench import PORT
from live import INTERFACE, RECEIVER_ADDRESS, Veth
from measure import Process, median, processor_seconds, unaccounted

LINES = 200_000
RATE = 30_000  # lines a second, one a segment
CONNECTIONS = 10
AFTERWARDS = 2  # seconds, in which a receiver works off what it holds
UNPACKED = Path(__file__).parents[2] / "build/senders/root"  # by tests/live/senders/prepare.sh

RSYSLOG = """
module(load="imtcp" maxSessions="100")
input(type="imtcp" port="{port}" ruleset="all")
template(name="line" type="string" string="%timestamp% %hostname% %syslogtag%%msg%\\n")
ruleset(name="all") {{ action(type="omfile" file="{output}" template="line") }}
"""

SYSLOG_NG = """
@version: 3.38
options {{ keep-hostname(yes); stats-freq(0); }};
source s {{ network(ip("0.0.0.0") port({port}) transport("tcp") max-connections(100)); }};
destination d {{ file("{output}"); }};
log {{ source(s); destination(d); flags(flow-control); }};
"""

# Sends each line of a file at once, in turn over all connections, in bursts that are on time or late, never early.
SENDER = """
import socket, sys, time
address, port, path, connections, rate = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), float(sys.argv[5])
lines = open(path, "rb").read().splitlines(keepends=True)
senders = [socket.create_connection((address, port)) for _ in range(connections)]
for each in senders:
    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
start = time.monotonic()
for number, line in enumerate(lines):
    if number % 32 == 0 and (early := start + number / rate - time.monotonic()) > 0:
        time.sleep(early)
    senders[number % connections].sendall(line)
"""

# Takes what is sent, for the collector that only listens.
DRAIN = """
import selectors, socket, sys
listener = socket.create_server(("0.0.0.0", int(sys.argv[1])))
waiting = selectors.DefaultSelector()
waiting.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in waiting.select():
        if key.fileobj is listener:
            waiting.register(listener.accept()[0], selectors.EVENT_READ)
        elif not key.fileobj.recv(1 << 20):
            waiting.unregister(key.fileobj)
            key.fileobj.close()
"""


def programs(bench, output):
    """{who: command}. All parse each line, and write its fields into a file."""
    found = {}
    if shutil.which("rsyslogd"):
        Path(bench.path("rsyslog.conf")).write_text(RSYSLOG.format(port=PORT, output=output))
        found["rsyslog"] = ["rsyslogd", "-n", "-f", bench.path("rsyslog.conf"), "-i", bench.path("receiver.pid")]
    if (UNPACKED / "usr/sbin/syslog-ng").exists():
        Path(bench.path("syslog-ng.conf")).write_text(SYSLOG_NG.format(port=PORT, output=output))
        modules = UNPACKED / "usr/lib/syslog-ng"
        found["syslog-ng"] = ["env", f"LD_LIBRARY_PATH={modules}", UNPACKED / "usr/sbin/syslog-ng", "-F", "--no-caps", "-f", bench.path("syslog-ng.conf"),
                              "-R", bench.path("persist"), "-p", bench.path("receiver.pid"), "-c", bench.path("receiver.control"),
                              f"--module-path={modules}/3.38"]
    if bench.has_logsniffd:
        found["logsniffd"] = [bench.logsniffd, "sniff", "-i", INTERFACE, f"{PORT}/tcp", "--direction", "to", "--decode", "syslog",
                              "--format", "text", "-o", output, "--stats"]
    return {who: list(map(str, command)) for who, command in found.items()}


def wait_until_listening(veth, process, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.alive():
        sockets = subprocess.run(veth.in_receiver(["cat", "/proc/net/tcp", "/proc/net/tcp6"]), capture_output=True, text=True, check=False).stdout
        if re.search(rf":{int(PORT):04X} \S+ 0A", sockets):
            return
        time.sleep(0.05)
    raise RuntimeError("nobody listens: " + process.said().strip()[-500:])


def play(bench, who, command, expected):
    """The cost of one receiver; `cpu` is without its start and its end."""
    send = [sys.executable, "-c", SENDER, RECEIVER_ADDRESS, PORT, expected, str(CONNECTIONS), str(RATE)]
    with Veth() as veth, contextlib.ExitStack() as running:
        if who == "logsniffd":
            drain = running.enter_context(Process(veth.in_receiver([sys.executable, "-c", DRAIN, PORT]), os.devnull, bench.scratch))
            wait_until_listening(veth, drain)
        receiver = running.enter_context(Process(veth.in_receiver(command), os.devnull, bench.scratch))
        if who == "logsniffd":
            veth.wait_for_capture(receiver)
        else:
            wait_until_listening(veth, receiver)
        before = processor_seconds(receiver.pid)
        subprocess.run(veth.in_sender(send), check=True, timeout=bench.options.timeout)
        time.sleep(AFTERWARDS)
        used = processor_seconds(receiver.pid) - before
        receiver.signal(signal.SIGTERM)
        cost = receiver.wait(30)
        cost.cpu = used
        return cost


def receivers(bench):
    """Syslog over TCP, one line a segment: received by rsyslog and syslog-ng, or read from the wire by logsniffd."""
    _, expected, _ = bench.generate("receive", bench.lines(LINES), connections=CONNECTIONS, more=("--form", "rfc3164"))
    with open(expected, "rb") as file:
        sent = sorted(re.findall(rb"\bc\d+ n\d+ .*", file.read()))
    output = bench.path("out")
    commands = programs(bench, output)
    costs = {who: [] for who in commands}
    lost, complete = dict.fromkeys(commands, 0), dict.fromkeys(commands, True)
    for _ in range(bench.options.rounds):
        for who, command in commands.items():
            costs[who].append(play(bench, who, command, expected))
            with open(output, "rb") as file:
                written = sorted(re.findall(rb"\bc\d+ n\d+ .*", file.read()))
            lost[who] = max(lost[who], len(sent) - len(written))
            complete[who] &= written == sent
            bench.forget("out", "persist*", "receiver.*")
    bench.forget("receive.*", "rsyslog.conf", "syslog-ng.conf")

    medians = {who: median(rounds, by="cpu") for who, rounds in costs.items()}
    for who, cost in medians.items():
        more = {"times_logsniffd": cost.cpu / medians["logsniffd"].cpu} if "logsniffd" in medians else {}
        if who == "logsniffd":
            more["unaccounted"] = unaccounted(cost.stderr)
        bench.add("receivers", who, cost, lines=len(sent), lines_lost=lost[who], complete=complete[who], **more)

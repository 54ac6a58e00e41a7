"""The rows that read capture files: plain speed beside the peers, formats, shapes of traffic, numbers of connections.

Everybody writes to /dev/null, or everybody into the scratch directory, which is a tmpfs. What goes to /dev/null is counted
by the ledger; the same is compared line by line where it goes into a file.
"""

import os
import shutil

from bench import NOWHERE, PORT, RAW, collected, count_lines, counted
from measure import median, run

LINES = 4_000_000  # of the reference file, and of that with eight lines a segment
SELECTION = f"tcp port {PORT}"  # what tcpdump copies, so that it selects as logsniffd does


def interleaved(bench, programs):
    """{name: costs of all rounds}; `programs` is {name: (command, where its standard output goes)}. A disturbance hits
    everybody alike."""
    costs = {who: [] for who in programs}
    for _ in range(bench.options.rounds):
        for who, (command, stdout) in programs.items():
            cost = run(command, stdout, bench.scratch, bench.options.timeout)
            if cost.status != 0:
                raise RuntimeError(f"{who} ended with {cost.status}: {cost.stderr[-500:]}")
            costs[who].append(cost)
    return costs


def side_by_side(bench, row, capture, expected):
    """logsniffd and tcpdump to both destinations in every round, and the slow programs once."""
    output, copy = bench.path("out"), bench.path("copy")
    copying = ["tcpdump", "-r", capture, "-Z", "root", "-w", "-", SELECTION]
    programs = {}
    if bench.has_logsniffd:
        programs |= {("logsniffd", "null"): (bench.sniff(capture, NOWHERE), NOWHERE),
                     ("logsniffd", "tmpfs"): (bench.sniff(capture, output), NOWHERE)}
    if shutil.which("tcpdump"):
        programs |= {("tcpdump", "null"): (copying, NOWHERE), ("tcpdump", "tmpfs"): (copying, copy)}
    medians = {who: median(costs) for who, costs in interleaved(bench, programs).items()}
    bench.forget("copy")
    lines = count_lines(expected)
    for (who, to), cost in medians.items():
        ratios = {}
        if who == "logsniffd" and ("tcpdump", to) in medians:
            ratios["times_tcpdump"] = cost.wall / medians["tcpdump", to].wall
        if who == "logsniffd" and to == "tmpfs":
            collected(bench, row, cost, expected, output, to=to, **ratios)
        else:
            bench.add(row, who, cost, to=to, **(counted(cost, lines) if who == "logsniffd" else {}), **ratios)
    bench.forget("out")
    for who, (to, command) in slow_peers(bench, capture).items():
        if not shutil.which(who):
            continue
        cost = run(command, NOWHERE, bench.scratch, bench.options.timeout)
        bench.forget("flows")
        own = medians.get(("logsniffd", to))
        bench.add(row, who, cost, to=to, **({"times_logsniffd": cost.wall / own.wall} if own else {}))


def slow_peers(bench, capture):
    """tcpflow has no other output than one file a connection, or all in one with a prefix; the first is its default."""
    peers = {"tcpflow": ("tmpfs", ["tcpflow", "-r", capture, "-o", bench.path("flows")]),
             "ngrep": ("null", ["ngrep", "-q", "-I", capture, "-W", "byline", "", "port", PORT])}
    if bench.options.tshark:
        peers["tshark"] = ("null", ["tshark", "-r", capture, "-T", "fields", "-e", "tcp.payload"])
    return peers


def reference(bench):
    """Four million lines, one per segment."""
    capture, expected, packets = bench.generate("reference", bench.lines(LINES))
    print(f"  reference: {packets} packets, {os.path.getsize(capture)} bytes")
    side_by_side(bench, "reference", capture, expected)
    bench.forget("reference.*")


def eight(bench):
    """Four million lines, eight per segment."""
    capture, expected, packets = bench.generate("eight", bench.lines(LINES), per_segment=8)
    print(f"  eight: {packets} packets, {os.path.getsize(capture)} bytes")
    side_by_side(bench, "eight", capture, expected)
    bench.forget("eight.*")


# Form of the lines, and how they are written, each compared with the first. Everything goes to /dev/null.
FORMATS = {
    "words": {"raw": RAW, "text": ("--format", "text"), "json": ("--format", "json")},
    "rfc3164": {"raw": ("--decode", "plain", *RAW), "syslog to json": ("--decode", "syslog", "--format", "json")},
    "rfc5424": {"raw": ("--decode", "plain", *RAW), "syslog to json": ("--decode", "syslog", "--format", "json")},
    "json": {"raw": ("--decode", "plain", *RAW), "json to json": ("--decode", "json", "--format", "json")},
}


def formats(bench):
    """Two million lines of each form, as raw bytes and decoded or formatted."""
    if not bench.has_logsniffd:
        return
    for form, ways in FORMATS.items():
        capture, expected, packets = bench.generate("formats", bench.lines(2_000_000), more=("--form", form))
        lines = count_lines(expected)
        costs = interleaved(bench, {way: (bench.sniff(capture, NOWHERE, how), NOWHERE) for way, how in ways.items()})
        medians = {way: median(rounds) for way, rounds in costs.items()}
        for way, cost in medians.items():
            bench.add("formats", "logsniffd", cost, form=form, way=way, **counted(cost, lines), ns_a_record=cost.cpu * 1e9 / lines,
                      times_raw=cost.wall / medians["raw"].wall)
        bench.forget("formats.*")


SHAPES = {
    "clean": (),
    "5 % out of order": ("--out-of-order", "5"),
    "2 % doubled": ("--doubled", "2"),
    "1 % lost": ("--lost", "1"),
    "IPv6": ("--ipv6",),
    "VLAN": ("--vlan",),
    "datagrams": ("--udp",),
}
MERGED = 300  # lines in a segment of some 30 KB, as the kernel hands them on with segmentation offload


def shapes(bench):
    """One million lines, the same in each shape of traffic: clean, out of order, doubled, lost, IPv6, VLAN, UDP, merged."""
    if not bench.has_logsniffd:
        return
    programs, packets, lines = {}, {}, {}
    for number, (shape, more) in enumerate([*SHAPES.items(), ("merged segments", ())]):
        per_segment = 1 if shape in SHAPES else MERGED
        capture, expected, packets[shape] = bench.generate(f"shape{number}", bench.lines(1_000_000), per_segment=per_segment, more=more)
        lines[shape] = count_lines(expected)
        programs[shape] = (bench.sniff(capture, NOWHERE), NOWHERE)
        cost = run(bench.sniff(capture, bench.path("out")), NOWHERE, bench.scratch, bench.options.timeout)
        # When a collector stops waiting for a lost segment decides only the order among connections.
        collected(bench, "shapes", cost, expected, bench.path("out"), any_order=shape == "1 % lost", shape=shape, to="tmpfs")
        bench.forget(f"shape{number}.txt", "out")
    medians = {shape: median(costs) for shape, costs in interleaved(bench, programs).items()}
    for shape, cost in medians.items():
        bench.add("shapes", "logsniffd", cost, shape=shape, to="null", **counted(cost, lines[shape]), packets=packets[shape],
                  ns_a_record=cost.cpu * 1e9 / lines[shape], times_clean=cost.wall / medians["clean"].wall)
    bench.forget("shape*")


def memory(bench):
    """200,000 connections that stay open."""
    connections = bench.lines(200_000)
    capture, expected, _ = bench.generate("open", 2 * connections, connections, leave_open=True)
    if bench.has_logsniffd:
        cost = run(bench.sniff(capture, bench.path("out")), NOWHERE, bench.scratch, bench.options.timeout)
        collected(bench, "memory", cost, expected, bench.path("out"), connections=connections)
    if shutil.which("tcpflow"):
        # One file for each flow would measure the file system, so tcpflow prints to its standard output.
        cost = run(["tcpflow", "-c", "-r", capture], NOWHERE, bench.scratch, bench.options.timeout)
        bench.add("memory", "tcpflow", cost, connections=connections)
    bench.forget("open.*", "out")


def connections(bench):
    """The cost of a packet from 10 to 1,000,000 connections: the handshakes are packets like any other."""
    if not bench.has_logsniffd:
        return
    cheapest = None
    for count in (10, 1_000, 100_000, 1_000_000):
        capture, expected, packets = bench.generate("many", max(bench.lines(2_000_000), count), count, leave_open=True)
        costs = [run(bench.sniff(capture, bench.path("out")), NOWHERE, bench.scratch, bench.options.timeout)
                 for _ in range(bench.options.rounds)]
        least = min(costs, key=lambda cost: cost.cpu)
        nanoseconds = least.cpu * 1e9 / packets
        cheapest = cheapest or nanoseconds
        collected(bench, "connections", least, expected, bench.path("out"), connections=count, ns_a_packet=nanoseconds,
                  times_first=nanoseconds / cheapest)
        bench.forget("many.*", "out")

"""The row of the floor: what live capture costs above what no program can avoid, which is sending the frames, the kernel's
ring, and a walk over it."""

import os
import re
import shutil
import signal
import statistics
import subprocess
import time
from dataclasses import dataclass

from live import INTERFACE, Veth
from measure import Process, ledger, processor_seconds, unaccounted

LINES = 400_000
RATE = 100_000  # packets a second
AFTERWARDS = 1.5  # seconds, in which a collector works off what it holds
ALONE, RING, WALKER, OWN, COPY = "a sender", "b ring", "c walker", "d logsniffd", "tcpdump"


@dataclass
class Round:
    machine: float  # processor seconds of all processors
    process: float = 0  # and of the collector, user and system; without its start, in which the ring is made
    lost: int = 0
    ledger: dict | None = None
    unaccounted: int | None = None


def busy_seconds():
    """Processor seconds of the whole machine so far: everything but idle, waiting for disks, and stolen."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, irq, softirq = map(int, stat.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def collectors(bench):
    """What runs beside the sender, by name; None is nothing. Everybody who writes, writes to /dev/null."""
    walker = os.path.join(bench.tools, "ring_walker")
    commands = {ALONE: None, RING: [walker, INTERFACE], WALKER: [walker, INTERFACE, "--walk"]}
    if bench.has_logsniffd:
        commands[OWN] = bench.sniff_live("/dev/null")
    if shutil.which("tcpdump"):
        commands[COPY] = ["tcpdump", "-i", INTERFACE, "-Z", "root", "-w", "-"]
    return commands


def play(bench, who, command, send):
    """One round: the frames are sent while the collector runs."""

    def sending():
        before = busy_seconds()
        subprocess.run(veth.in_sender(send), check=True, stdout=subprocess.DEVNULL)
        time.sleep(AFTERWARDS)
        return busy_seconds() - before

    said = "/dev/null" if who == COPY else bench.path("said")
    with Veth() as veth:
        if not command:
            return Round(sending())
        with Process(veth.in_receiver(command), said, bench.scratch) as process:
            veth.wait_for_capture(process)
            before = processor_seconds(process.pid)
            machine = sending()
            used = processor_seconds(process.pid) - before
            process.signal(signal.SIGINT)
            words = process.wait(30).stderr
    if who == OWN:
        figures = ledger(words)
        if not figures:
            raise RuntimeError(f"logsniffd printed no ledger: {words[-500:]}")
        return Round(machine, used, figures["packets"]["kernel_dropped"], figures, unaccounted(words))
    if who != COPY:
        with open(said) as file:
            words = file.read()
    return Round(machine, used, int(re.search(r"(\d+) (?:packets )?dropped", words)[1]))


def floor(bench):
    """The same frames on one veth pair: sender alone, plus a ring, plus a walker, or logsniffd; tcpdump beside it."""
    capture, expected, packets = bench.generate("floor", bench.lines(LINES))
    with open(expected, "rb") as file:
        lines = sum(1 for _ in file)
    send = [os.path.join(bench.tools, "live_sender"), INTERFACE, capture, "--packets", str(packets), "--rate", str(RATE)]
    commands = collectors(bench)
    rounds = {who: [] for who in commands}
    for _ in range(bench.options.rounds):
        for who, command in commands.items():
            rounds[who].append(play(bench, who, command, send))
    bench.forget("floor.*", "said")

    machine = {who: statistics.median(each.machine for each in played) for who, played in rounds.items()}
    process = {who: statistics.median(each.process for each in played) for who, played in rounds.items()}
    for who, played in rounds.items():
        figures = {"packets": packets, "machine_s": machine[who], "process_s": process[who], "lost": max(each.lost for each in played)}
        if who == OWN:
            bench.add("floor", "logsniffd", **figures, unaccounted=max(each.unaccounted for each in played),
                      exact=all(each.ledger["records"]["routed"] == lines for each in played))
        else:
            bench.add("floor", who, **figures)
    if OWN in rounds:
        # The machine's seconds include those of the sender.
        own_cost(bench, "machine", {who: seconds - machine[ALONE] for who, seconds in machine.items()})
        own_cost(bench, "process", process)


def own_cost(bench, of, seconds):
    """What logsniffd costs above the walker, and how that compares."""
    own = seconds[OWN] - seconds[WALKER]
    ratios = {"times_walker": own / seconds[WALKER]} if seconds[WALKER] > 0 else {}
    if seconds.get(COPY, 0) > 0:
        ratios["logsniffd_times_tcpdump"] = seconds[OWN] / seconds[COPY]
    bench.add("floor", "d - c", of=of, own_s=own, **ratios)

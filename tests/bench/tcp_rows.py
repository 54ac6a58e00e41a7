"""The rows of the TCP room in memory: hostile loads compared with friendly ones, and growth with the number of
connections. tcp_load plays them."""

import json
import os
import statistics
import subprocess

FRIENDLY = "in-order"
FRIENDLY_PACKETS = 3_000_000

# Scenario, its size (which --scale makes smaller), and its friendly case: a number of connections with lines in order,
# or the scenario that sends the same segments without the attack.
HOSTILE = [
    ("colliding-keys", {"connections": 100_000, "packets": FRIENDLY_PACKETS}, 100_000),
    ("syn-flood", {"connections": 1_000_000}, 100_000),
    ("half-open-one-byte", {"connections": 1_000_000}, 100_000),
    ("half-open-early-byte", {"connections": 1_000_000}, 100_000),
    ("full-segments", {"connections": 10_000}, 10_000),
    ("hole-at-start", {"connections": 10_000}, "full-segments"),
    ("hole-flood", {"connections": 10_000}, "full-segments"),
    ("reverse-one-byte", {"connections": 100}, 1_000),
    ("every-other-byte", {"connections": 300}, 1_000),
    ("overlap-storm", {"connections": 100}, 1_000),
    ("overlap-storm-reverse", {"connections": 100}, 1_000),
    ("ack-storm", {"packets": 1_000_000}, 1_000),
    ("reset-storm", {"packets": 1_000_000}, 1_000),
    ("syn-data-mix", {"packets": 1_000_000}, 1_000),
]
GROWTH = (10, 1_000, 100_000, 1_000_000)
IDLE_CONNECTIONS = 200_000
ROOMS = ("tcp", "pipeline")


def play(bench, scenario, room, **options):
    """Returns what tcp_load printed. "Not balanced" is a result; anything else that goes wrong is a failure."""
    command = [os.path.join(bench.tools, "tcp_load"), scenario, "--room", room]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=bench.options.timeout, check=False)
    if not done.stdout:
        raise RuntimeError(f"{scenario}: status {done.returncode}, {done.stderr.strip()[-500:]}")
    result = json.loads(done.stdout)
    counters = result["counters"]
    if scenario == FRIENDLY and counters["delivered"] != counters["bytes_seen"]:
        raise RuntimeError(f"{scenario}: of {counters['bytes_seen']} bytes in order only {counters['delivered']} were delivered")
    return result


def scaled(bench, size):
    return {name: max(10, int(full * bench.options.scale)) for name, full in size.items()}


def middle(results, key="ns_a_packet"):
    return statistics.median(result[key] for result in results)


def interleaved(bench, loads):
    """Returns {name: results of all rounds}; `loads` is {name: arguments of play()}. A disturbance of one load in a
    round also affects the others."""
    results = {name: [] for name in loads}
    for _ in range(bench.options.rounds):
        for name, (scenario, room, options) in loads.items():
            results[name].append(play(bench, scenario, room, **options))
    return results


def balanced(results):
    return all(result["balanced"] for result in results)


def hostile(bench):
    """Hostile loads, compared with a friendly one with as many open connections: time per packet, memory, ledger."""
    for room in ROOMS:
        loads = {("friendly", count): (FRIENDLY, room, {"connections": count, **scaled(bench, {"packets": FRIENDLY_PACKETS})})
                 for count in sorted({friend for _, _, friend in HOSTILE if isinstance(friend, int)})}
        loads |= {(scenario, friend): (scenario, room, scaled(bench, size)) for scenario, size, friend in HOSTILE}
        results = interleaved(bench, loads)
        cost = {friend: middle(results["friendly", friend]) for name, friend in results if name == "friendly"}
        cost |= {scenario: middle(rounds) for (scenario, _), rounds in results.items()}
        for (scenario, friend), rounds in results.items():
            bench.add("hostile", "logsniffd", room=room, load=scenario, connections=rounds[0]["connections"], packets=rounds[0]["packets"],
                      ns_a_packet=middle(rounds), friend=friend, times_friendly=middle(rounds) / cost[friend],
                      slowest_batch_us=middle(rounds, "slowest_batch_us"), slowest_silence_us=middle(rounds, "slowest_silence_us"),
                      peak_mib=middle(rounds, "peak_mib"), end_mib=middle(rounds, "resident_end_mib"), balanced=balanced(rounds))


def growth(bench):
    """From 10 to 1,000,000 connections: time per in-order packet, allocations; then the memory of idle connections."""
    for room in ROOMS:
        loads = {count: (FRIENDLY, room, {"connections": count, "limits_connections": count, **scaled(bench, {"packets": FRIENDLY_PACKETS})})
                 for count in GROWTH}
        results = interleaved(bench, loads)
        for count, rounds in results.items():
            bench.add("growth", "logsniffd", room=room, connections=count, ns_a_packet=middle(rounds),
                      times_first=middle(rounds) / middle(results[GROWTH[0]]), opening_ns=middle(rounds, "opening_ns_a_packet"),
                      allocations=rounds[0]["allocations"], peak_mib=middle(rounds, "peak_mib"), balanced=balanced(rounds))
        idle = play(bench, "idle-established", room, connections=IDLE_CONNECTIONS, limits_connections=IDLE_CONNECTIONS)
        bench.add("idle", "logsniffd", room=room, connections=IDLE_CONNECTIONS, bytes_a_connection=idle["bytes_a_connection"],
                  heap_bytes_a_connection=idle["heap_bytes_a_connection"], peak_mib=idle["peak_mib"], balanced=idle["balanced"])

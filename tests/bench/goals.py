"""What is fast enough: a line for each goal, from the rows of one run."""


def is_wrong(row):
    """Whether a program did not do its work: its figures mean nothing."""
    if row["who"] == "failed" or row.get("status", 0) != 0:
        return True
    return any(row.get(key) is False for key in ("exact", "complete", "balanced")) or row.get("unaccounted", 0) != 0


def figure(key, row, who="logsniffd", **where):
    """Reads a figure from the last row that has it and these values, and is not wrong; None if there is none."""

    def read(rows):
        found = [each[key] for each in rows if each["row"] == row and each["who"] == who and key in each and not is_wrong(each)
                 and all(each.get(name) == value for name, value in where.items())]
        return found[-1] if found else None

    return read


def ratio(above, below):
    """Divides one figure by another; None if one of them was not measured."""

    def read(rows):
        values = above(rows), below(rows)
        return values[0] / values[1] if None not in values and values[1] else None

    return read


def wall(row, to, who="logsniffd"):
    return figure("wall", row, who, to=to)


def spread(rows):
    """The cost of a packet with the most expensive number of connections, compared with the cheapest."""
    found = [each for each in rows if each["row"] == "connections"]
    if not found or any(map(is_wrong, found)):
        return None
    costs = [each["ns_a_packet"] for each in found]
    return max(costs) / min(costs)


MOST, LEAST = "at most", "at least"
GOALS = [
    ("reference to /dev/null, times tcpdump's copy", ratio(wall("reference", "null"), wall("reference", "null", "tcpdump")), MOST, 1.0),
    ("reference to a file in tmpfs, times tcpdump's copy", ratio(wall("reference", "tmpfs"), wall("reference", "tmpfs", "tcpdump")), MOST, 1.0),
    ("reference, times faster than tcpflow", ratio(wall("reference", "tmpfs", "tcpflow"), wall("reference", "tmpfs")), LEAST, 8),
    ("reference, times faster than ngrep", ratio(wall("reference", "null", "ngrep"), wall("reference", "null")), LEAST, 10),
    ("eight lines a segment to /dev/null, times tcpdump's copy", ratio(wall("eight", "null"), wall("eight", "null", "tcpdump")), MOST, 1.0),
    ("eight lines a segment to tmpfs, times tcpdump's copy", ratio(wall("eight", "tmpfs"), wall("eight", "tmpfs", "tcpdump")), MOST, 1.0),
    ("instructions a packet", figure("packet", "instructions", scenario="one line a segment"), MOST, 800),
    ("text, times raw", figure("times_raw", "formats", way="text"), MOST, 1.3),
    ("json, times raw", figure("times_raw", "formats", way="json"), MOST, 1.8),
    ("RFC 3164 decoded, as json, times raw", figure("times_raw", "formats", form="rfc3164", way="syslog to json"), MOST, 2.5),
    ("RFC 5424 decoded, as json, times raw", figure("times_raw", "formats", form="rfc5424", way="syslog to json"), MOST, 2.5),
    ("5 % out of order, times clean", figure("times_clean", "shapes", shape="5 % out of order", to="null"), MOST, 1.3),
    ("IPv6, times clean", figure("times_clean", "shapes", shape="IPv6", to="null"), MOST, 1.1),
    ("VLAN, times clean", figure("times_clean", "shapes", shape="VLAN", to="null"), MOST, 1.1),
    ("10 to 1,000,000 connections, dearest packet times cheapest", spread, MOST, 1.6),
    ("200,000 open connections, MiB", figure("peak_rss_mib", "memory"), MOST, 64),
    ("live, packets lost by the kernel", figure("lost", "floor"), MOST, 0),
    ("live, own cost (d - c), times the walker's", figure("times_walker", "floor", "d - c", of="process"), MOST, 1.0),
    ("live to /dev/null, processor time, times tcpdump's", figure("logsniffd_times_tcpdump", "floor", "d - c", of="process"), MOST, 1.2),
    ("from capture to the file, latency 50 ms, p99 ms", figure("p99_ms", "latency"), MOST, 52),
    ("idle, wake-ups a second", figure("wake_ups_a_second", "idle"), MOST, 2),
    ("idle, MiB beside the ring", figure("beside_ring_mib", "idle"), MOST, 12),
]


def judge(rows, scale):
    """The table, a line each: what, figure, goal, and whether it is reached. What was not measured says so."""
    lines = [] if scale == 1 else [f"At a scale of {scale:g}, nothing is proved: start-up counts, and the numbers of connections are smaller."]
    lines += [f"{'what':60} {'measured':>10}  goal"]
    for what, measure, kind, goal in GOALS:
        value = measure(rows)
        if value is None:
            lines.append(f"{what:60} {'-':>10}  {kind} {goal}: not measured")
        else:
            reached = value <= goal if kind == MOST else value >= goal
            lines.append(f"{what:60} {value:10.2f}  {kind} {goal}: {'reached' if reached else 'NOT REACHED'}")
    return lines

"""tshark's view of a capture file: the TCP streams as it follows them, and the segments as it dissects them.

An item of a stream is a piece of bytes, or the length of a hole as an int.
Endpoints are "10.0.0.1:514", "[fe80::1]:514".
"""
import collections
import dataclasses
import ipaddress
import re
import subprocess

SEPARATOR = "=" * 67 + "\n"
FIELDS = ("frame.time_epoch", "tcp.stream", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "tcp.seq",
          "tcp.ack", "tcp.flags", "tcp.len", "tcp.payload", "frame.protocols")
# tshark prints a hole as text in the data, with a NUL at its end.
HOLE = re.compile(rb"\[(-?\d+) bytes missing in capture file\]\0")
FIN, SYN, RST, ACK = 1, 2, 4, 16


@dataclasses.dataclass
class Segment:
    """One TCP segment. `payload` is the captured part of its `length` bytes."""
    at_ns: int
    stream: int
    src: str
    dst: str
    seq: int
    ack: int
    flags: int
    length: int
    payload: bytes
    layers: list

    @property
    def first_seq(self):
        """The sequence number of the first byte. A SYN takes one number."""
        return (self.seq + (1 if self.flags & SYN else 0)) % 2**32


@dataclasses.dataclass
class Followed:
    """One direction of one tcp.stream. It has no items if it carried nothing."""
    number: int
    src: str
    dst: str
    items: list


@dataclasses.dataclass
class Report:
    status: int
    complaint: str
    segments: list
    followed: list


def endpoint(text):
    """The canonical form of an endpoint."""
    host, _, port = text.rpartition(":")
    address = ipaddress.ip_address(host.strip("[]"))
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def merged(items):
    """The same stream, with neighbouring pieces joined and neighbouring holes added up."""
    result = []
    for item in items:
        if result and isinstance(result[-1], int) == isinstance(item, int):
            result[-1] += item
        elif item:
            result.append(item)
    return result


def read_segment(line):
    row = dict(zip(FIELDS, line.split("\t")))
    if not row.get("tcp.seq") or not row["tcp.stream"]:
        return None
    layers = row["frame.protocols"].split(":")
    family = next((layer for layer in reversed(layers[:len(layers) - layers[::-1].index("tcp")]) if layer in ("ip", "ipv6")), None)
    if family is None:
        return None
    seconds, _, fraction = row["frame.time_epoch"].partition(".")
    return Segment(
        at_ns=int(seconds) * 10**9 + int(fraction.ljust(9, "0")[:9]), stream=int(row["tcp.stream"]),
        src=endpoint(f"{row[family + '.src']}:{row['tcp.srcport']}"), dst=endpoint(f"{row[family + '.dst']}:{row['tcp.dstport']}"),
        seq=int(row["tcp.seq"]), ack=int(row["tcp.ack"] or 0), flags=int(row["tcp.flags"], 16), length=int(row["tcp.len"] or 0),
        payload=bytes.fromhex(row["tcp.payload"].replace(":", "")), layers=layers)


def read_followed(block):
    """Both directions of one `-z follow` block: lines of hexadecimal; those of the second node begin with a tab."""
    lines = block.splitlines()
    number = int(lines[1].rpartition(" ")[2])
    nodes = [line.split(": ", 1)[1] for line in lines[2:4]]
    if nodes[0] == ":0":  # no such stream
        return
    items = collections.defaultdict(list)
    for line in lines[4:]:
        piece = bytes.fromhex(line.strip())
        hole = HOLE.fullmatch(piece)
        items[line.startswith("\t")].append(int(hole[1]) if hole else piece)
    for second in (False, True):
        src, dst = (endpoint(node) for node in (reversed(nodes) if second else nodes))
        yield Followed(number, src, dst, merged(items[second]))


def command(path, streams):
    # No dissector above TCP runs: one that shows a packet inside the payload (OpenFlow) makes tshark take the addresses
    # of that packet for those of the segment. Relative numbers would only add a base, and with it errors. An IPv6
    # length of 0 means the length of the frame, as in tshark's default for IPv4.
    return ["tshark", "-n", "-r", path, "-o", "tcp.relative_sequence_numbers:FALSE", "-o", "ipv6.tso_support:TRUE",
            "-d", "tcp.port==0-65535,data", "-T", "fields", "-E", "occurrence=l", *(word for field in FIELDS for word in ("-e", field)),
            *(word for number in range(streams) for word in ("-z", f"follow,tcp,raw,{number}"))]


def read(path, streams):
    """Everything in one capture file; in a damaged file, everything before the damage. `streams` is a guess. If it is
    too low, a second run is needed."""
    while True:
        done = subprocess.run(command(path, streams), capture_output=True, text=True, errors="replace", check=False)
        # The lines of the packets come first, then the taps in their own order.
        rows, *blocks = done.stdout.split(SEPARATOR)
        segments = [segment for segment in map(read_segment, rows.splitlines()) if segment]
        count = max((segment.stream for segment in segments), default=-1) + 1
        if count <= streams:
            break
        streams = count
    followed = [each for block in blocks if block.startswith("Follow: ") for each in read_followed(block)]
    followed.sort(key=lambda each: each.number)
    complaint = "\n".join(line for line in done.stderr.splitlines() if "Running as user" not in line)
    return Report(done.returncode, complaint.strip(), segments, followed)

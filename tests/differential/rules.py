"""The differences between tshark's "follow stream" and the project that have a reason: one function per rule.

A rule gets what tshark says of one direction, and the segments that tshark dissected. It returns the stream by the
contract of the project. It never sees the project's output, so it cannot excuse it. differences.toml says why and where
each rule holds. tshark's code is follow_tcp_tap_listener() and check_follow_fragments() in
epan/dissectors/packet-tcp.c.
"""
import bisect
import dataclasses
import itertools

from tshark import ACK, FIN, RST, SYN, merged

# docs/decisions/0001: a byte is still accepted this long after its acknowledgement.
ACK_GRACE_NS = 50_000_000
# daemon/tcp/sequence.hpp: a number farther back than this is ahead.
REACH_BACK = 2**29
DECODED = {"eth", "ethertype", "vlan", "ieee8021ad", "ieee8021ah", "llc", "mpls", "pwethheuristic", "pwethcw", "pppoes", "ppp", "chdlc", "wlan",
           "radiotap", "wlan_radio", "nflog", "pktap", "pcap_pktdata", "sll", "null", "raw", "ip", "ipv6", "ipv6.hopopts", "ipv6.routing",
           "ipv6.fraghdr", "ipv6.dstopts", "tcp", "data"}


@dataclasses.dataclass
class Direction:
    """One direction of one stream: its own segments and those of the other side, in the order of capture."""
    own: list
    other: list

    def __post_init__(self):
        # As in tshark, the stream begins with the first segment of the direction, with or without payload.
        self.base = self.own[0].first_seq
        self.note_acknowledgements()

    def note_acknowledgements(self):
        acknowledging = [segment for segment in self.other if segment.flags & ACK]
        self.ack_times = [segment.at_ns for segment in acknowledging]
        self.acked = list(itertools.accumulate((self.offset(segment.ack) for segment in acknowledging), max))

    def offset(self, seq):
        """The offset in the stream: 0 for the first byte, negative before it. Streams of 2 GiB do not occur."""
        distance = (seq - self.base) % 2**32
        return distance - 2**32 if distance >= 2**31 else distance

    def acknowledged_at(self, offset):
        """The time of the first acknowledgement of the byte at `offset`, or None."""
        at = bisect.bisect_right(self.acked, offset)
        return self.ack_times[at] if at < len(self.acked) else None

    def acknowledged_after(self, offset, at_ns):
        """Whether an acknowledgement of the byte at `offset` was captured after `at_ns`."""
        return any(segment.flags & ACK and segment.at_ns > at_ns and self.offset(segment.ack) > offset for segment in self.other)

    def captured(self, begin, end):
        """The first copy of each byte in [begin, end): {offset: (byte, when)}."""
        found = {}
        for segment in self.own:
            if segment.flags & RST:
                continue
            start = self.offset(segment.first_seq)
            for offset in range(max(begin, start), min(end, start + len(segment.payload))):
                found.setdefault(offset, (segment.payload[offset - start], segment.at_ns))
        return found


def spans(items):
    """Yields (offset, item) for each item."""
    offset = 0
    for item in items:
        yield offset, item
        offset += item if isinstance(item, int) else len(item)


def length_of(items):
    return sum(item if isinstance(item, int) else len(item) for item in items)


def layout(found, begin, end):
    """The bytes of `found`, and the holes between them, as items."""
    return merged([bytes([found[offset][0]]) if offset in found else 1 for offset in range(begin, end)])


def ack_before_data(items, direction):
    def in_time(at, captured_ns):
        """Whether the byte came after its acknowledgement, and soon enough."""
        acked_ns = direction.acknowledged_at(at)
        return acked_ns is not None and acked_ns <= captured_ns <= acked_ns + ACK_GRACE_NS

    result = []
    for offset, item in spans(items):
        if not isinstance(item, int):
            result.append(item)
            continue
        found = {at: byte for at, byte in direction.captured(offset, offset + item).items() if in_time(at, byte[1])}
        result += layout(found, offset, offset + item)
    return merged(result)


def late(items, direction):
    first_copies = direction.captured(0, length_of(items))

    def captured_by(offset, at_ns):
        return offset in first_copies and first_copies[offset][1] <= at_ns

    def lost_at(offset):
        """The time of the acknowledgement that proves the byte at `offset` lost, or None."""
        acked_ns = direction.acknowledged_at(offset)
        # One number after what was seen or given up proves nothing, because it may be a FIN. The next one does.
        grace_end_ns = acked_ns + ACK_GRACE_NS
        seen = (offset == 0 or captured_by(offset - 1, grace_end_ns) or
                direction.acknowledged_at(offset - 1) + ACK_GRACE_NS <= acked_ns)
        alone = seen and offset + 1 in direction.acked and not captured_by(offset + 1, grace_end_ns)
        return direction.acknowledged_at(offset + 1) if alone else acked_ns

    def is_late(offset):
        captured_ns = first_copies[offset][1]
        acked_ns = direction.acknowledged_at(offset)
        if acked_ns is None or captured_ns < acked_ns + ACK_GRACE_NS:
            return False
        lost_ns = lost_at(offset)
        return lost_ns is not None and captured_ns >= lost_ns + ACK_GRACE_NS

    result = []
    for offset, item in spans(items):
        if isinstance(item, int):
            result.append(item)
        else:
            result += [1 if is_late(at) else item[at - offset:at - offset + 1] for at in range(offset, offset + len(item))]
    return merged(result)


def unacknowledged(items, direction):
    end = length_of(items)
    last = max((direction.offset(segment.first_seq) + len(segment.payload) for segment in direction.own if segment.payload), default=0)
    held = direction.captured(end, last)
    if not held or end in held:
        return items
    lowest = min(held)
    if direction.acknowledged_after(lowest, held[lowest][1]):
        return items  # tshark would have shown it
    return merged([*items, *layout(held, end, last)])


def trailing_hole(items, direction):
    end = length_of(items)
    fins = [direction.offset(segment.first_seq) + segment.length for segment in direction.own if segment.flags & FIN]
    acked = max([end, *direction.acked])
    # The FIN takes one number. A single number after what was seen or acknowledged may be a FIN that was not captured.
    if acked - 1 in fins or (not fins and acked - 1 in (end, *direction.acked)):
        acked -= 1
    known = max([acked, *fins])
    return merged([*items, known - end]) if known > end else items


def long_outage(items, direction):
    ahead = {}
    for segment in direction.own:
        offset = (segment.first_seq - direction.base) % 2**32
        if segment.payload and 2**31 <= offset < 2**32 - REACH_BACK:
            for place, byte in enumerate(segment.payload, offset):
                ahead.setdefault(place, (byte, segment.at_ns))
    if not ahead:
        return items
    return merged([*items, min(ahead) - length_of(items), *layout(ahead, min(ahead), max(ahead) + 1)])


def early_start(items, direction):
    told = [segment.ack for segment in direction.other
            if segment.flags & SYN and segment.flags & ACK and segment.at_ns <= direction.own[0].at_ns]
    start = direction.offset(told[0]) if told else 0
    if start >= 0:
        return items
    front = layout(direction.captured(start, 0), start, 0)
    direction.base += start
    direction.note_acknowledgements()
    return merged([*front, *items])


def cut_segment(items, direction):
    cuts = {}
    for segment in direction.own:
        begin = direction.offset(segment.first_seq) + len(segment.payload)
        end = direction.offset(segment.first_seq) + segment.length
        if segment.flags & RST or begin == end:
            continue
        # The time at which the segment is next in order. A copy that is held by then has the rest.
        turn_ns = max([segment.at_ns, *(at_ns for _, at_ns in direction.captured(0, begin).values())])
        rest = direction.captured(begin, end)
        if any(at not in rest or rest[at][1] > turn_ns for at in range(begin, end)):
            cuts.setdefault(begin, end - begin)
    result = []
    offset = 0
    for item in items:
        while not isinstance(item, int):
            at = next((at for at in sorted(cuts) if offset < at < offset + len(item)), None)
            if at is None:
                break
            result += [item[:at - offset], cuts[at]]
            item = item[at - offset:]
            offset = at + cuts.pop(at)
        result.append(item)
        offset += item if isinstance(item, int) else len(item)
    # The last cut, or the only one, comes after everything that tshark has.
    return merged([*result, cuts[offset]] if offset in cuts else result)


def reset_payload(items, direction):
    # tshark shows these bytes under another name, so only their length is known.
    texts = [(direction.offset(segment.first_seq), segment.length) for segment in direction.own if segment.flags & RST and segment.length]
    result = []
    for offset, item in spans(items):
        if not isinstance(item, int):
            for start, size in texts:
                if offset <= start < offset + len(item):
                    item = item[:start - offset] + item[start - offset + size:]
        result.append(item)
    return merged(result)


def layer_not_decoded(items, direction):
    return [] if all(set(segment.layers) - DECODED for segment in direction.own if segment.length) else items


def answered(syn, own, other):
    """Whether the other side accepted a SYN or, if that side was not captured, later segments confirm it."""
    if other:
        return any(segment.flags & SYN and segment.flags & ACK and segment.ack == syn.first_seq for segment in other)
    return any(segment.seq == syn.first_seq and segment is not syn for segment in own)


# Does not work on one direction of one tcp.stream. It is applied before the other rules, if it is listed.
UNANSWERED_SYN = "unanswered-syn"


def unanswered_syn(theirs, segments_of):
    """`theirs` is one direction of all tcp.streams on the same endpoints. segments_of(followed) returns its own
    segments and those of the other side."""
    result = []
    running = None  # the segments of the last item of `result`
    for followed in theirs:
        own, other = segments_of(followed)
        if running and own and own[0].flags & SYN and not answered(own[0], own, other):
            running += own[1:]
            direction = Direction(running, [])
            end = max(direction.offset(segment.first_seq) + segment.length for segment in running if segment.payload)
            result[-1] = dataclasses.replace(result[-1], items=layout(direction.captured(0, end), 0, end))
        else:
            result.append(followed)
            running = list(own)
    return result


# In the order in which they are applied: offsets in the stream are right only after the cuts are added.
RULES = {rule.__name__.replace("_", "-"): rule
         for rule in (layer_not_decoded, reset_payload, early_start, cut_segment, ack_before_data, late, unacknowledged, long_outage,
                      trailing_hole)}

"""Compares the project with tshark, stream by stream, and checks the listed differences."""
import collections
import json
import subprocess
import tomllib

import rules
import tshark


class Differences:
    """differences.toml, and which of its entries have applied."""

    def __init__(self, text):
        table = tomllib.loads(text)
        self.rules = table.get("rule", {})
        self.open = table.get("open", {})
        unknown = set(self.rules) - {rules.UNANSWERED_SYN, *rules.RULES}
        if unknown:
            raise ValueError(f"no such rule: {', '.join(sorted(unknown))}")
        self.met = set()

    def is_listed(self, rule, capture):
        return capture in self.rules.get(rule, {}).get("captures", ())

    def rules_for(self, capture):
        return [name for name in rules.RULES if self.is_listed(name, capture)]

    def open_for(self, capture):
        return next((name for name, entry in self.open.items() if capture in entry["captures"]), None)

    def stale(self, captures):
        """The entries for any of `captures` that did not explain any difference."""
        for kind in (self.rules, self.open):
            for name, entry in kind.items():
                for capture in entry["captures"]:
                    if capture in captures and (name, capture) not in self.met:
                        yield f"differences.toml: {name}: {capture} does not differ in this way: the entry is stale"

    def unknown(self, captures, kinds):
        """The entries for captures of these kinds ("golden/") that do not exist."""
        for kind in (self.rules, self.open):
            for name, entry in kind.items():
                for capture in entry["captures"]:
                    if capture.startswith(kinds) and capture not in captures:
                        yield f"differences.toml: {name}: there is no {capture}"


class Comparison:
    """One capture: its problems, and how much was compared."""

    def __init__(self, name, differences):
        self.name = name
        self.differences = differences
        self.problems = []
        self.streams = 0
        self.bytes = 0
        self.explained = 0  # endpoints, in one direction
        self.open = 0

    def run(self, report, project):
        """`report` is tshark's. `project` holds the streams of stream_dump: {(src, dst): [items]}."""
        theirs = collections.defaultdict(list)
        for followed in report.followed:
            theirs[followed.src, followed.dst].append(followed)
        for key in sorted({*theirs, *project}):
            self._compare(key, report.segments, theirs[key], project.get(key, []))

    def complain(self, problem):
        """Adds a problem of this capture, unless it is listed as open."""
        if name := self.differences.open_for(self.name):
            self.differences.met.add((name, self.name))
            self.open += 1
        else:
            self.problems.append(f"{self.name}: {problem}")

    def _compare(self, key, segments, theirs, ours):
        said = [followed.items for followed in theirs if followed.items]
        self.streams += max(len(said), len(ours))
        self.bytes += sum(len(item) for items in ours for item in items if isinstance(item, bytes))
        if said == ours:
            return
        used = set()
        if self.differences.is_listed(rules.UNANSWERED_SYN, self.name):
            joined = rules.unanswered_syn(theirs, lambda followed: segments_of(followed, segments))
            used |= {rules.UNANSWERED_SYN} if joined != theirs else set()
            theirs = joined
        corrected = [self._corrected(followed, segments, ours, used) for followed in theirs]
        corrected = [items for items in corrected if items]
        if corrected == ours:
            self.explained += 1
            self.differences.met |= {(rule, self.name) for rule in used}
        else:
            self.complain(f"{key[0]} > {key[1]}\n  tshark    {shown(said)}\n  corrected {shown(corrected)}\n  project   {shown(ours)}")

    def _corrected(self, followed, segments, ours, used):
        """tshark's items of one direction, corrected by the rules that are listed for this capture."""
        items = followed.items
        own, other = segments_of(followed, segments)
        if items in ours or not own:
            return items
        direction = rules.Direction(own, other)
        for name in self.differences.rules_for(self.name):
            better = rules.RULES[name](items, direction)
            if better != items:
                used.add(name)
            items = better
        return items


def segments_of(followed, segments):
    """(segments of this direction, segments of the other one)"""
    mine = [segment for segment in segments if segment.stream == followed.number]
    return ([segment for segment in mine if (segment.src, segment.dst) == (followed.src, followed.dst)],
            [segment for segment in mine if (segment.src, segment.dst) == (followed.dst, followed.src)])


def shown(streams):
    """Shows lengths only: the bytes are in the capture."""
    return [[f"gap {item}" if isinstance(item, int) else len(item) for item in items] for items in streams]


def read_project(stream_dump, path):
    """(exit status, complaint, {(src, dst): [items]})"""
    done = subprocess.run([stream_dump, path], capture_output=True, text=True, check=False)
    streams = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        stream = json.loads(line)
        items = [item if isinstance(item, int) else bytes.fromhex(item) for item in stream["items"]]
        streams[tshark.endpoint(stream["src"]), tshark.endpoint(stream["dst"])].append(tshark.merged(items))
    return done.returncode, done.stderr.strip(), dict(streams)

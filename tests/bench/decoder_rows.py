"""The row of the decoders: the worst input of each, found by a search, and floods of it compared with plain text of the
same bytes on the wire."""

import os
import re
import subprocess

FOUND = re.compile(r"(\w+): (\d+) bytes, ([\d.]+) x plain \(([\d.]+) us\)")
FLOOD = re.compile(r" *([\d.]+) Mbit/s: +([\d.]+) % of a processor, +([\d.]+) x plain, (\d+) not decoded")
SECONDS = 10  # of search for each decoder, multiplied by --scale


def decoders(bench):
    """The worst input that a search finds for each decoder, and a flood of it, including the budget of a second."""
    command = [os.path.join(bench.tools, "worst_input"), "--seconds", str(max(0.2, SECONDS * bench.options.scale))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=bench.options.timeout, check=True)
    decoder = {}
    for line in done.stdout.splitlines():
        if found := FOUND.match(line):
            decoder = {"decoder": found[1], "bytes": int(found[2])}
            bench.add("decoders", "search", **decoder, times_plain=float(found[3]), us_a_datagram=float(found[4]))
        elif flood := FLOOD.match(line):
            bench.add("decoders", "flood", **decoder, mbit_a_second=float(flood[1]), processor_percent=float(flood[2]),
                      times_plain=float(flood[3]), not_decoded=int(flood[4]))

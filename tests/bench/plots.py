"""The pictures of docs/performance.md, drawn from the rows of one run: what a packet costs against the number of connections,
and how many lines a second each program reads."""

from html import escape
from math import log10
from pathlib import Path

from goals import is_wrong

WIDTH, LEFT, RIGHT, TOP, ROW = 720, 190, 90, 50, 30
OWN, PEER, INK, GRID = "#1f6feb", "#8c959f", "#24292f", "#d0d7de"


def text(x, y, words, anchor="start", size=13):
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" fill="{INK}">{escape(words)}</text>'


def picture(title, height, parts):
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif">',
                      f'<rect width="{WIDTH}" height="{height}" fill="white"/>', text(16, 28, title, size=16), *parts, "</svg>", ""])


def bars(title, values):
    """A bar for each (name, value, whether it is logsniffd's), the longest as long as the place allows."""
    longest = max(value for _, value, _ in values)
    parts = []
    for number, (name, value, own) in enumerate(values):
        y = TOP + number * ROW
        width = (WIDTH - LEFT - RIGHT) * value / longest
        parts += [text(LEFT - 8, y + 16, name, "end"), f'<rect x="{LEFT}" y="{y + 3}" width="{width:.1f}" height="18" fill="{OWN if own else PEER}"/>',
                  text(LEFT + width + 6, y + 16, f"{value:.2f}")]
    return picture(title, TOP + len(values) * ROW + 16, parts)


def curve(title, points, unit):
    """Points of (number, value) over a logarithmic scale of numbers; the values begin at 0."""
    height, bottom = 340, 290
    first, last = log10(points[0][0]), log10(points[-1][0])
    highest = 1.25 * max(value for _, value in points)

    def place(number, value):
        x = 70 + (WIDTH - 120) * ((log10(number) - first) / (last - first) if last > first else 0)
        return x, bottom - (bottom - TOP) * value / highest

    parts = [f'<line x1="70" y1="{bottom}" x2="{WIDTH - 50}" y2="{bottom}" stroke="{GRID}"/>', text(16, TOP + 4, unit, size=12)]
    places = [place(*point) for point in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{OWN}" stroke-width="2"/>')
    for (number, value), (x, y) in zip(points, places):
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{OWN}"/>', text(x, y - 10, f"{value:.0f}", "middle"),
                  text(x, bottom + 20, f"{number:,}", "middle")]
    parts.append(text(WIDTH / 2, bottom + 40, "connections", "middle"))
    return picture(title, height, parts)


def pictures(rows, lines):
    """{file name: picture} of what was measured. `lines` is the number of lines of the rows reference and eight."""
    drawn = {}
    for row, title in (("reference", "one line a segment"), ("eight", "eight lines a segment")):
        values = [(f"{each['who']}, to {each['to'].replace('null', '/dev/null')}", lines / each["wall"] / 1e6, each["who"] == "logsniffd")
                  for each in rows if each["row"] == row and each.get("wall") and not is_wrong(each)]
        if values:
            drawn[f"{row}.svg"] = bars(f"Million lines a second, {title}", sorted(values, key=lambda value: -value[1]))
    points = sorted((each["connections"], each["ns_a_packet"]) for each in rows if each["row"] == "connections" and not is_wrong(each))
    if points:
        drawn["connections.svg"] = curve("What a packet costs against the number of connections", points, "processor ns")
    return drawn


def draw(rows, lines, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, drawn in pictures(rows, lines).items():
        Path(folder, name).write_text(drawn)

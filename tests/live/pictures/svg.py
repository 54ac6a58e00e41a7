"""What a terminal showed, as an SVG picture; and such a picture as lines of text in which nothing changes from run to run."""
import io
import re
from itertools import groupby
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.segment import Segment, Segments
from rich.terminal_theme import TerminalTheme

# Black, red, green, yellow, blue, magenta, cyan and white; readable on a page of any colour.
COLOURS = [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255), (188, 140, 255), (57, 197, 207), (201, 209, 217)]
THEME = TerminalTheme((22, 27, 34), (220, 226, 233), COLOURS)
# As rich's own, without fonts from the net.
FORMAT = """<svg class="rich-terminal" viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>{title}</title>
<desc>{description}</desc>
<style>
.{{unique_id}}-matrix {{{{ font: {{char_height}}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace; }}}}
.{{unique_id}}-title {{{{ font: bold 18px sans-serif; }}}}
{{styles}}
</style>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""
# Each cell has its own place in the picture, so that columns are straight in any font: a font may lack the blocks of top's
# courses, and those of another one may be wider.
CELL = re.compile(r"^ +| {2,}| $|[▁-█░]+|(?:(?! {2}| $|[▁-█░]).)+")


def picture(screen, columns, title, description):
    """The SVG of a screen, which is text with the sequences of a terminal."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False)
    for line in AnsiDecoder().decode(screen):
        cells = [Segment(cell, segment.style) for segment in line.render(console) for cell in CELL.findall(segment.text)]
        console.print(Segments([*cells, Segment.line()]), end="")
    svg = console.export_svg(title=title, theme=THEME, unique_id="t", font_aspect_ratio=0.6,
                             code_format=FORMAT.format(title=escape(title), description=escape(description)))
    # Nothing is longer than its line, and FORMAT leaves out what would cut it. An end of a line is not text.
    svg = re.sub(r' clip-path="[^"]*"|<text [^>]*>\n</text>', "", svg)
    svg = svg.replace("&#160;", "\u00a0").replace("><text", ">\n<text")
    return "".join(line.strip() + "\n" for line in svg.split("\n") if line.strip())


TIMES = [(r"\d{4}-\d\d-\d\dT[\d:.+]+", "DATE"), (r"\b\d\d:\d\d:\d\d\.\d{6}\b", "TIME")]
# A count that is 0 stays, because it is a promise: nothing was lost. So do ceilings.
FIGURES = [
    (r"(?<=logsniffd )\d[\w.~+-]*(?=:)", "VERSION"),
    (r"\bpid \d+", "pid N"),
    (r"[▁▂▃▄▅▆▇█]{12}", "COURSE"),
    (r"[█░]{4} +<?\d+%", "QUEUE"),
    (r"\b(\d+ min )?\d+ s\b", "AGE"),
    (r"\b[\d.]+(us|ms|s)?/[\d.]+(us|ms|s)?(?![\w.])", "LATENCY"),
    (r"(?<!of )\b[\d.]+ ([KMG]i)?B\b", "SIZE"),
    (r"(?<![\w.])(\d+\.\d|\d+k)(?![\w.])", "RATE"),
    (r"(?<![\w.:,])(?<!of )(?<!LAST )[1-9]\d*(,\d{3})*(?![\w.:])", "N"),
]


def lasting(svg, changing):
    """The picture as lines: what draws the frame, then each row of the terminal with the style of its parts. In the text,
    the expressions of `changing` are replaced by the words with them."""
    styles = dict(re.findall(r"\.(t-r\d+) \{ (.*) \}", svg))
    lines = [line for line in svg.split("\n") if 'class="t-r' not in line and not line.startswith(".t-r")]
    rows = {}
    for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        if text.get("class") in styles:
            rows.setdefault(float(text.get("y")), []).append((styles[text.get("class")], text.text))
    for _, parts in sorted(rows.items()):
        for style, same in groupby(parts, key=lambda part: part[0]):
            text = " ".join(" ".join(text for _, text in same).split())
            for pattern, word in changing:
                text = re.sub(pattern, word, text)
            lines.append(f"{{{style}}} {text}")
    return lines

#!/usr/bin/python3 -B
"""Draws the pictures of docs/pictures from a real run:

    sudo LOGSNIFFD=build/dev/logsniffd unshare --net --mount -- tests/live/pictures/draw.py
"""
from pathlib import Path

import scene
import svg

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs/pictures"
COMMAND = __doc__.split("\n")[2].strip()
DESCRIPTIONS = {
    "sniff": "A terminal: logsniffd sniff prints the log messages of three ports as they pass, each with the time of its packet.",
    "status": "A terminal: logsniffd status says that the daemon is well, with tables of the interface, the filters and the sinks.",
    "top": "A terminal: logsniffd top shows the rates of filters and sinks, and in red that the target of one sink refuses connections.",
}


def draw():
    """The name of each picture, and its SVG."""
    return {name: svg.picture(screen, scene.COLUMNS, f"logsniffd {name}", DESCRIPTIONS[name]) for name, screen in scene.screens().items()}


if __name__ == "__main__":
    for name, picture in draw().items():
        (FOLDER / f"{name}.svg").write_text(picture)

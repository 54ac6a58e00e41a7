"""The pictures of docs/pictures show what the program shows today, but for times and figures."""
import difflib
import re
import unittest

from draw import COMMAND, FOLDER, ROOT, draw
from svg import FIGURES, TIMES, lasting

LARGEST = 20_000  # bytes


class Pictures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.drawn = draw()

    def test_program_still_looks_like_this(self):
        for name, drawn in self.drawn.items():
            with self.subTest(name):
                # The figures in sniff's picture are those that the senders sent.
                changing = TIMES if name == "sniff" else TIMES + FIGURES
                kept, now = (lasting(picture, changing) for picture in ((FOLDER / f"{name}.svg").read_text(), drawn))
                difference = "\n".join(difflib.unified_diff(kept, now, f"docs/pictures/{name}.svg", "the program", n=1, lineterm=""))
                if difference:
                    self.fail(f"draw the picture again, and look at it:\n{COMMAND}\n{difference}")

    def test_readme_shows_each(self):
        shown = re.findall(r"!\[[^\]]+\]\((docs/pictures/[^)]*)\)", (ROOT / "README.md").read_text())
        self.assertEqual(sorted(shown), sorted(f"docs/pictures/{name}.svg" for name in self.drawn))
        self.assertEqual(sorted(shown), sorted(str(path.relative_to(ROOT)) for path in FOLDER.iterdir()))

    def test_pictures_are_small_and_load_nothing(self):
        for name, drawn in self.drawn.items():
            self.assertLess(len(drawn.encode()), LARGEST, name)
            self.assertEqual(re.findall(r"url\(|href|@|https?:(?!//www\.w3\.org/2000/svg\")|<script|<image", drawn), [], name)


if __name__ == "__main__":
    unittest.main()

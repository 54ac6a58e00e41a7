#!/usr/bin/python3
"""Proves that check.py finds violations: each case plants one in a small valid tree."""
import sys
import tempfile
import unittest
from unittest import mock
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import check  # noqa: E402

SOUND = {
    "daemon/CMakeLists.txt": "target_link_libraries(logsniffd PRIVATE logsniffd_cli)\n",
    "daemon/main.cpp": '#include "daemon/cli/cli.hpp"\n',
    "daemon/base/CMakeLists.txt": "logsniffd_room(base SOURCES a.cpp)\n",
    "daemon/base/bytes.hpp": "// Bytes.\n#pragma once\n#include <span>\n",
    "daemon/capture/CMakeLists.txt": "logsniffd_room(capture SOURCES a.cpp LINKS base LIBRARIES PkgConfig::PCAP)\n",
    "daemon/capture/packet.hpp": '// A packet.\n#pragma once\n#include "daemon/base/bytes.hpp"\n',
    "daemon/capture/packet.cpp": '#include "daemon/capture/packet.hpp"\n#include <pcap/pcap.h>\n',
    "daemon/link/CMakeLists.txt": "logsniffd_room(link\n  SOURCES a.cpp\n  LINKS capture)  # and base\n",
    "daemon/link/link.hpp": '// A link.\n#pragma once\n#include "daemon/capture/packet.hpp"\n#include "daemon/base/bytes.hpp"\n',
    "daemon/cli/CMakeLists.txt": "logsniffd_room(cli SOURCES a.cpp LINKS link)\n",
    "daemon/cli/cli.hpp": '// Commands.\n#pragma once\n#include "daemon/link/link.hpp"\n#include "daemon/capture/packet.hpp"\n',
    "config/CMakeLists.txt": "logsniffd_room(config SOURCES a.cpp LINKS base)\n",
    "config/model.hpp": '// Values.\n#pragma once\n#include "daemon/base/bytes.hpp"\n',
}


ROOMS = {"base": set(), "capture": set(), "link": {"capture"}, "ip": {"link"}, "cli": {"capture", "link"}, "main": {"cli"},
         "config": set()}


@mock.patch.object(check, "ROOMS", ROOMS)
class PlantedViolation(unittest.TestCase):
    def problems(self, planted):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in (SOUND | planted).items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return check.check(root)

    def assert_found(self, words, planted):
        problems = self.problems(planted)
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])

    def linked(self, room, *links):
        return {f"daemon/{room}/CMakeLists.txt": f"logsniffd_room({room} SOURCES a.cpp LINKS {' '.join(links)})\n"}

    def test_sound_tree_has_no_problem(self):
        self.assertEqual(self.problems({}), [])

    def test_private_name_twice_in_a_joined_room(self):
        one = "namespace logsniffd::link {\nnamespace {\nint read(int from) { return from; }\n}  // namespace\n"
        together = {"cmake/Together.cmake": "logsniffd_compile_together(logsniffd_link)\n", "daemon/link/a.cpp": one,
                    "daemon/link/b.cpp": one.replace("int from", "int from, int to = 0")}
        self.assert_found(["daemon/link/b.cpp:1", "read", "a.cpp"], together)
        self.assertEqual(self.problems(together | {"cmake/Together.cmake": "logsniffd_compile_together(logsniffd_capture)\n"}), [])

    def test_long_test_file(self):
        self.assert_found(["tests/unit/base/long_test.cpp:401", "longer than 400"],
                          {"tests/unit/base/long_test.cpp": "// x\n" * 401})

    def test_include_against_the_direction(self):
        self.assert_found(["daemon/capture/bad.cpp:2", "capture may not see config"],
                          {"daemon/capture/bad.cpp": '// x\n#include "config/model.hpp"\n'})

    def test_room_skipped(self):
        self.assert_found(["bad.cpp:1", "ip may not see capture"],
                          {"daemon/ip/bad.cpp": '#include "daemon/capture/packet.hpp"\n#include "daemon/link/link.hpp"\n'})

    def test_arrow_that_no_include_uses(self):
        self.assert_found(["no #include uses the arrow from cli to link"],
                          {"daemon/cli/cli.hpp": '// Commands.\n#pragma once\n#include "daemon/capture/packet.hpp"\n'})

    def test_link_that_is_not_drawn(self):
        self.assert_found(["daemon/link/CMakeLists.txt", "link links config"], self.linked("link", "capture", "base", "config"))

    def test_included_but_not_linked(self):
        self.assert_found(["daemon/link/link.hpp:3", "does not link"],
                          self.linked("link", "base") | self.linked("cli", "link", "capture"))

    def test_outside_header_through_the_wrong_door(self):
        self.assert_found(["daemon/link/bad.cpp:1", "<pcap/pcap.h> belongs to capture"],
                          {"daemon/link/bad.cpp": "#include <pcap/pcap.h>\n"})

    def test_relative_include(self):
        self.assert_found(["daemon/link/bad.cpp:1", "from its root"], {"daemon/link/bad.cpp": '#include "link.hpp"\n'})

    def test_room_that_is_not_drawn(self):
        self.assert_found(["daemon/util/a.cpp:1", "util is not drawn"], {"daemon/util/a.cpp": "\n"})

    def test_cycle_of_headers(self):
        self.assert_found(["includes itself", "daemon/base/a.hpp -> daemon/base/b.hpp -> daemon/base/a.hpp"], {
            "daemon/base/a.hpp": '// A.\n#pragma once\n#include "daemon/base/b.hpp"\n',
            "daemon/base/b.hpp": '// B.\n#pragma once\n#include "daemon/base/a.hpp"\n'})

    def test_long_file(self):
        self.assert_found(["longer than 400"], {"daemon/base/long.cpp": "\n" * 401})

    def test_header_without_comment(self):
        self.assert_found(["begins with a comment"], {"daemon/base/a.hpp": "#pragma once\n"})

    def test_header_without_guard(self):
        self.assert_found(["#pragma once"], {"daemon/base/a.hpp": "// A.\n"})


class Table(unittest.TestCase):
    def test_table_has_no_cycle(self):
        def upstream(room):
            return set().union(check.ROOMS[room], *(upstream(other) for other in check.ROOMS[room]))
        for room in check.ROOMS:
            self.assertNotIn(room, upstream(room))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""Proves that changed.py keeps a result only while nothing has changed: each case runs it twice over a small tree with
ctest tests of its own, and changes something between the two."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

FILES = {
    "CMakePresets.json": json.dumps({
        "version": 5,
        "configurePresets": [{"name": "p", "generator": "Ninja", "binaryDir": "${sourceDir}/build/${presetName}"}],
        "testPresets": [{"name": "p", "configurePreset": "p"}]}),
    "config/shipped.yaml": "",
    "daemon/a.cpp": "",
    "docs/page.md": "",
    "tests/golden/case/case.yaml": "",
    "tests/live/live_test.py": "",
    "../shared/corpus/a.pcap": "",
}
TESTS = ("unit", "golden", "live")
PROGRAM = '#!/bin/sh\necho "$1" >>"$RAN"\n'


class KeptResults(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()
        self.root, self.ran = self.folder / "tree", self.folder / "ran"
        self.build = self.root / "build/p"
        for name, text in FILES.items():
            self.write(self.root / name, text)
        shutil.copy(Path(__file__).with_name("changed.py"), self.root / "tests")
        self.write(self.build / "read_by_unit", "")
        self.register()
        for name in TESTS:
            self.write(self.build / name, PROGRAM)
            (self.build / name).chmod(0o755)

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def register(self, timeout=60):
        lines = []
        for name in TESTS:
            reads = self.build / f"read_by_{name}"
            lines.append(f'add_test({name}.one "{self.build}/{name}" "{name}")\n'
                         f'set_tests_properties({name}.one PROPERTIES LABELS {name} TIMEOUT {timeout}'
                         f' ENVIRONMENT "RAN={self.ran};READS={reads}" SKIP_RETURN_CODE 77)\n')
        self.write(self.build / "CTestTestfile.cmake", "".join(lines))

    def run_tests(self, status=0, **variables):
        """Runs changed.py and returns the tests that ran."""
        self.ran.write_text("")
        environment = {name: value for name, value in os.environ.items() if name not in ("CI", "LOGSNIFFD_TEST_ALL")}
        result = subprocess.run([self.root / "tests/changed.py", "p", "--no-tests=error"], text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, env=environment | variables)
        self.assertEqual(result.returncode, status, result.stdout)
        self.said = result.stdout
        return sorted(self.ran.read_text().split())

    def first_run(self, status=0):
        self.assertEqual(self.run_tests(status), ["golden", "live", "unit"])

    def test_NothingChanged_OnlyLiveTestsRun(self):
        self.first_run()
        self.assertEqual(self.run_tests(), ["live"])
        self.assertIn("2 of 3 tests passed before", self.said)
        self.assertEqual(self.run_tests(), ["live"])

    def test_ProgramChanged_ItsTestRuns(self):
        self.first_run()
        self.write(self.build / "unit", PROGRAM + "true\n")
        self.assertEqual(self.run_tests(), ["live", "unit"])

    def test_FileOfTheBuildThatTheEnvironmentNamesChanged_TheTestRuns(self):
        self.first_run()
        self.write(self.build / "read_by_unit", "more")
        self.assertEqual(self.run_tests(), ["live", "unit"])

    def test_PropertyChanged_TheTestsRun(self):
        self.first_run()
        self.register(timeout=61)
        self.assertEqual(self.run_tests(), ["golden", "live", "unit"])

    def test_DataChanged_TheTestsRun(self):
        for name in ("config/shipped.yaml", "tests/golden/case/case.yaml", "../shared/corpus/a.pcap", "packaging/new"):
            with self.subTest(name):
                self.run_tests()
                self.write(self.root / name, name)
                self.assertEqual(self.run_tests(), ["golden", "live", "unit"])

    def test_DataRenamedOrExecutable_TheTestsRun(self):
        self.first_run()
        self.root.joinpath("config/shipped.yaml").rename(self.root / "config/other.yaml")
        self.assertEqual(self.run_tests(), ["golden", "live", "unit"])
        self.root.joinpath("config/other.yaml").chmod(0o755)
        self.assertEqual(self.run_tests(), ["golden", "live", "unit"])

    def test_DataLeadsElsewhere_TheTestsRun(self):
        link = self.root / "config/link"
        link.symlink_to("shipped.yaml")
        self.first_run()
        link.unlink()
        link.symlink_to("none.yaml")
        self.assertEqual(self.run_tests(), ["golden", "live", "unit"])

    def test_ManualChanged_UnitTestsRun(self):
        self.first_run()
        self.write(self.root / "docs/page.md", "more")
        self.assertEqual(self.run_tests(), ["live", "unit"])

    def test_SourceOrLiveTestChanged_NothingRunsThatWasNotBuiltAnew(self):
        self.first_run()
        for name in ("daemon/a.cpp", "tests/live/live_test.py", "CHANGELOG.md"):
            self.write(self.root / name, "more")
        self.assertEqual(self.run_tests(), ["live"])

    def test_VariableChanged_TheTestsRun(self):
        self.first_run()
        for variable in ("TZ", "UBSAN_OPTIONS", "LOGSNIFFD_PROPERTY_CASES"):
            self.assertEqual(self.run_tests(**{variable: "other"}), ["golden", "live", "unit"], variable)

    def test_Failed_RunsAgain(self):
        self.write(self.build / "unit", PROGRAM + "exit 1\n")
        self.first_run(status=8)
        self.assertEqual(self.run_tests(status=8), ["live", "unit"])

    def test_Skipped_RunsAgain(self):
        self.write(self.build / "unit", PROGRAM + "exit 77\n")
        self.first_run()
        self.assertEqual(self.run_tests(), ["live", "unit"])

    def test_EverythingAskedForOrContinuousIntegration_EverythingRuns(self):
        self.first_run()
        self.assertEqual(self.run_tests(LOGSNIFFD_TEST_ALL="1"), ["golden", "live", "unit"])
        self.assertEqual(self.run_tests(), ["live"])
        self.assertEqual(self.run_tests(CI="true"), ["golden", "live", "unit"])


if __name__ == "__main__":
    unittest.main()

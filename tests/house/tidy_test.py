"""scripts/tidy.py finds what it is there to find: a good tree passes, each bad change fails."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDY = Path(__file__).resolve().parents[2] / "scripts/tidy.py"

GOOD = {
    "README.md": "# Mill\n\nRead [the walk](docs/WALK.md#the-water) and `src/base/water.h`.\n",
    "docs/WALK.md": "## The water\n",
    "src/CMakeLists.txt": "layer(base)\nlayer(wheel USES base\n  LINKS ssl)\nlayer(mill USES wheel)\n",
    "src/base/sources.cmake": "set(SOURCES water.cc)\n",
    "src/base/water.h": '#pragma once\n#include <string>\nstd::string water();\n',
    "src/base/water.cc": '#include "base/water.h"\nstd::string water() { return {}; }\n',
    "src/wheel/sources.cmake": "set(SOURCES wheel.cc)\nset(TESTS wheel_test.cc)\n",
    "src/wheel/wheel.cc": '#include "base/water.h"\n',
    "src/wheel/wheel_test.cc": '#include "base/water.h"\nvoid f() { try { } catch (int) { } }\n',
    "src/mill/sources.cmake": "set(SOURCES mill.cc)\n",
    "src/mill/mill.cc": '#include "base/water.h"\n',
}


class Tidy(unittest.TestCase):
    def run_on(self, changes, *checks):
        """The exit code and output for the good tree with some files changed, added or (None) gone."""
        with tempfile.TemporaryDirectory() as folder:
            for file, text in {**GOOD, **changes}.items():
                if text is not None:
                    path = Path(folder, file)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text)
            subprocess.run(["git", "init", "-q", folder], check=True)
            done = subprocess.run([sys.executable, TIDY, "--root", folder, *checks], capture_output=True, text=True)
            return done.returncode, done.stdout

    def finds(self, check, expected, changes):
        code, output = self.run_on(changes, check)
        self.assertIn(expected, output)
        self.assertEqual(code, 1)

    def test_a_good_tree_passes(self):
        code, output = self.run_on({})
        self.assertRegex(output, r"^\d+ passed, 0 failed\n$")
        self.assertEqual(code, 0)

    def test_an_include_of_a_higher_layer(self):
        self.finds("layers", "src/base/water.cc:1: layer 'base' does not use 'wheel'",
                   {"src/base/water.cc": '#include "wheel/wheel.h"\n', "src/wheel/wheel.h": "#pragma once\n"})

    def test_a_folder_that_is_no_layer(self):
        self.finds("layers", "declares no layer 'pond'", {"src/pond/pond.h": "#pragma once\n"})

    def test_an_include_of_nothing(self):
        self.finds("layers", "there is no src/base/fire.h", {"src/base/water.cc": '#include "base/fire.h"\n'})

    def test_a_header_without_guard(self):
        self.finds("headers", "src/base/water.h:1: no #pragma once", {"src/base/water.h": "int water();\n"})

    def test_a_heavy_or_foreign_include_in_a_header(self):
        self.finds("headers", "src/base/water.h:2: <regex>", {"src/base/water.h": "#pragma once\n#include <regex>\n"})
        self.finds("headers", "src/base/water.h:2: <simdjson.h>",
                   {"src/base/water.h": "#pragma once\n#include <simdjson.h>\n"})

    def test_a_header_that_does_not_compile_alone(self):
        self.finds("headers-alone", "src/base/water.h:2: 'std::string' without <string>",
                   {"src/base/water.h": "#pragma once\nstd::string water();\n"})
        self.finds("headers-alone", "src/base/ice.h:1: does not compile alone",
                   {"src/base/ice.h": "#pragma once\nWater melt();\n"})

    def test_a_precompiled_header_that_nobody_looks_after(self):
        self.finds("headers-alone", "<deque> is precompiled",
                   {"src/CMakeLists.txt": "layer(base)\ntarget_precompile_headers(mill PRIVATE <vector> <deque>)\n"})

    def test_an_unlisted_source_and_an_unlisted_test(self):
        self.finds("dead-files", "src/base/ice.cc:1: no sources.cmake lists it", {"src/base/ice.cc": ""})
        self.finds("dead-files", "src/wheel/wheel_test.cc:1: no sources.cmake lists it",
                   {"src/wheel/sources.cmake": "set(SOURCES wheel.cc)\n"})

    def test_a_header_and_a_script_that_nothing_uses(self):
        self.finds("dead-files", "src/base/ice.h:1: nothing includes it", {"src/base/ice.h": "#pragma once\n"})
        self.finds("dead-files", "scripts/thaw:1: nothing calls", {"scripts/thaw": "#!/bin/sh\n"})

    def test_dead_links(self):
        self.finds("links", "README.md:1: dead link: docs/GONE.md", {"README.md": "[x](docs/GONE.md)\n"})
        self.finds("links", "README.md:1: no such heading", {"README.md": "[x](docs/WALK.md#the-fire)\n"})
        self.finds("links", "README.md:1: there is no src/base/fire.h", {"README.md": "`src/base/fire.h`\n"})

    def test_a_catch_without_a_reason(self):
        self.finds("catches", "src/mill/mill.cc:2: catch", {"src/mill/mill.cc": "try {\n} catch (int) {\n}\n"})
        self.finds("catches", "src/mill/mill.cc:2: catch", {"src/mill/mill.cc": "try {\n} catch (...) {\n  // Any\n}\n"})
        code, _ = self.run_on({"src/mill/mill.cc": "try {\n} catch (int) {\n  // Full\n}\n"}, "catches")
        self.assertEqual(code, 0)

    def test_a_clock_that_was_not_handed_in(self):
        self.finds("world", "src/mill/mill.cc:1: 'steady_clock'", {"src/mill/mill.cc": "steady_clock::now();\n"})

    def test_a_machine_path_and_a_registry(self):
        self.finds("places", "README.md:1: ", {"README.md": "see /ho" "me/ann/notes\n"})
        self.finds("places", "README.md:1: ", {"README.md": "from pypi" ".org\n"})

    def test_a_long_file(self):
        self.finds("sizes", "src/mill/mill.cc:1: 701 lines", {"src/mill/mill.cc": "\n" * 701})

    def test_a_name_that_says_nothing(self):
        self.finds("names", "'string_utils.h' says nothing", {"src/base/string_utils.h": "#pragma once\n"})


if __name__ == "__main__":
    unittest.main()

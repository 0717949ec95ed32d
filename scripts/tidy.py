#!/usr/bin/env python3
"""Checks of the house rules that a machine can judge (CONTRIBUTING.md), in seconds.

    scripts/tidy.py [--root FOLDER] [CHECK...]

Prints a line `file:line: what is wrong` per finding, and at the end `N passed, N failed` over the
checks. A rule's exceptions are listed here, each with its reason.
"""

import argparse
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# A unit of work ends in these places. Elsewhere an exception passes through, or the handler's first
# line is a comment that says why not.
CATCHES = {  # path: the unit of work
    "src/broker/session.cc": "one request of a client",
    "src/exec/epoch_write.cc": "the end of an epoch; whoever waits for it is thrown what it met",
    "src/exec/worker.cc": "one life of a pipeline task",
    "src/state/spill_space.cc": "the end of a file in a destructor; the next life removes what is left",
}

# Where the world outside may be touched; everything else is handed a clock, a disk, a network.
WORLD = {
    "src/base/clock.cc": "the system's clock behind the interface",
    "src/base/random.h": "the seed of the system's randomness",
    "src/io/": "files, sockets and the event loop behind their interfaces",
}

LONG_FILES = {}  # path: why it is better in one piece
LONGEST = 700

HEAVY_HEADERS = {"iostream", "regex", "filesystem", "future", "chrono", "format", "ranges"}
STANDARD_HEADERS = set(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfloat charconv cinttypes
    climits cmath compare complex concepts condition_variable csignal cstdarg cstddef cstdint cstdio
    cstdlib cstring ctime deque exception execution forward_list fstream functional initializer_list
    iomanip ios iosfwd istream iterator latch limits list locale map memory memory_resource mutex new
    numbers numeric optional ostream queue random ratio scoped_allocator semaphore set shared_mutex
    source_location span sstream stack stdexcept stop_token streambuf string string_view syncstream
    system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility
    valarray variant vector version""".split())

# What the precompiled headers (src/CMakeLists.txt) declare. With them a header of ours compiles that
# names such a thing and does not include it. What comes with nearly all of them, as std::move, is left
# out, and <string> has std::string_view.
PRECOMPILED = {header: re.compile(names) for header, names in {
    "algorithm": r"std::(min|max|clamp|(stable_)?sort|find(_if)?|(any|all|none)_of|copy|fill|equal|(lower|upper)_bound|count(_if)?|reverse|transform)\(",
    "array": r"std::array\b",
    "cstdint": r"\bu?int(8|16|32|64)_t\b",
    "cstring": r"std::(mem(cpy|move|cmp|set|chr)|strlen)\b",
    "functional": r"std::function\b",
    "map": r"std::(multi)?map\b",
    "memory": r"std::((unique|shared|weak)_ptr|make_(unique|shared)|enable_shared_from_this)\b",
    "optional": r"std::(optional|nullopt)\b",
    "span": r"std::span\b",
    "string": r"std::(string|to_string)\b",
    "unordered_map": r"std::unordered_(multi)?map\b",
    "utility": r"std::(pair|exchange|index_sequence)\b",
    "variant": r"std::(variant|monostate|visit|holds_alternative)\b",
    "vector": r"std::vector\b",
}.items()}

BANNED_WORDS = {"util", "utils", "helper", "helpers", "common", "misc"}
CODE = {".cc", ".h", ".py"}
TEXT = CODE | {".md", ".txt", ".cmake", ".json", ".toml", ".sql", ".sh", ".yml", ".lock", ""}

# Spelled in two parts, so that this file does not find itself.
HOSTS = re.compile("|".join(["pypi" r"\.org", "pythonhosted" r"\.org", "registry" r"\.npmjs", "deb" r"\.debian\.org",
                             "crates" r"\.io", "proxy" r"\.golang", "repo" r"\.maven"]))
MACHINE_PATHS = re.compile(r"(?<![\w.}])/(?:wo" "rk|ro" "ot|ho" "me)/")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Tree:
    """The repository's files, and the layers that src/CMakeLists.txt declares."""

    def __init__(self, root):
        self.root = root
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, check=True, capture_output=True, text=True).stdout
        self.files = sorted(f for f in set(listed.split("\0")) if f and (root / f).is_file())
        self.names = set(self.files)
        self.layers = self.read_layers()

    def generates(self, path):
        """Whether the build makes this header: scripts/generate_kafka_messages.py does."""
        return (path == "kafka/messages/api_key.h"
                or path.startswith("kafka/messages/") and f"src/{path.removesuffix('.h')}.txt" in self.names)

    def under(self, folder, *suffixes):
        return [f for f in self.files if f.startswith(folder) and f.endswith(suffixes)]

    @functools.lru_cache(maxsize=None)
    def text(self, file):
        return (self.root / file).read_text(errors="replace")

    def lines(self, file):
        return enumerate(self.text(file).splitlines(), start=1)

    def includes(self, file):
        """(line, bracket, path) of every #include."""
        for number, line in self.lines(file):
            if found := INCLUDE.match(line):
                yield number, found[1], found[2]

    def read_layers(self):
        """Each declared layer with all that it uses, itself included."""
        if "src/CMakeLists.txt" not in self.names:
            return {}
        layers = {}
        for body in re.findall(r"^layer\(([^)]*)\)", self.text("src/CMakeLists.txt"), re.M):
            name, *rest = body.split()
            uses = {name}
            for word in rest[rest.index("USES") + 1:] if "USES" in rest else []:
                if word == "LINKS":
                    break
                uses |= layers.get(word, {word})
            layers[name] = uses
        return layers


def layer_of(file):
    return file.split("/")[1]


def check_layers(tree):
    for file in tree.under("src/", ".h", ".cc"):
        layer = layer_of(file)
        if layer not in tree.layers:
            yield file, 1, f"src/CMakeLists.txt declares no layer '{layer}'"
            continue
        for line, bracket, path in tree.includes(file):
            if bracket == "<" or f"include/{path}" in tree.names:
                continue
            if f"src/{path}" not in tree.names and not tree.generates(path):
                yield file, line, f'there is no src/{path}'
            elif path.split("/")[0] not in tree.layers[layer]:
                yield file, line, f"layer '{layer}' does not use '{path.split('/')[0]}'"


def check_headers(tree):
    for file in tree.under("src/", ".h"):
        if "#pragma once" not in tree.text(file):
            yield file, 1, "no #pragma once"
        for line, bracket, path in tree.includes(file):
            if bracket == "<" and path in HEAVY_HEADERS:
                yield file, line, f"<{path}> is too heavy for a header: forward-declare, include it in a .cc"
            elif bracket == "<" and path not in STANDARD_HEADERS:
                yield file, line, f"<{path}> is not of the standard library: include it in one .cc"


def check_headers_alone(tree):
    """A header that begins a .cc compiles alone where that .cc does, but for what it takes from the
    precompiled ones; the others are compiled by themselves."""
    @functools.lru_cache(maxsize=None)
    def reach(file):
        """All that it includes, directly or through files of ours."""
        found = set()
        waiting = [file]
        while waiting:
            for _, bracket, path in tree.includes(waiting.pop()):
                if bracket == '"' and f"src/{path}" in tree.names and path not in found:
                    waiting.append(f"src/{path}")
                found.add(path)
        return found

    listed = re.search(r"target_precompile_headers\(\w+ PRIVATE([^)]*)\)", tree.text("src/CMakeLists.txt"))
    for header in re.findall(r"<(\w+)>", listed[1] if listed else ""):
        if header not in PRECOMPILED and header != "string_view":
            yield "src/CMakeLists.txt", 1, f"<{header}> is precompiled and not in PRECOMPILED of scripts/tidy.py"
    headers = tree.under("src/", ".h")
    for file in headers:
        for line, text in tree.lines(file):
            for header, names in PRECOMPILED.items():
                found = names.search(text.split("//")[0])
                if found and header not in reach(file):
                    yield file, line, f"'{found[0]}' without <{header}>"

    def begins_a_source(file):
        source = file.removesuffix(".h") + ".cc"
        first = next(tree.includes(source), None) if source in tree.names else None
        return first is not None and f"src/{first[2]}" == file

    generated = tree.root / "build/tidy-generated"
    if descriptions := tree.under("src/kafka/messages/", ".txt"):
        subprocess.run(["scripts/generate_kafka_messages.py", generated, *descriptions], cwd=tree.root, check=True)

    def compile_alone(file):
        command = ["g++", "-std=c++20", "-fsyntax-only", "-Isrc", "-Iinclude", f"-I{generated}", "-x", "c++", "-"]
        done = subprocess.run(command, cwd=tree.root, input=f'#include "{file.removeprefix("src/")}"\n',
                              capture_output=True, text=True)
        first = next((line for line in done.stderr.splitlines() if "error:" in line), done.stderr)
        return None if done.returncode == 0 else first.strip()

    # Those that compiled before, with all that they include, are not compiled again.
    def digest(file):
        ours = sorted(f"src/{path}" for path in reach(file) if f"src/{path}" in tree.names)
        return hashlib.sha256("\0".join([file, *map(tree.text, [file, *ours])]).encode()).hexdigest()

    cache_file = tree.root / "build/tidy-headers.json"
    compiled = set(json.loads(cache_file.read_text())) if cache_file.exists() else set()
    alone = {file: digest(file) for file in headers if not begins_a_source(file)}
    todo = [file for file, key in alone.items() if key not in compiled]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        failures = {file: error for file, error in zip(todo, workers.map(compile_alone, todo)) if error}
    cache_file.parent.mkdir(exist_ok=True)
    cache_file.write_text(json.dumps([key for file, key in alone.items() if file not in failures]))
    for file, error in failures.items():
        yield file, 1, f"does not compile alone: {error}"


def check_dead_files(tree):
    build_text = "".join(tree.text(f) for f in tree.files if f.endswith(("CMakeLists.txt", ".cmake")))
    built = set(re.findall(r"[\w./-]+\.cc\b", build_text))
    for file in tree.under("src/", ".cc"):
        if file.split("/", 2)[2] not in built and file.removeprefix("src/") not in built:
            yield file, 1, f"no sources.cmake lists it, so it is neither built nor run"
    included = {path for file in tree.files if file.endswith((".h", ".cc")) for _, _, path in tree.includes(file)}
    for file in tree.under("src/", ".h"):
        if file.removeprefix("src/") not in included:
            yield file, 1, "nothing includes it"
    for file in tree.under("scripts/", ""):
        name = file.split("/")[-1]
        if not any(name in tree.text(other) for other in tree.files if other != file and Path(other).suffix in TEXT):
            yield file, 1, "nothing calls or mentions it"


def slug(heading):
    """The anchor that a heading gets."""
    return re.sub(r"[^\w -]", "", re.sub(r"[`*]", "", heading).strip().lower()).replace(" ", "-")


def check_links(tree):
    for file in tree.under("", ".md"):
        folder = Path(file).parent
        for line, text in tree.lines(file):
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                path, _, anchor = target.partition("#")
                if ":" in path:
                    continue
                linked = os.path.normpath(folder / path) if path else file
                if not (tree.root / linked).exists():
                    yield file, line, f"dead link: {target}"
                elif anchor and linked.endswith(".md"):
                    headings = re.findall(r"^#+ (.*)$", tree.text(linked), re.M)
                    if anchor not in map(slug, headings):
                        yield file, line, f"no such heading: {target}"
            for path in re.findall(r"`((?:src|docs|tests|scripts|fuzz|bench|systems|cmake)/[\w./-]+)`", text):
                if not (tree.root / path).exists():
                    yield file, line, f"there is no {path}"


def check_catches(tree):
    for file in tree.under("src/", ".cc", ".h"):
        if file in CATCHES or file.endswith("_test.cc"):
            continue
        lines = tree.text(file).splitlines() + [""]
        for line, text in enumerate(lines[:-1], start=1):
            found = re.search(r"\bcatch\s*\((.*?)\)", text.split("//")[0])
            explained = "//" in text or lines[line].lstrip().startswith("//")
            if found and (found[1] == "..." or not explained):
                yield file, line, "catch: let it pass, or say in its first line why not; see CATCHES in scripts/tidy.py"


def check_world(tree):
    outside = re.compile(r"system_clock|steady_clock|high_resolution_clock|random_device|\bs?rand\(|this_thread::sleep"
                         r"|\b(?:u|nano)?sleep\(|\bgettimeofday\(|\bclock_gettime\(|\btime\((?:nullptr|NULL|0)\)"
                         r"|\bf?open\(\"|std::[io]?fstream")
    for file in tree.under("src/", ".cc", ".h"):
        if file.startswith(tuple(WORLD)):
            continue
        for line, text in tree.lines(file):
            if found := outside.search(text.split("//")[0]):
                yield file, line, f"'{found[0]}' touches the world: take it through io::World, or see WORLD in scripts/tidy.py"


def check_places(tree):
    for file in tree.files:
        if Path(file).suffix not in TEXT:
            continue
        for line, text in tree.lines(file):
            if found := HOSTS.search(text) or MACHINE_PATHS.search(text):
                yield file, line, f"'{found[0]}' names one machine or registry"


def check_sizes(tree):
    for file in tree.files:
        if Path(file).suffix in CODE and file not in LONG_FILES:
            count = tree.text(file).count("\n")
            if count > LONGEST:
                yield file, 1, f"{count} lines: split it along a noun, or add it and the reason to LONG_FILES"


def check_names(tree):
    for file in tree.files:
        for part in Path(file).parts:
            if BANNED_WORDS & set(re.split(r"[_.-]", part.lower())):
                yield file, 1, f"'{part}' says nothing: name it after what it holds"


CHECKS = {
    "layers": check_layers,
    "headers": check_headers,
    "headers-alone": check_headers_alone,
    "dead-files": check_dead_files,
    "links": check_links,
    "catches": check_catches,
    "world": check_world,
    "places": check_places,
    "sizes": check_sizes,
    "names": check_names,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("checks", nargs="*", choices=[[], *CHECKS], metavar="CHECK")
    arguments = parser.parse_args()

    tree = Tree(arguments.root)
    names = arguments.checks or list(CHECKS)
    failed = 0
    for name in names:
        findings = list(CHECKS[name](tree))
        failed += bool(findings)
        for file, line, message in findings:
            print(f"{file}:{line}: {message}")
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Makes the C++ structs of Kafka's messages, with their encoders and decoders, from the descriptions
in src/kafka/messages/.

    generate_kafka_messages.py OUTPUT_FOLDER DESCRIPTION.txt...

writes kafka/messages/<name>.h and .cc for each description, and kafka/messages/api_key.h and .cc.

A description is a file per API:

    api Produce 0          its name and key
    versions 3-11          those that the codec knows
    flexible 9+            from this version on: compact lengths and tagged fields
    request                then the fields, nested ones indented below their array
      name type [versions] [null | null:versions] [default:value] [tag:number]

Types: bool int8 int16 int32 int64 float64 error (an int16) uuid string bytes records, Struct,
[]type and []Struct.
A field that a version does not have keeps its default. A field with a tag is written when it is
set.
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

SCALARS = {"bool": "bool", "int8": "int8_t", "int16": "int16_t", "int32": "int32_t",
           "int64": "int64_t", "float64": "double", "error": "ErrorCode", "uuid": "Uuid", "string": "std::string",
           "bytes": "std::string", "records": "SharedBytes"}
LATEST = 32767


@dataclass
class Field:
    name: str
    type: str
    low: int = 0
    high: int = LATEST
    null: tuple = None  # the versions that may have null
    default: str = None
    tag: int = None
    fields: list = field(default_factory=list)  # of an array of structs

    @property
    def is_array(self):
        return self.type.startswith("[]")

    @property
    def element(self):
        return self.type.removeprefix("[]")

    @property
    def is_struct(self):
        return not self.is_array and self.type not in SCALARS

    @property
    def is_optional(self):
        return self.null is not None or self.tag is not None

    def cpp_type(self):
        inner = SCALARS.get(self.element, self.element)
        if self.is_array:
            inner = f"std::vector<{inner}>"
        return f"std::optional<{inner}>" if self.is_optional else inner

    def initial(self):
        if self.is_optional or self.is_array or self.is_struct:
            return ""
        if self.default is not None:
            value = "INT32_MIN" if self.default == "-2147483648" else self.default
            return f" = {value}"
        return {"bool": " = false", "error": " = ErrorCode::none", "uuid": "", "string": "",
                "bytes": "", "records": ""}.get(self.type, " = 0")


@dataclass
class Api:
    file: str
    comment: str = ""
    name: str = ""
    key: int = 0
    low: int = 0
    high: int = 0
    flexible: int = LATEST
    messages: dict = field(default_factory=dict)  # "Request" → its fields


def fail(path, number, what):
    sys.exit(f"{path}:{number}: {what}")


def parse_range(text):
    match = re.fullmatch(r"(\d+)(\+|-(\d+))?", text)
    if not match:
        return None
    low = int(match[1])
    return low, LATEST if match[2] == "+" else int(match[3] or low)


def parse_field(path, number, words):
    if len(words) < 2:
        fail(path, number, "a field has a name and a type")
    parsed = Field(words[0], words[1])
    for word in words[2:]:
        versions = parse_range(word)
        if versions:
            parsed.low, parsed.high = versions
        elif word == "null":
            parsed.null = (0, LATEST)
        elif word.startswith("null:") and parse_range(word[5:]):
            parsed.null = parse_range(word[5:])
        elif word.startswith("default:"):
            parsed.default = word[8:]
        elif word.startswith("tag:"):
            parsed.tag = int(word[4:])
        else:
            fail(path, number, f"unknown word '{word}'")
    if parsed.is_struct and not parsed.type[0].isupper():
        fail(path, number, f"unknown type '{parsed.type}'")
    return parsed


def parse(path):
    api = Api(path.stem)
    open_lists = []  # (indentation, fields) of the message and the arrays that this line is in
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("#"):
            api.comment += line.removeprefix("#").strip() + " "
            continue
        if not line.strip():
            continue
        indentation, words = len(line) - len(line.lstrip()), line.split()
        if indentation == 0:
            if words[0] == "api":
                api.name, api.key = words[1], int(words[2])
            elif words[0] == "versions":
                api.low, api.high = parse_range(words[1])
            elif words[0] == "flexible":
                api.flexible = parse_range(words[1])[0]
            elif words[0] in ("request", "response"):
                fields = api.messages.setdefault(words[0].capitalize(), [])
                open_lists = [(0, fields)]
            else:
                fail(path, number, f"unknown word '{words[0]}'")
            continue
        while open_lists and open_lists[-1][0] >= indentation:
            open_lists.pop()
        if not open_lists:
            fail(path, number, "a field belongs to a request or a response")
        parsed = parse_field(path, number, words)
        open_lists[-1][1].append(parsed)
        open_lists.append((indentation, parsed.fields))
    if set(api.messages) != {"Request", "Response"}:
        fail(path, 1, "a description has a request and a response")
    return api


# ---- C++ ----

class Writer:
    def __init__(self):
        self.lines = []

    def line(self, text="", depth=0):
        self.lines.append("  " * depth + text if text else "")

    def text(self):
        return "\n".join(self.lines) + "\n"


def structs_of(fields):
    return [f for f in fields if f.element not in SCALARS]


def declare(out, name, fields, depth, message):
    out.line(f"struct {name} {{", depth)
    for nested in structs_of(fields):
        declare(out, nested.element, nested.fields, depth + 1, None)
        out.line()
    if message:
        api, kind = message
        out.line(f"static constexpr ApiKey kApiKey = ApiKey::{snake(api.name)};", depth + 1)
        out.line(f"static constexpr int16_t kMinVersion = {api.low};", depth + 1)
        out.line(f"static constexpr int16_t kMaxVersion = {api.high};", depth + 1)
        out.line()
    for f in fields:
        out.line(f"{f.cpp_type()} {f.name}{f.initial()};", depth + 1)
    out.line()
    out.line(f"static {name} decode(Reader& in, int16_t version);", depth + 1)
    out.line("void encode(Writer& out, int16_t version) const;", depth + 1)
    out.line("};", depth)


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def condition(api, low, high):
    """The C++ test that `version` lies in a range; empty where every version does."""
    tests = []
    if low > api.low:
        tests.append(f"version >= {low}")
    if high < api.high:
        tests.append(f"version <= {high}")
    return " && ".join(tests)


def read_one(f):
    kind = f.element
    if kind in ("string", "bytes", "records"):
        return f"in.read_{kind}(flexible)"
    if kind in SCALARS:
        return f"in.read<{SCALARS[kind]}>()"
    return f"{kind}::decode(in, version)"


def read_value(f):
    nullable = f.null is not None
    if f.is_array:
        which = "read_nullable_array" if nullable else "read_array"
        return f"in.{which}(flexible, [&] {{ return {read_one(f)}; }})"
    if nullable and f.is_struct:
        return f"in.read_nullable_struct([&] {{ return {read_one(f)}; }})"
    if nullable and f.type in ("string", "bytes", "records"):
        return f"in.read_nullable_{f.type}(flexible)"
    return read_one(f)


def write_one(f, value):
    kind = f.element
    if kind in ("string", "bytes", "records"):
        return f"out.write_{kind}({value}, flexible);"
    if kind in SCALARS:
        return f"out.write({value});"
    return f"{value}.encode(out, version);"


def write_value(f, value):
    if f.is_array:
        which = "write_nullable_array" if f.null is not None else "write_array"
        return f"out.{which}({value}, flexible, [&](const auto& each) {{ {write_one(f, 'each')} }});"
    if f.null is not None and f.is_struct:
        return f"out.write_nullable_struct({value}, [&](const auto& each) {{ {write_one(f, 'each')} }});"
    if f.null is not None:
        return f"out.write_nullable_{f.type}({value}, flexible);"
    return write_one(f, value)


def guarded(out, test, statement):
    if test:
        out.line(f"if ({test}) {{", 1)
        out.line(statement, 2)
        out.line("}", 1)
    else:
        out.line(statement, 1)


def define_decode(out, api, path, fields):
    name = path.split("::")[-1]
    tagged = [f for f in fields if f.tag is not None]
    out.line(f"{path} {path}::decode(Reader& in, [[maybe_unused]] int16_t version) {{")
    out.line(f"[[maybe_unused]] const bool flexible = version >= {api.flexible};", 1)
    out.line(f"{name} message;", 1)
    for f in fields:
        if f.tag is None:
            guarded(out, condition(api, f.low, f.high), f"message.{f.name} = {read_value(f)};")
    out.line("if (flexible) {", 1)
    if tagged:
        out.line("in.read_tags([&](uint32_t tag, Reader& in) {", 2)
        for f in tagged:
            out.line(f"if (tag == {f.tag}) {{", 3)
            out.line(f"message.{f.name} = {read_value(f)};", 4)
            out.line("}", 3)
        out.line("});", 2)
    else:
        out.line("in.skip_tags();", 2)
    out.line("}", 1)
    out.line("return message;", 1)
    out.line("}")
    out.line()


def define_encode(out, api, path, fields):
    tagged = sorted((f for f in fields if f.tag is not None), key=lambda f: f.tag)
    out.line(f"void {path}::encode(Writer& out, [[maybe_unused]] int16_t version) const {{")
    out.line(f"[[maybe_unused]] const bool flexible = version >= {api.flexible};", 1)
    for f in fields:
        if f.tag is None:
            value = f.name
            if f.null is not None and f.null[0] > max(f.low, api.low):
                guarded(out, f"version < {f.null[0]}",
                        f"check({f.name}.has_value(), \"{f.name} is null before version {f.null[0]}\");")
            guarded(out, condition(api, f.low, f.high), write_value(f, value))
    out.line("if (flexible) {", 1)
    if tagged:
        count = " + ".join(f"({f.name}.has_value() ? 1u : 0u)" for f in tagged)
        out.line(f"out.write_tag_count({count});", 2)
        for f in tagged:
            out.line(f"if ({f.name}.has_value()) {{", 2)
            value = f.name if f.null is not None else f"*{f.name}"
            out.line(f"out.write_tag({f.tag}, [&](Writer& out) {{ {write_value(f, value)} }});", 3)
            out.line("}", 2)
    else:
        out.line("out.write_tag_count(0);", 2)
    out.line("}", 1)
    out.line("}")
    out.line()


def define(out, api, path, fields):
    for nested in structs_of(fields):
        define(out, api, f"{path}::{nested.element}", nested.fields)
    define_decode(out, api, path, fields)
    define_encode(out, api, path, fields)


def header_of(api):
    out = Writer()
    out.line("#pragma once")
    out.line()
    out.line(f"// {api.comment.strip()} Generated from src/kafka/messages/{api.file}.txt.")
    out.line(f"// https://kafka.apache.org/protocol#The_Messages_{api.name}")
    out.line()
    for include in ("cstdint", "optional", "string", "vector"):
        out.line(f"#include <{include}>")
    out.line()
    for include in ("base/shared_bytes.h", "kafka/error_code.h", "kafka/messages/api_key.h",
                    "kafka/uuid.h"):
        out.line(f'#include "{include}"')
    out.line()
    out.line("namespace millrace::kafka {")
    out.line()
    out.line("class Reader;")
    out.line("class Writer;")
    for kind, fields in api.messages.items():
        out.line()
        declare(out, api.name + kind, fields, 0, (api, kind))
    out.line()
    out.line("}  // namespace millrace::kafka")
    return out.text()


def source_of(api):
    out = Writer()
    out.line(f'#include "kafka/messages/{api.file}.h"')
    out.line()
    out.line('#include "base/check.h"')
    out.line('#include "kafka/wire.h"')
    out.line()
    out.line("namespace millrace::kafka {")
    out.line()
    for kind, fields in api.messages.items():
        define(out, api, api.name + kind, fields)
    out.line("}  // namespace millrace::kafka")
    return out.text()


def keys_header(apis):
    out = Writer()
    out.line("#pragma once")
    out.line()
    out.line("// The APIs that src/kafka/messages/ describes. Generated.")
    out.line()
    out.line("#include <cstdint>")
    out.line("#include <string_view>")
    out.line()
    out.line("namespace millrace::kafka {")
    out.line()
    out.line("enum class ApiKey : int16_t {")
    for api in apis:
        out.line(f"{snake(api.name)} = {api.key},", 1)
    out.line("};")
    out.line()
    out.line("// \"Produce\"; empty for a key that is not described.")
    out.line("std::string_view name_of(ApiKey key);")
    out.line("// The first version with compact lengths and tagged fields.")
    out.line("int16_t flexible_from(ApiKey key);")
    out.line()
    out.line("}  // namespace millrace::kafka")
    return out.text()


def keys_source(apis):
    out = Writer()
    out.line('#include "kafka/messages/api_key.h"')
    out.line()
    out.line("namespace millrace::kafka {")
    out.line()
    out.line("std::string_view name_of(ApiKey key) {")
    out.line("switch (key) {", 1)
    for api in apis:
        out.line(f'case ApiKey::{snake(api.name)}: return "{api.name}";', 2)
    out.line("}", 1)
    out.line('return "";', 1)
    out.line("}")
    out.line()
    out.line("int16_t flexible_from(ApiKey key) {")
    out.line("switch (key) {", 1)
    for api in apis:
        out.line(f"case ApiKey::{snake(api.name)}: return {api.flexible};", 2)
    out.line("}", 1)
    out.line(f"return {LATEST};", 1)
    out.line("}")
    out.line()
    out.line("}  // namespace millrace::kafka")
    return out.text()


def write(path, text):
    """Leaves a file that would not change alone, so that nothing is compiled again for it."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    folder = Path(sys.argv[1]) / "kafka" / "messages"
    folder.mkdir(parents=True, exist_ok=True)
    apis = sorted((parse(Path(name)) for name in sys.argv[2:]), key=lambda api: api.key)
    for api in apis:
        write(folder / f"{api.file}.h", header_of(api))
        write(folder / f"{api.file}.cc", source_of(api))
    write(folder / "api_key.h", keys_header(apis))
    write(folder / "api_key.cc", keys_source(apis))
    (folder / "stamp").touch()


if __name__ == "__main__":
    main()

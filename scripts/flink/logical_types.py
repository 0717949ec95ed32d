"""Types as the gateway describes them, written as SQL."""

_PLAIN = {
    "VARCHAR": "VARCHAR",
    "INTEGER": "INT",
    "TIMESTAMP_WITHOUT_TIME_ZONE": "TIMESTAMP",
    "TIMESTAMP_WITH_LOCAL_TIME_ZONE": "TIMESTAMP_LTZ",
    "TIME_WITHOUT_TIME_ZONE": "TIME",
}
_MAX_LENGTH = 2147483647


def to_sql(kind):
    return _without_null(kind) + ("" if kind.get("nullable", True) else " NOT NULL")


def _without_null(kind):
    name = kind["type"]
    if name in ("ARRAY", "MULTISET"):
        return f"{name}<{to_sql(kind['elementType'])}>"
    if name == "MAP":
        return f"MAP<{to_sql(kind['keyType'])}, {to_sql(kind['valueType'])}>"
    if name == "ROW":
        fields = [f"`{f['name']}` {to_sql(f['fieldType'])}" for f in kind["fields"]]
        return f"ROW<{', '.join(fields)}>"
    if name in ("VARCHAR", "VARBINARY") and kind["length"] == _MAX_LENGTH:
        return "STRING" if name == "VARCHAR" else "BYTES"
    if name.startswith("INTERVAL"):
        return _interval(kind)
    return _PLAIN.get(name, name) + _parameters(kind)


def _parameters(kind):
    for keys in (("length",), ("precision", "scale"), ("precision",)):
        if all(key in kind for key in keys):
            return "(" + ", ".join(str(kind[key]) for key in keys) + ")"
    return ""


def _interval(kind):
    return "INTERVAL " + kind.get("resolution", kind["type"][len("INTERVAL_") :]).replace("_", " ")

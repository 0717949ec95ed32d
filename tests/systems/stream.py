"""What the independent computations of the systems share: time as Flink's dialect has it.

A stream is a list of records in the order of their partition, as bytes. A computation goes through
it record by record; nothing here knows how the program under test does it.
"""

import json
from collections import defaultdict
from datetime import datetime, timedelta, timezone

MILLISECOND = timedelta(milliseconds=1)


def iso(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


def sql_time(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


def decode(record):
    """The JSON object, or None where the bytes are none."""
    try:
        value = json.loads(record)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


class Watermark:
    """Moves behind the newest event time; never back."""

    def __init__(self, delay):
        self.delay = delay
        self.at = None

    def see(self, event_time):
        moved = event_time - self.delay
        if self.at is None or moved > self.at:
            self.at = moved

    def has_passed(self, event_time):
        return self.at is not None and self.at >= event_time


class Tumbling:
    """Rows by window and key. A row whose window has ended by the watermark is late and dropped."""

    def __init__(self, size):
        self.size = size
        self.groups = defaultdict(list)
        self.late = 0

    def window(self, at):
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight + (at - midnight) // self.size * self.size
        return start, start + self.size

    def add(self, watermark, at, key, row):
        window = self.window(at)
        if watermark.has_passed(window[1] - MILLISECOND):
            self.late += 1
        else:
            self.groups[window, key].append(row)

    def closed(self, watermark):
        return {key: rows for key, rows in self.groups.items()
                if watermark.has_passed(key[0][1] - MILLISECOND)}


def naive(at):
    return at.astimezone(timezone.utc).replace(tzinfo=None) if at.tzinfo else at

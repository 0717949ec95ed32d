"""The right contents of real_time_metrics and anomalies, computed from the sent events alone.

Independent of the program under test: plain Python over the list, one partition, in order.
"""

import json
from collections import defaultdict
from datetime import datetime, timedelta

KNOWN = {"call", "sms", "data_session", "balance_recharge"}
FIELDS = ["event_id", "event_type", "event_subtype", "msisdn", "region", "timestamp",
          "duration_seconds", "data_mb", "amount"]
DELAY = timedelta(minutes=1)


def parse_time(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")


def is_readable(event):
    return isinstance(event, dict) and all(
        event.get(name) is None or isinstance(event[name], (int, float))
        for name in ("duration_seconds", "data_mb", "amount"))


def reason_of(event):
    if not event.get("msisdn"):
        return "msisdn is missing"
    if event.get("event_type") is None:
        return "event_type is missing"
    if event["event_type"] not in KNOWN:
        return "unknown event_type: " + event["event_type"]
    for name in ("duration_seconds", "data_mb", "amount"):
        if (event.get(name) or 0) < 0:
            return name + " is negative"
    return None


def window_of(at, minutes):
    start = at.replace(minute=at.minute // minutes * minutes, second=0, microsecond=0)
    return start, start + timedelta(minutes=minutes)


class Windows:
    """Groups by window and key; a window closes when the watermark reaches its last millisecond."""

    def __init__(self, minutes):
        self.minutes = minutes
        self.groups = defaultdict(list)
        self.late = 0

    def add(self, at, key, event, watermark):
        window = window_of(at, self.minutes)
        if watermark is not None and watermark >= window[1] - timedelta(milliseconds=1):
            self.late += 1
        else:
            self.groups[window, key].append(event)

    def closed(self, watermark):
        return {key: events for key, events in self.groups.items()
                if watermark >= key[0][1] - timedelta(milliseconds=1)}


def metric_value(event_type, events):
    if event_type == "data_session":
        return sum(e.get("data_mb") or 0 for e in events) / 1024
    if event_type == "balance_recharge":
        return sum(e.get("amount") or 0 for e in events)
    return float(len(events))


def compute(sent):
    """sent: decoded JSON values in order. Returns (metrics, anomalies, late).

    metrics: {(window_start, window_end, metric_type, metric_key): value}
    anomalies: {offset: (reason or None where it could not be read, the value sent)}
    """
    by_type, by_region = Windows(5), Windows(10)
    watermark, anomalies = None, {}
    for offset, event in enumerate(sent):
        if not is_readable(event):
            anomalies[offset] = (None, event)
            continue
        at = parse_time(event["timestamp"])
        reason = reason_of(event)
        if reason:
            anomalies[offset] = (reason, {name: event.get(name) for name in FIELDS})
        else:
            key = (event["event_type"], event.get("event_subtype"))
            by_type.add(at, key, event, watermark)
            by_region.add(at, event["region"], event, watermark)
        watermark = max(watermark, at - DELAY) if watermark else at - DELAY
    metrics = {}
    for (window, (event_type, subtype)), events in by_type.closed(watermark).items():
        name = event_type + ("/" + subtype if subtype else "")
        metrics[(*window, "event_type_agg", name)] = metric_value(event_type, events)
    for (window, region), events in by_region.closed(watermark).items():
        metrics[(*window, "region_agg", region)] = float(len(events))
    return metrics, anomalies, by_type.late + by_region.late


def load(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]

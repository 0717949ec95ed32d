"""Raw calls, rejects and fraud alerts of systems/telecom-lakehouse, computed from the calls."""

import hashlib
import math
import re
from collections import defaultdict
from datetime import timedelta

from stream import Tumbling, Watermark, decode, iso

TOPIC = "call-records-stream"
TABLES = {
    "raw_call_records": "SELECT call_id, caller_token, caller_prefix, callee_token, call_date"
                        " FROM raw_call_records",
    "fraud_alerts": "SELECT rule, caller_token, event_time, evidence FROM fraud_alerts",
    "rejected_records": "SELECT source_offset FROM rejected_records",
}
TOPICS = {"fraud-alerts-stream": ("evidence",)}


def token(number):
    return hashlib.sha256(("millrace:" + number).encode()).hexdigest()[:16]


def is_valid(call):
    return (bool(call.get("call_id")) and re.search(r"^\+\d{8,15}$", call.get("caller") or "")
            and bool(call.get("callee")) and call.get("duration_seconds", -1) >= 0)


def compute(records):
    watermark, boxes = Watermark(timedelta(seconds=30)), Tumbling(timedelta(minutes=10))
    raw, rejected, in_time = [], [], []
    for offset, record in enumerate(records):
        call = decode(record)
        if call is None or not is_valid(call):
            rejected.append((offset,))
            if call is not None:
                watermark.see(iso(call["start_time"]))
            continue
        at, caller = iso(call["start_time"]), token(call["caller"])
        raw.append((call["call_id"], caller, call["caller"][:5], token(call["callee"]),
                    at.strftime("%Y-%m-%d")))
        boxes.add(watermark, at, caller, call)
        if not watermark.has_passed(at):  # OVER and MATCH_RECOGNIZE drop what is late
            in_time.append((at, offset, caller, call))
        watermark.see(at)
    by_caller = defaultdict(list)
    for at, _, caller, call in sorted(in_time, key=lambda row: row[:2]):
        if watermark.has_passed(at):
            by_caller[caller].append((at, call))
    alerts = sim_boxes(boxes, watermark)
    for caller, calls in by_caller.items():
        alerts += velocity(caller, calls) + travel(caller, calls) + probing(caller, calls)
    return {"raw_call_records": raw, "rejected_records": rejected, "fraud_alerts": alerts,
            "fraud-alerts-stream": [{"evidence": evidence} for _, _, _, evidence in alerts]}


def velocity(caller, calls):
    alerts = []
    for at, _ in calls:
        count = sum(at - timedelta(minutes=1) <= other <= at for other, _ in calls)
        if count == 21:
            alerts.append(("velocity", caller, at, "21 calls within a minute"))
    return alerts


def sim_boxes(boxes, watermark):
    alerts = []
    for ((_, end), caller), calls in boxes.closed(watermark).items():
        callees = len({call["callee"] for call in calls})
        if callees >= 30 and sum(call["duration_seconds"] for call in calls) / len(calls) < 20:
            alerts.append(("sim box", caller, end - timedelta(milliseconds=1),
                           f"{callees} callees in ten minutes"))
    return alerts


def kilometres(a, b):
    from_latitude, to_latitude = math.radians(a["latitude"]), math.radians(b["latitude"])
    half = math.sin((to_latitude - from_latitude) / 2) ** 2 + (
        math.cos(from_latitude) * math.cos(to_latitude)
        * math.sin(math.radians(b["longitude"] - a["longitude"]) / 2) ** 2)
    return 2 * 6371 * math.asin(math.sqrt(half))


def travel(caller, calls):
    alerts = []
    for (before, previous), (at, call) in zip(calls, calls[1:]):
        seconds = int((at - before).total_seconds())
        km = kilometres(previous, call)
        if km > 50 and km * 3600 > 1000 * seconds:
            alerts.append(("impossible travel", caller, at, f"{int(km)} km in {seconds} s"))
    return alerts


def probing(caller, calls):
    """Runs of three or more calls under 5 s, then one over 600 s to +900; all within ten minutes."""
    alerts, number = [], 0
    while number < len(calls):
        end = number
        while end < len(calls) and calls[end][1]["duration_seconds"] < 5:
            end += 1
        premium = calls[end] if end < len(calls) else None
        if (premium is not None and end - number >= 3 and premium[1]["duration_seconds"] > 600
                and premium[1]["callee"].startswith("+900")
                and premium[0] - calls[number][0] < timedelta(minutes=10)):
            alerts.append(("probing", caller, premium[0],
                           f"{end - number} probes before {premium[1]['call_id']}"))
            number = end
        number += 1
    return alerts

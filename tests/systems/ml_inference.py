"""Features, dead letters and quality windows of systems/ml-inference, computed from the events."""

import csv
import math
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from stream import Tumbling, Watermark, decode, iso, naive

USERS = Path(__file__).resolve().parent.parent.parent / "systems/ml-inference/dims/users/users.csv"
TOPIC = "user-events"
TABLES = {
    "features": "SELECT event_id, user_id, event_time, country, segment, is_purchase, is_mobile,"
                " events_last_hour, purchases_last_hour, spent_last_hour, seconds_since_previous"
                " FROM features",
    "event_quality": "SELECT window_start, window_end, events, without_user, without_product,"
                     " different_events FROM event_quality",
    "failed_events": "SELECT source_offset FROM failed_events",
}
TOPICS = {"user-features": ("event_id", "country", "features"),
          "user-events-dead-letter": ("offset", "reason")}
KNOWN = {"page_view", "click", "add_to_cart", "purchase", "search"}
HOUR = timedelta(hours=1)


def reason_of(event):
    if not event.get("event_id"):
        return "event_id is missing"
    if not event.get("user_id"):
        return "user_id is missing"
    if event.get("event_type") not in KNOWN:
        return "unknown event_type: " + (event.get("event_type") or "none")
    if (event.get("amount") or 0) < 0:
        return "amount is negative"
    if event["event_type"] == "purchase" and event.get("amount") is None:
        return "a purchase without amount"
    return None


def features_of(at, event, history, users):
    """`history`: all valid events of the user up to this one, in the order of their times."""
    last_hour = [other for other_at, other in history if other_at >= at - HOUR]
    purchases = [other for other in last_hour if other["event_type"] == "purchase"]
    spent = math.fsum(other["amount"] for other in purchases)
    country, segment = users.get(event["user_id"], ("unknown", "new"))
    return (event["event_id"], event["user_id"], at, country, segment,
            float(event["event_type"] == "purchase"), float(event["device"] == "mobile"),
            len(last_hour), len(purchases), spent)


def compute(records):
    with open(USERS, newline="", encoding="utf-8") as file:
        users = {row[0]: (row[1], row[2]) for row in csv.reader(file)}
    watermark, quality = Watermark(timedelta(seconds=10)), Tumbling(timedelta(minutes=1))
    failed, letters, valid = [], [], []
    for offset, record in enumerate(records):
        event = decode(record)
        if event is None:
            failed.append((offset,))
            continue
        at = iso(event["timestamp"])
        quality.add(watermark, at, None, event)
        reason = reason_of(event)
        if reason:
            letters.append({"offset": offset, "reason": reason})
        elif not watermark.has_passed(at):  # OVER drops what is late
            valid.append((at, offset, event))
        watermark.see(at)
    rows = features(valid, watermark, users)
    return {"features": rows, "user-features": [normalised(row) for row in rows],
            "failed_events": failed, "user-events-dead-letter": letters,
            "event_quality": windows(quality, watermark)}


def normalised(row):
    event_id, _, _, country, _, is_purchase, is_mobile, events, purchases, spent, since = row
    return {"event_id": event_id, "country": country,
            "features": [is_purchase, is_mobile, min(events / 50, 1.0), min(purchases / 5, 1.0),
                         min(math.log(1 + spent) / 10, 1.0),
                         min((3600.0 if since is None else since) / 3600, 1.0)]}


def features(valid, watermark, users):
    rows, by_user = [], defaultdict(list)
    ready = sorted(row for row in valid if watermark.has_passed(row[0]))
    for at, offset, event in ready:
        by_user[event["user_id"]].append((at, event))
    for events in by_user.values():
        for at, event in events:
            # Rows of one time are seen together, by LAG too: one of a pair is the other's previous.
            until = [each for each in events if each[0] <= at]
            since = int((at - until[-2][0]).total_seconds()) if len(until) > 1 else None
            rows.append(features_of(at, event, until, users) + (since,))
    return rows


def windows(quality, watermark):
    return [(naive(start), naive(end), len(rows), sum(not row.get("user_id") for row in rows),
             sum(row.get("product_id") is None for row in rows),
             len({row["event_id"] for row in rows}))
            for ((start, end), _), rows in quality.closed(watermark).items()]

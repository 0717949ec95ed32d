"""The windows, alerts and rejects of systems/fleet, computed from the samples and the dimensions."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

from stream import Tumbling, Watermark, decode, iso, naive

FOLDER = Path(__file__).resolve().parent.parent.parent / "systems" / "fleet" / "dims"
RECORDS = 60_000  # three windows
TOPIC = "sensors-sample"
TABLES = {
    "alert_windows": "SELECT window_start, window_end, alerts, cars, maximum_speed, maximum_rpm"
                     " FROM alert_windows",
    "alert_colors": "SELECT window_start, window_end, color_name, alerts FROM alert_colors",
    "rejected_samples": "SELECT source_offset FROM rejected_samples",
}
TOPICS = {
    "samples-enriched": ("event_id", "driver_id", "brand_name", "model_name", "color_name",
                         "expected_gear"),
    "alert-data": ("event_id", "car_id", "color_name", "reason"),
}
QUARTER = timedelta(minutes=15)


def dimension(name):
    """The lines of each key, in their order."""
    lines = {}
    with open(FOLDER / name / f"{name}.csv", newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            lines.setdefault(int(row[0]), []).append(row[1:])
    return lines


def car_at(cars, car_id, at, watermark):
    """The last line of the car that holds at that time. Of those that the watermark has passed only
    the last is known: a late sample finds no older one, as on Flink."""
    lines = [(datetime.fromisoformat(line[3].replace("Z", "+00:00")), line)
             for line in cars.get(car_id, ())]
    passed = [since for since, _ in lines if watermark and since <= watermark]
    holding = [line for since, line in lines if since <= at and (not passed or since >= passed[-1])]
    return holding[-1] if holding else None


def is_valid(sample):
    return (sample.get("car_id") is not None and sample.get("speed", -1) >= 0
            and sample.get("rpm", -1) >= 0 and 1 <= sample.get("gear", 0) <= 7)


def reason_of(sample):
    if sample["speed"] > 120:
        return "speed over 120"
    if sample["rpm"] > 6000:
        return "rpm over 6000"
    return "another gear than expected" if sample["gear"] != sample["expected_gear"] else None


def compute(records):
    rejected, waiting, watermark = [], [], Watermark(timedelta(seconds=10))
    for offset, record in enumerate(records):
        sample = decode(record)
        if sample is None:
            rejected.append((offset,))
            continue
        at = iso(sample["event_time"])
        if is_valid(sample):
            waiting.append((at, sample, watermark.at))
        else:
            rejected.append((offset,))
        watermark.see(at)
    # A temporal join lets a row go at the first watermark after it that has reached its time.
    joined = enriched([row for row in waiting
                       if watermark.has_passed(row[0]) and watermark.at != row[2]])
    alerts = [(at, {**sample, "reason": reason_of(sample)}, seen) for at, sample, seen in joined
              if reason_of(sample)]
    return {**windows(alerts, watermark), "rejected_samples": rejected,
            "samples-enriched": [sample for _, sample, _ in joined],
            "alert-data": [alert for _, alert, _ in alerts]}


def enriched(samples):
    cars, models, colors = dimension("cars"), dimension("car_models"), dimension("car_colors")
    rows = []
    for at, sample, seen in samples:
        car = car_at(cars, sample["car_id"], at, seen)
        brand, model = models[int(car[1])][0] if car else (None, None)
        rows.append((at, {**sample, "driver_id": int(car[0]) if car else None, "brand_name": brand,
                          "model_name": model, "color_name": colors[int(car[2])][0][0] if car else None,
                          "expected_gear": min(sample["speed"] // 30 + 1, 7)}, seen))
    return rows


def windows(alerts, watermark):
    """What a window had heard of time when a row reached it is what the join had heard when the row
    came: a row is late for the window only where it already was late for the join."""
    everything, by_color = Tumbling(QUARTER), Tumbling(QUARTER)
    for at, alert, seen in alerts:
        before = Watermark(timedelta(0))
        before.at = seen
        everything.add(before, at, None, alert)
        by_color.add(before, at, alert["color_name"], alert)
    return {
        "alert_windows": [
            (naive(start), naive(end), len(rows), len({row["car_id"] for row in rows}),
             max(row["speed"] for row in rows), max(row["rpm"] for row in rows))
            for ((start, end), _), rows in everything.closed(watermark).items()],
        "alert_colors": [
            (naive(start), naive(end), color, len(rows))
            for ((start, end), color), rows in by_color.closed(watermark).items()],
    }

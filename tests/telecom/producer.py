"""Sends telecom events to Kafka, as the original producer of this system does: a plain
kafka-python KafkaProducer with a JSON serializer and its default settings.

    producer.py BOOTSTRAP COUNT SEED SENT_FILE [EVENTS_PER_SECOND]

Two percent of the events are bad. What was sent is written to SENT_FILE, one JSON value a line, in
the order of sending, for whoever wants to compute the right answers independently.
"""

import json
import random
import sys
import time
from datetime import datetime, timedelta, timezone

from kafka import KafkaProducer

TOPIC = "telecom_events"
REGIONS = ["Almaty", "Astana", "Pavlodar", "Taraz"]
START = datetime(2025, 11, 1, 10, 0, 0, tzinfo=timezone.utc)


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def generate_event(chance, number, count):
    """A valid event. Event time runs over two hours, up to 90 s out of order: some are late."""
    at = START + timedelta(hours=2) * (number / count) - timedelta(seconds=chance.random() ** 3 * 90)
    event_type = chance.choices(
        ["data_session", "call", "sms", "balance_recharge"], weights=[60, 25, 10, 5])[0]
    event = {
        "event_id": f"evt-{number:06d}",
        "event_type": event_type,
        "event_subtype": None,
        "msisdn": f"+7701{chance.randrange(10**7):07d}",
        "region": chance.choice(REGIONS),
        "timestamp": iso(at),
        "duration_seconds": None,
        "data_mb": None,
        "amount": None,
    }
    if event_type == "call":
        event["event_subtype"] = chance.choice(["incoming", "outgoing"])
        event["duration_seconds"] = chance.randint(1, 3600)
    elif event_type == "data_session":
        event["event_subtype"] = chance.choice(["3g", "4g", "5g"])
        event["duration_seconds"] = chance.randint(1, 7200)
        event["data_mb"] = round(chance.uniform(0.1, 2000), 2)
    elif event_type == "balance_recharge":
        event["event_subtype"] = chance.choice(["card", "cash"])
        event["amount"] = float(chance.choice([500, 1000, 2000, 5000]))
    if chance.random() < 0.5:  # absent or null, where a measure does not apply
        event = {name: value for name, value in event.items() if value is not None}
    return event


def spoil(chance, event):
    """The same event with one thing wrong."""
    kind = chance.randrange(9)
    if kind == 0:
        event["msisdn"] = ""
    elif kind == 1:
        event.pop("msisdn")
    elif kind == 2:
        event["event_type"] = "telegram"
    elif kind == 3:
        event["event_type"] = None
    elif kind == 4:
        event["duration_seconds"] = -5
    elif kind == 5:
        event["data_mb"] = -0.5
    elif kind == 6:
        event["amount"] = -100.0
    elif kind == 7:
        event["data_mb"] = "a lot"  # of the wrong type: cannot be decoded
    else:
        return f"no object, but event {event['event_id']}"
    return event


def generate(seed, count):
    chance = random.Random(seed)
    for number in range(count):
        event = generate_event(chance, number, count)
        yield spoil(chance, event) if chance.random() < 0.02 else event


def main():
    bootstrap, count, seed, sent_file = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    per_second = float(sys.argv[5]) if len(sys.argv) > 5 else None

    producer = KafkaProducer(
        bootstrap_servers=[bootstrap],
        value_serializer=lambda x: json.dumps(x).encode("utf-8"),
    )
    started = time.monotonic()
    results = []
    with open(sent_file, "w", encoding="utf-8") as sent:
        for number, data in enumerate(generate(seed, count)):
            results.append(producer.send(TOPIC, value=data))
            sent.write(json.dumps(data) + "\n")
            if per_second:
                time.sleep(max(0.0, started + number / per_second - time.monotonic()))
    producer.flush()
    for result in results:
        result.get(timeout=120)  # raises where an event was not acknowledged
    producer.close()
    print(f"{count} events acknowledged")


if __name__ == "__main__":
    main()

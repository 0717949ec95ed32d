"""telecom_data, provider_calls and rejected_calls of systems/call-records, computed from the records."""

import re
from decimal import Decimal
from datetime import timedelta

from stream import Tumbling, Watermark, decode, sql_time

TOPIC = "telecom-data"
TABLES = {
    "telecom_data": "SELECT caller_name, receiver_name, caller_id, receiver_id, start_datetime,"
                    " end_datetime, call_duration, network_provider, total_amount FROM telecom_data",
    "provider_calls": "SELECT window_start, window_end, network_provider, calls, callers,"
                      " call_seconds, total_amount FROM provider_calls",
    "rejected_calls": "SELECT source_offset, CASE WHEN reason IN ("
                      "'caller_id is no +1 number', 'receiver_id is missing', 'call_duration is not positive',"
                      " 'the call ends before it starts') THEN reason ELSE 'unreadable' END FROM rejected_calls",
}
TOPICS = {}


def reason_of(call):
    if not re.search(r"^\+1\d{10}$", call["caller_id"]):
        return "caller_id is no +1 number"
    if not call.get("receiver_id"):
        return "receiver_id is missing"
    if call["call_duration"] <= 0:
        return "call_duration is not positive"
    if sql_time(call["end_datetime"]) <= sql_time(call["start_datetime"]):
        return "the call ends before it starts"
    return None


def compute(records):
    calls, rejected, known = [], [], set()
    watermark, windows = Watermark(timedelta(minutes=1)), Tumbling(timedelta(minutes=5))
    for offset, record in enumerate(records):
        call = decode(record)
        if call is None:
            rejected.append((offset, "unreadable"))
            continue
        start = sql_time(call["start_datetime"])
        reason = reason_of(call)
        if reason:
            rejected.append((offset, reason))
        else:
            same = (call["caller_id"], call["receiver_id"], start)
            if same not in known:
                known.add(same)
                amount = Decimal(str(call["total_amount"])).quantize(Decimal("0.01"))
                calls.append((call["caller_name"], call["receiver_name"], call["caller_id"],
                              call["receiver_id"], start, sql_time(call["end_datetime"]),
                              call["call_duration"], call["network_provider"], amount))
                windows.add(watermark, start, call["network_provider"],
                            (call["caller_id"], call["call_duration"], amount))
        watermark.see(start)
    by_provider = [
        (*window, provider, len(rows), len({row[0] for row in rows}), sum(row[1] for row in rows),
         sum(row[2] for row in rows))
        for (window, provider), rows in windows.closed(watermark).items()]
    return {"telecom_data": calls, "provider_calls": by_provider, "rejected_calls": rejected}

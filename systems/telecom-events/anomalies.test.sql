-- What breaks a rule, and what cannot be read at all, lands in anomalies with its reason and
-- position, once; it never stops the pipeline and is never counted in a window.

pipeline pipeline.sql

feed telecom_events
{"event_id": "ok", "event_type": "call", "event_subtype": "voice", "msisdn": "+77010000001", "region": "Almaty", "timestamp": "2025-11-01T10:00:00Z", "duration_seconds": 60}
{"event_id": "a1", "event_type": "call", "event_subtype": "voice", "msisdn": "", "region": "Almaty", "timestamp": "2025-11-01T10:00:01Z"}
{"event_id": "a2", "event_type": "telegram", "msisdn": "+77010000002", "region": "Almaty", "timestamp": "2025-11-01T10:00:02Z"}
{"event_id": "a3", "event_type": "call", "msisdn": "+77010000002", "region": "Almaty", "timestamp": "2025-11-01T10:00:03Z", "duration_seconds": -1}
{"event_id": "a4", "event_type": "data_session", "msisdn": "+77010000002", "region": "Almaty", "timestamp": "2025-11-01T10:00:04Z", "data_mb": -0.5}
{"event_id": "a5", "event_type": "balance_recharge", "msisdn": "+77010000002", "region": "Almaty", "timestamp": "2025-11-01T10:00:05Z", "amount": -100}
{"event_id": "a6", "msisdn": "+77010000002", "region": "Almaty", "timestamp": "2025-11-01T10:00:06Z"}
this is not JSON
{"event_id": "a8", "event_type": "call", "msisdn": "+77010000002", "region": "Almaty"}
{"event_id": "end", "event_type": "sms", "msisdn": "+77010000003", "region": "Almaty", "timestamp": "2025-11-01T10:06:00Z"}

kill

expect anomalies: source_partition | source_offset | reason | event_data
0 | 1 | msisdn is missing            | *
0 | 2 | unknown event_type: telegram | *
0 | 3 | duration_seconds is negative | *
0 | 4 | data_mb is negative          | *
0 | 5 | amount is negative           | *
0 | 6 | event_type is missing        | *
0 | 7 | *                            | this is not JSON
0 | 8 | *                            | {"event_id": "a8", "event_type": "call", "msisdn": "+77010000002", "region": "Almaty"}

expect real_time_metrics: metric_key | metric_value
call/voice | 1.0

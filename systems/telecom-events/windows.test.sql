-- Windows close when the watermark, a minute behind the newest event, passes their end; each
-- window's groups are written once, however often the server is killed in between.

pipeline pipeline.sql

feed telecom_events: event_id | event_type | event_subtype | msisdn | region | timestamp | duration_seconds | data_mb | amount
e1 | call             | voice   | +77010000001 | Almaty   | 2025-11-01T10:00:10Z | 60   | null  | 1.5
e2 | call             | voice   | +77010000002 | Astana   | 2025-11-01T10:01:00Z | 30   | null  | null
e3 | data_session     | 4g      | +77010000003 | Almaty   | 2025-11-01T10:02:00Z | null | 512   | null
e4 | data_session     | 4g      | +77010000003 | Almaty   | 2025-11-01T10:04:59Z | null | 1536  | null
e5 | balance_recharge | card    | +77010000001 | Taraz    | 2025-11-01T10:03:00Z | null | null  | 500
e6 | sms              | null    | +77010000004 | Pavlodar | 2025-11-01T10:05:30Z | null | null  | null

expect real_time_metrics: metric_key
(none)

kill

feed telecom_events: event_id | event_type | event_subtype | msisdn | region | timestamp | duration_seconds
e7 | call | voice | +77010000009 | Almaty | 2025-11-01T10:06:00Z | 12

-- The watermark is now 10:05:00: the first five-minute window is complete.
expect real_time_metrics: window_start | window_end | metric_type | metric_key | metric_value
2025-11-01 10:00:00.000 | 2025-11-01 10:05:00.000 | event_type_agg | balance_recharge/card | 500.0
2025-11-01 10:00:00.000 | 2025-11-01 10:05:00.000 | event_type_agg | call/voice            | 2.0
2025-11-01 10:00:00.000 | 2025-11-01 10:05:00.000 | event_type_agg | data_session/4g       | 2.0

crash

-- Too late for its five-minute window, which was written; in time for its ten-minute window.
feed telecom_events: event_id | event_type | event_subtype | msisdn | region | timestamp
late | call | voice | +77010000010 | Taraz  | 2025-11-01T10:00:20Z
next | sms  | null  | +77010000011 | Astana | 2025-11-01T10:11:00Z

expect real_time_metrics: window_end | metric_type | metric_key | metric_value
2025-11-01 10:05:00.000 | event_type_agg | balance_recharge/card | 500.0
2025-11-01 10:05:00.000 | event_type_agg | call/voice            | 2.0
2025-11-01 10:05:00.000 | event_type_agg | data_session/4g       | 2.0
2025-11-01 10:10:00.000 | event_type_agg | call/voice            | 1.0
2025-11-01 10:10:00.000 | event_type_agg | sms                   | 1.0
2025-11-01 10:10:00.000 | region_agg     | Almaty                | 4.0
2025-11-01 10:10:00.000 | region_agg     | Astana                | 1.0
2025-11-01 10:10:00.000 | region_agg     | Pavlodar              | 1.0
2025-11-01 10:10:00.000 | region_agg     | Taraz                 | 2.0

expect anomalies: reason
(none)

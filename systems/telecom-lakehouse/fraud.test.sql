-- Calls reach the lake with tokens for numbers; what looks like fraud is told once, also when the
-- machine dies in between.

pipeline pipeline.sql

-- A prober finds an open line with three short calls, then strikes. Two calls from two cities within
-- a minute are impossible.
feed call_records: call_id | caller | callee | cell_id | latitude | longitude | start_time | duration_seconds
c1 | +77017777771 | +77020000001 | almaty-1 | 43.2389 | 76.8897 | 2026-01-01T10:00:00.000Z | 2
c2 | +77017777771 | +77020000001 | almaty-1 | 43.2389 | 76.8897 | 2026-01-01T10:00:10.000Z | 3
c3 | +77017777771 | +77020000001 | almaty-1 | 43.2389 | 76.8897 | 2026-01-01T10:00:20.000Z | 4
c4 | +77017777771 | +9001234567  | almaty-1 | 43.2389 | 76.8897 | 2026-01-01T10:00:30.000Z | 900
c5 | +77019999991 | +77020000002 | almaty-1 | 43.2389 | 76.8897 | 2026-01-01T10:01:00.000Z | 30
c6 | +77019999991 | +77020000002 | astana-1 | 51.1694 | 71.4491 | 2026-01-01T10:01:40.000Z | 30

crash

-- One whose number is none, one that lasts less than no time, and bytes that are no record.
feed call_records: call_id | caller | callee | cell_id | latitude | longitude | start_time | duration_seconds
c7 | hidden       | +77020000003 | almaty-1 | 43.2389 | 76.8897 | 2026-01-01T10:02:00.000Z | 10
c8 | +77010000001 | +77020000003 | almaty-1 | 43.2389 | 76.8897 | 2026-01-01T10:02:10.000Z | -1
c9 | +77010000001 | +77020000003 | almaty-1 | 43.2389 | 76.8897 | 2026-01-01T10:30:00.000Z | 10

feed call_records
{"call_id": "torn", "cal

kill

expect raw_call_records: call_id | caller_token | caller_prefix | callee_prefix | call_date
c1 | * | +7701 | +7702 | 2026-01-01
c2 | * | +7701 | +7702 | 2026-01-01
c3 | * | +7701 | +7702 | 2026-01-01
c4 | * | +7701 | +9001 | 2026-01-01
c5 | * | +7701 | +7702 | 2026-01-01
c6 | * | +7701 | +7702 | 2026-01-01
c9 | * | +7701 | +7702 | 2026-01-01

expect rejected_records: source_offset | reason
6 | caller is no number
7 | duration_seconds is missing or negative
9 | *

expect fraud_alerts: rule | event_time | evidence
probing           | 2026-01-01 10:00:30.000 | 3 probes before c4
impossible travel | 2026-01-01 10:01:40.000 | 972 km in 40 s

-- Samples are enriched with what is known of the car at their time; dangerous driving is told and
-- counted, also when the machine dies in between. The cars are those of dims/.

pipeline pipeline.sql

feed sensors: event_id | event_time | car_id | speed | rpm | gear
s1 | 2026-01-01T00:00:00.000Z | 8459042 | 125 | 3000 | 5
s2 | 2026-01-01T00:00:01.000Z | 8459042 | 50  | 6500 | 2
s3 | 2026-01-01T00:00:02.000Z | 6572047 | 50  | 2000 | 4
s4 | 2026-01-01T00:00:03.000Z | 6572047 | 50  | 2000 | 2
s5 | 2026-01-01T00:00:04.000Z | 1234567 | 190 | 2000 | 7

crash

-- What cannot be: a car without a number, a negative speed, a ninth gear, bytes that are no record.
feed sensors: event_id | event_time | car_id | speed | rpm | gear
s6 | 2026-01-01T00:00:05.000Z | null    | 50 | 2000 | 2
s7 | 2026-01-01T00:00:06.000Z | 8459042 | -5 | 2000 | 2
s8 | 2026-01-01T00:00:07.000Z | 8459042 | 50 | 2000 | 9

feed sensors
{"event_id": "torn", "car

-- The watermark, 10 s behind, passes the end of the first window.
feed sensors: event_id | event_time | car_id | speed | rpm | gear
s10 | 2026-01-01T00:15:20.000Z | 6572047 | 50 | 2000 | 2

kill

-- Too late for its window, in time to be told.
feed sensors: event_id | event_time | car_id | speed | rpm | gear
s11 | 2026-01-01T00:01:00.000Z | 6572047 | 160 | 2000 | 6

-- The first car was painted pink at twenty past.
feed sensors: event_id | event_time | car_id | speed | rpm | gear
s12 | 2026-01-01T12:00:05.000Z | 8459042 | 130 | 2000 | 5
s13 | 2026-01-01T12:30:00.000Z | 6572047 | 50  | 2000 | 2

expect alert_console: event_time | car_id | color_name | reason
2026-01-01 00:00:00.000 | 8459042 | White | speed over 120
2026-01-01 00:00:01.000 | 8459042 | White | rpm over 6000
2026-01-01 00:00:02.000 | 6572047 | Blue  | another gear than expected
2026-01-01 00:00:04.000 | 1234567 | NULL  | speed over 120
2026-01-01 00:01:00.000 | 6572047 | Blue  | speed over 120
2026-01-01 12:00:05.000 | 8459042 | Pink  | speed over 120

restart

expect alert_windows: window_start | window_end | alerts | cars | maximum_speed | maximum_rpm
2026-01-01 00:00:00.000 | 2026-01-01 00:15:00.000 | 4 | 3 | 190 | 6500
2026-01-01 12:00:00.000 | 2026-01-01 12:15:00.000 | 1 | 1 | 130 | 2000

expect alert_colors: window_start | color_name | alerts
2026-01-01 00:00:00.000 | White | 2
2026-01-01 00:00:00.000 | Blue  | 1
2026-01-01 00:00:00.000 | null  | 1
2026-01-01 12:00:00.000 | Pink  | 1

expect rejected_samples: source_offset | reason
5 | car_id is missing
6 | speed is missing or negative
7 | gear is none of 1 to 7
8 | *

-- A call is checked, kept once, and counted in its provider's window; a bad one is kept with its
-- reason. The first three are the samples of the system's description: 911 is a valid receiver.

pipeline pipeline.sql

feed calls: caller_name | receiver_name | caller_id | receiver_id | start_datetime | end_datetime | call_duration | network_provider | total_amount
Dr. Melissa Carter | Jennifer Smith     | +19145551234 | +14255556789 | 2023-11-15 14:30:22 | 2023-11-15 14:42:18 | 716 | Verizon  | 0.60
Robert Johnson     | Sarah Williams     | +12025551010 | +13315559876 | 2023-11-15 15:01:33 | 2023-11-15 15:03:45 | 132 | AT&T     | 0.11
David Kim          | Emergency Services | +18885550101 | 911          | 2023-11-15 15:45:00 | 2023-11-15 15:47:30 | 150 | T-Mobile | 0.13

expect telecom_data: caller_id | receiver_id | start_datetime | call_duration | total_amount
+19145551234 | +14255556789 | 2023-11-15 14:30:22.000000 | 716 | 0.60
+12025551010 | +13315559876 | 2023-11-15 15:01:33.000000 | 132 | 0.11
+18885550101 | 911          | 2023-11-15 15:45:00.000000 | 150 | 0.13

kill

-- The producer did not hear that its call had arrived, and sends it again.
feed calls: caller_name | receiver_name | caller_id | receiver_id | start_datetime | end_datetime | call_duration | network_provider | total_amount
David Kim | Emergency Services | +18885550101 | 911          | 2023-11-15 15:45:00 | 2023-11-15 15:47:30 | 150  | T-Mobile | 0.13
David Kim | Emergency Services | +18885550101 | 911          | 2023-11-15 15:48:00 | 2023-11-15 15:48:10 | 10   | T-Mobile | 0.01
Eve       | Mallory            | 5551234      | +14255556789 | 2023-11-15 15:49:00 | 2023-11-15 15:50:00 | 60   | Sprint   | 0.05
Eve       | Mallory            | +15555550000 | +14255556789 | 2023-11-15 15:49:00 | 2023-11-15 15:50:00 | -120 | Sprint   | 0.05
Eve       | Mallory            | +15555550000 | +14255556789 | 2023-11-15 15:49:00 | 2023-11-15 15:48:00 | 60   | Sprint   | 0.05
Eve       | Mallory            | +15555550000 | null         | 2023-11-15 15:49:00 | 2023-11-15 15:50:00 | 60   | Sprint   | 0.05
Ann       | Bob                | +15555550001 | +15555550002 | 2023-11-15 15:55:00 | 2023-11-15 15:55:30 | 30   | Sprint   | 0.03

feed calls
{"caller_name": "torn", "call_dur

expect telecom_data: caller_id | start_datetime
+19145551234 | 2023-11-15 14:30:22.000000
+12025551010 | 2023-11-15 15:01:33.000000
+18885550101 | 2023-11-15 15:45:00.000000
+18885550101 | 2023-11-15 15:48:00.000000
+15555550001 | 2023-11-15 15:55:00.000000

expect rejected_calls: source_offset | reason
5  | caller_id is no +1 number
6  | call_duration is not positive
7  | the call ends before it starts
8  | receiver_id is missing
10 | *

crash

-- The watermark, a minute behind, is at 15:54: three windows are complete.
expect provider_calls: window_start | network_provider | calls | callers | call_seconds | total_amount
2023-11-15 14:30:00.000 | Verizon  | 1 | 1 | 716 | 0.60
2023-11-15 15:00:00.000 | AT&T     | 1 | 1 | 132 | 0.11
2023-11-15 15:45:00.000 | T-Mobile | 2 | 1 | 160 | 0.14

wait 1 d

-- After a day it is not known any more; its window has long been closed.
feed calls: caller_name | receiver_name | caller_id | receiver_id | start_datetime | end_datetime | call_duration | network_provider | total_amount
Ann | Bob | +15555550001 | +15555550002 | 2023-11-15 15:55:00 | 2023-11-15 15:55:30 | 30 | Sprint | 0.03

expect telecom_data: caller_id | start_datetime
+19145551234 | 2023-11-15 14:30:22.000000
+12025551010 | 2023-11-15 15:01:33.000000
+18885550101 | 2023-11-15 15:45:00.000000
+18885550101 | 2023-11-15 15:48:00.000000
+15555550001 | 2023-11-15 15:55:00.000000
+15555550001 | 2023-11-15 15:55:00.000000

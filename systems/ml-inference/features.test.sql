-- Valid events become features of what their user did before; the others go to the dead-letter
-- stream or, where they are no records, to failed_events. user-000 is a known user, user-049 is not.

pipeline pipeline.sql

feed user_events: event_id | user_id | event_type | product_id | amount | device | timestamp
e1 | user-000 | page_view | p1   | null | mobile  | 2026-01-01T10:00:00.000Z
e2 | user-000 | purchase  | p1   | 40.5 | mobile  | 2026-01-01T10:00:30.000Z
e3 | user-049 | click     | null | null | desktop | 2026-01-01T10:00:40.000Z

crash

-- No user, no such type, a purchase for nothing; each is counted as an event that came.
feed user_events: event_id | user_id | event_type | product_id | amount | device | timestamp
e4 | null     | click    | p1 | null | mobile | 2026-01-01T10:00:41.000Z
e5 | user-000 | sneeze   | p1 | null | mobile | 2026-01-01T10:00:42.000Z
e6 | user-000 | purchase | p1 | null | mobile | 2026-01-01T10:00:43.000Z

feed user_events
{"event_id": "torn", "user_

-- A second copy of e2 is another event to the features, and known as none to the quality window.
feed user_events: event_id | user_id | event_type | product_id | amount | device | timestamp
e2 | user-000 | purchase  | p1 | 40.5 | mobile | 2026-01-01T10:00:50.000Z
e8 | user-000 | page_view | p2 | null | tablet | 2026-01-01T11:00:10.000Z
e9 | user-000 | page_view | p2 | null | tablet | 2026-01-01T11:00:30.000Z

kill

-- Its time has passed: no feature, and no window.
feed user_events: event_id | user_id | event_type | product_id | amount | device | timestamp
e10 | user-000 | page_view | p2 | null | tablet | 2026-01-01T10:30:00.000Z
e11 | user-000 | page_view | p2 | null | tablet | 2026-01-01T12:30:00.000Z

expect features: event_id | country | is_purchase | is_mobile | events_last_hour | purchases_last_hour | spent_last_hour | seconds_since_previous
e1 | DE | 0.0 | 1.0 | 1 | 0 | 0.0  | null
e2 | DE | 1.0 | 1.0 | 2 | 1 | 40.5 | 30
e3 | unknown | 0.0 | 0.0 | 1 | 0 | 0.0 | null
e2 | DE | 1.0 | 1.0 | 3 | 2 | 81.0 | 20
e8 | DE | 0.0 | 0.0 | 3 | 2 | 81.0 | 3560
e9 | DE | 0.0 | 0.0 | 4 | 2 | 81.0 | 20

restart

expect failed_events: source_offset | stage
6 | *

expect event_quality: window_start | events | without_user | without_product | different_events
2026-01-01 10:00:00.000 | 7 | 1 | 1 | 6
2026-01-01 11:00:00.000 | 2 | 0 | 0 | 2

-- Bids of each user in ten seconds of processing time. The answer depends on when it is computed, so
-- that it is not compared.

CREATE VIEW timed_bid AS SELECT bidder, PROCTIME() AS p_time FROM bid;

CREATE TABLE answer (bidder BIGINT, bid_count BIGINT, starttime TIMESTAMP(3), endtime TIMESTAMP(3))
WITH (${RESULT});

INSERT INTO answer
SELECT bidder, COUNT(*), window_start, window_end
FROM TABLE(TUMBLE(TABLE timed_bid, DESCRIPTOR(p_time), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end;

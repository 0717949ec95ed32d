-- A run that ends with what is in its topic is followed by one that reads what came since.

sql
CREATE TABLE clicks (who STRING, n INT)
WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json',
      'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE copies (who STRING, n INT) WITH ('connector' = 'delta');
INSERT INTO copies SELECT who, n FROM clicks;

feed clicks: who | n
ann | 1
bob | 2

restart

feed clicks: who | n
ann | 3

abort clicks: who | n
bob | 99

restart

restart

expect copies: who | n
ann | 1
bob | 2
ann | 3

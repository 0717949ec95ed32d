-- Options of Flink's Kafka connector that change nothing here are taken.

sql
CREATE TABLE clicks (who STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'clicks', 'properties.bootstrap.servers' = 'localhost:9092', 'format' = 'json',
      'scan.watermark.emit.strategy' = 'on-event', 'scan.watermark.emit.on-event.gap' = '1', 'scan.watermark.alignment.group' = 'g',
      'scan.watermark.alignment.max-drift' = '1 min', 'scan.watermark.alignment.update-interval' = '1 s', 'scan.parallelism' = '2');
CREATE TABLE copies (who STRING, ts TIMESTAMP(3))
WITH ('connector' = 'kafka', 'topic' = 'copies', 'properties.bootstrap.servers' = 'localhost:9092', 'format' = 'json',
      'sink.transaction-naming-strategy' = 'pooling', 'sink.transactional-id-prefix' = 'x');
CREATE TABLE seen (who STRING) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO copies SELECT * FROM clicks;
INSERT INTO seen SELECT who FROM clicks;
END;

feed clicks: who | ts
ann | 2026-01-01 00:00:01

expect seen: who
ann

// The Kinesis API with AWS's SDK for JavaScript: client.js PORT. Prints "ok".

const assert = require("node:assert");
const kinesis = require("@aws-sdk/client-kinesis");
const { NodeHttpHandler } = require("@smithy/node-http-handler");

async function main() {
  const client = new kinesis.KinesisClient({
    endpoint: `http://127.0.0.1:${process.argv[2]}`,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(), // HTTP/1.1: its own choice for Kinesis is HTTP/2
  });
  const send = (command, input) => client.send(new kinesis[`${command}Command`](input));

  await send("CreateStream", { StreamName: "s", ShardCount: 2 });
  await kinesis.waitUntilStreamExists({ client, maxWaitTime: 20 }, { StreamName: "s" });
  const put = await send("PutRecords", {
    StreamName: "s",
    Records: Array.from({ length: 50 }, (_, n) => ({ PartitionKey: `key-${n}`, Data: Buffer.from([n, 255]) })),
  });
  assert.strictEqual(put.FailedRecordCount, 0);
  const seen = [];
  for (const shard of (await send("ListShards", { StreamName: "s" })).Shards) {
    let { ShardIterator } = await send("GetShardIterator", {
      StreamName: "s", ShardId: shard.ShardId, ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(Date.now() - 60000),
    });
    for (;;) {
      const read = await send("GetRecords", { ShardIterator, Limit: 10 });
      for (const record of read.Records) {
        assert.strictEqual(record.PartitionKey, `key-${record.Data[0]}`);
        assert.strictEqual(record.Data[1], 255);
        assert.ok(Math.abs(record.ApproximateArrivalTimestamp - Date.now()) < 60000);
        seen.push(record.Data[0]);
      }
      if (read.MillisBehindLatest === 0) break;
      ShardIterator = read.NextShardIterator;
      await new Promise((done) => setTimeout(done, 1));
    }
  }
  assert.deepStrictEqual(seen.sort((a, b) => a - b), Array.from({ length: 50 }, (_, n) => n));
  await assert.rejects(send("DescribeStream", { StreamName: "t" }), kinesis.ResourceNotFoundException);
  await send("DeleteStream", { StreamName: "s" });
  assert.deepStrictEqual((await send("ListStreams", {})).StreamNames, []);
  console.log("ok");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

// What kafkajs does with a broker; clients_test.py runs it.
//
//     NODE_PATH=.../node_modules node client.js HOST:PORT

const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, logLevel } = require("kafkajs");
const snappy = require("kafkajs-snappy");
const lz4 = require("lz4js");
const zstd = require("@bokuweb/zstd-wasm");
const assert = require("assert");

CompressionCodecs[CompressionTypes.Snappy] = snappy;
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async (encoder) => Buffer.from(zstd.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(zstd.decompress(buffer)),
});

const kafka = new Kafka({
  clientId: "kafkajs", brokers: [process.argv[2]], logLevel: logLevel.NOTHING, retry: { retries: 8 },
});
const admin = kafka.admin();

const values = (prefix, count) =>
  Array.from({ length: count }, (_, number) => prefix + String(number).padStart(4, "0"));
const create = (topic, numPartitions = 1) =>
  admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true });

// Resolves once the condition holds; looks whenever something has changed.
class Changes {
  #waiting = [];
  note() {
    this.#waiting = this.#waiting.filter((waiter) => !waiter());
  }
  until(condition, what) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not in 20 s: ${what}`)), 20000);
      const waiter = () => {
        if (!condition()) return false;
        clearTimeout(timer);
        resolve();
        return true;
      };
      if (!waiter()) this.#waiting.push(waiter);
    });
  }
}

// Reads so many records in a group and leaves it; the values, sorted.
async function read(topic, groupId, count) {
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 200, maxWaitTimeInMs: 200 });
  const changes = new Changes();
  const got = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      got.push(message.value.toString());
      changes.note();
    },
  });
  try {
    await changes.until(() => got.length >= count, `${count} records of ${topic}, got ${got.length}`);
  } finally {
    await consumer.disconnect();
  }
  return got.sort();
}

async function write(topic, texts, options = {}) {
  const producer = kafka.producer({ idempotent: options.idempotent });
  await producer.connect();
  await producer.send({
    topic, compression: options.compression, acks: -1,
    messages: texts.map((value) => ({ key: value, value })),
  });
  await producer.disconnect();
}

const subjects = {
  async codecs() {
    for (const codec of ["None", "GZIP", "Snappy", "LZ4", "ZSTD"]) {
      const topic = `kafkajs-codec-${codec}`;
      await create(topic);
      await write(topic, values("v", 300), { compression: CompressionTypes[codec] });
      assert.deepEqual(await read(topic, topic, 300), values("v", 300), codec);
    }
  },

  async group() {
    await create("kafkajs-group", 3);
    await write("kafkajs-group", values("a", 60), { idempotent: true });
    assert.deepEqual(await read("kafkajs-group", "kafkajs", 60), values("a", 60));
    await write("kafkajs-group", values("b", 30));
    // Only what came after the commit.
    assert.deepEqual(await read("kafkajs-group", "kafkajs", 30), values("b", 30));
  },

  async rebalance() {
    const topic = "kafkajs-rebalance";
    await create(topic, 4);
    const changes = new Changes();
    const join = async () => {
      const consumer = kafka.consumer({
        groupId: topic, heartbeatInterval: 200, maxWaitTimeInMs: 200, rebalanceTimeout: 4000,
      });
      const member = { consumer, share: 0 };
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        member.share = (payload.memberAssignment[topic] || []).length;
        changes.note();
      });
      await consumer.connect();
      await consumer.subscribe({ topic });
      await consumer.run({ eachMessage: async () => {} });
      return member;
    };
    const first = await join();
    await changes.until(() => first.share === 4, "one member has all");
    const second = await join();
    await changes.until(() => first.share === 2 && second.share === 2, "two members have half each");
    await second.consumer.disconnect();
    await changes.until(() => first.share === 4, "the one that stayed has all again");
    await first.consumer.disconnect();
  },

  async transactions() {
    const [source, topic] = ["kafkajs-source", "kafkajs-transactions"];
    await create(source);
    await create(topic);
    await write(source, ["in"]);
    const producer = kafka.producer({
      transactionalId: "kafkajs-transactions", idempotent: true, maxInFlightRequests: 1,
    });
    await producer.connect();
    const kept = await producer.transaction();
    await kept.send({ topic, messages: [{ value: "kept" }] });
    await kept.sendOffsets({
      consumerGroupId: "kafkajs-offsets",
      topics: [{ topic: source, partitions: [{ partition: 0, offset: "1" }] }],
    });
    await kept.commit();
    const dropped = await producer.transaction();
    await dropped.send({ topic, messages: [{ value: "dropped" }] });
    await dropped.abort();
    const last = await producer.transaction();
    await last.send({ topic, messages: [{ value: "last" }] });
    await last.commit();
    await producer.disconnect();
    assert.deepEqual(await read(topic, "kafkajs-transactions", 2), ["kept", "last"]);
    const offsets = await admin.fetchOffsets({ groupId: "kafkajs-offsets", topics: [source] });
    assert.equal(offsets[0].partitions[0].offset, "1");
  },

  async admin() {
    const topic = "kafkajs-admin";
    await create(topic, 2);
    assert((await admin.listTopics()).includes(topic));
    await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
    const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
    assert.equal(metadata.topics[0].partitions.length, 5);
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ ...resource, configEntries: [{ name: "retention.ms", value: "123456" }] }],
    });
    const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
    const entry = resources[0].configEntries.find((each) => each.configName === "retention.ms");
    assert.equal(entry.configValue, "123456");
    await write(topic, values("v", 50));
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic, partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
    });
    assert((await admin.fetchTopicOffsets(topic)).every(({ low, high }) => low === high));
    assert((await admin.listGroups()).groups.some(({ groupId }) => groupId === "kafkajs"));
    const described = await admin.describeGroups(["kafkajs"]);
    assert.equal(described.groups[0].state, "Empty");
    await admin.deleteGroups(["kafkajs"]);
    assert((await admin.describeCluster()).brokers.length === 1);
    await admin.deleteTopics({ topics: [topic] });
    assert(!(await admin.listTopics()).includes(topic));
  },
};

async function main() {
  await zstd.init();
  await admin.connect();
  let failed = 0;
  for (const [subject, test] of Object.entries(subjects)) {
    try {
      await test();
      console.log(`ok ${subject}`);
    } catch (error) {
      failed = 1;
      console.error(error);
      console.log(`failed ${subject}`);
    }
  }
  await admin.disconnect();
  process.exit(failed);
}

main();

// The options and metadata of 'kafka' and 'upsert-kafka', as Flink's connectors have them.

#include <algorithm>
#include <array>

#include "catalog/table.h"
#include "connector/topic/options.h"

namespace millrace::connector {

// Settings of Kafka's clients, which talk over a network: in process they change no result.
static constexpr std::array kClientSettings = std::to_array<std::string_view>({
    "properties.acks",
    "properties.allow.auto.create.topics",
    "properties.auto.commit.interval.ms",
    "properties.auto.include.jmx.reporter",
    "properties.batch.size",
    "properties.buffer.memory",
    "properties.check.crcs",
    "properties.client.dns.lookup",
    "properties.client.id",
    "properties.client.id.prefix",
    "properties.client.rack",
    "properties.commit.offsets.on.checkpoint",
    "properties.compression.gzip.level",
    "properties.compression.lz4.level",
    "properties.compression.type",
    "properties.compression.zstd.level",
    "properties.connections.max.idle.ms",
    "properties.default.api.timeout.ms",
    "properties.delivery.timeout.ms",
    "properties.enable.auto.commit",
    "properties.enable.idempotence",
    "properties.enable.metrics.push",
    "properties.exclude.internal.topics",
    "properties.fetch.max.bytes",
    "properties.fetch.max.wait.ms",
    "properties.fetch.min.bytes",
    "properties.group.instance.id",
    "properties.group.protocol",
    "properties.group.remote.assignor",
    "properties.heartbeat.interval.ms",
    "properties.interceptor.classes",
    "properties.key.deserializer",
    "properties.key.serializer",
    "properties.linger.ms",
    "properties.max.block.ms",
    "properties.max.in.flight.requests.per.connection",
    "properties.max.partition.fetch.bytes",
    "properties.max.poll.interval.ms",
    "properties.max.poll.records",
    "properties.max.request.size",
    "properties.metadata.max.age.ms",
    "properties.metadata.max.idle.ms",
    "properties.metadata.recovery.rebootstrap.trigger.ms",
    "properties.metadata.recovery.strategy",
    "properties.metric.reporters",
    "properties.metrics.num.samples",
    "properties.metrics.recording.level",
    "properties.metrics.sample.window.ms",
    "properties.partition.assignment.strategy",
    "properties.partition.discovery.interval.ms",
    "properties.partitioner.adaptive.partitioning.enable",
    "properties.partitioner.availability.timeout.ms",
    "properties.partitioner.class",
    "properties.partitioner.ignore.keys",
    "properties.receive.buffer.bytes",
    "properties.reconnect.backoff.max.ms",
    "properties.reconnect.backoff.ms",
    "properties.register.consumer.metrics",
    "properties.request.timeout.ms",
    "properties.retries",
    "properties.retry.backoff.max.ms",
    "properties.retry.backoff.ms",
    "properties.send.buffer.bytes",
    "properties.session.timeout.ms",
    "properties.socket.connection.setup.timeout.max.ms",
    "properties.socket.connection.setup.timeout.ms",
    "properties.transaction.timeout.ms",
    "properties.transactional.id",
    "properties.value.deserializer",
    "properties.value.serializer",
});

static constexpr auto kOfClients = [] {
  std::array<catalog::OptionDescription, kClientSettings.size()> all;
  std::transform(
      kClientSettings.begin(), kClientSettings.end(), all.begin(), [](std::string_view key) {
        return catalog::OptionDescription{
            .key = key, .description = "of clients over a network; here it changes nothing"};
      });
  return all;
}();

// Of each of these a person is told (catalog/option_notices.h): the same file goes to a cluster,
// and one that asks for, say, encryption must not be thought to have it here.
static constexpr catalog::OptionDescription of_connections(std::string_view keys) {
  return {.key = keys,
          .description =
              "it is of connections to a cluster, and this topic is read and written in "
              "process, without one",
          .is_moot = true};
}

static constexpr std::array kOfConnections = {
    of_connections("properties.security.*"), of_connections("properties.sasl.*"),
    of_connections("properties.ssl.*"),
    catalog::OptionDescription{.key = "properties.*",
                               .description = "it is none of Kafka's settings that are known here",
                               .is_moot = true}};

// Of tables over a topic, of either kind.
static constexpr std::array kShared = {
    catalog::OptionDescription{.key = "topic",
                               .required = true,
                               .type = "string",
                               .description = "name of the topic; made where there is none. To be "
                                              "read, of several: 'a;b'",
                               .or_else = "topic-pattern"},
    catalog::OptionDescription{.key = "topic-pattern",
                               .description = "a regular expression: all topics of such names are "
                                              "read, also those made later"},
    catalog::OptionDescription{.key = "properties.bootstrap.servers",
                               .type = "string",
                               .description = "host:port of this server; may be left out"},
    catalog::OptionDescription{
        .key = "properties.group.id",
        .type = "string",
        .description = "consumer group that is told how far the pipeline has read"},
    catalog::OptionDescription{.key = "properties.auto.offset.reset",
                               .type = "earliest|latest",
                               .otherwise = "earliest",
                               .description = "where to begin when the group has no offset yet",
                               .has_more_in_flink = true},
    catalog::OptionDescription{
        .key = "properties.isolation.level",
        .type = "read_committed|read_uncommitted",
        .otherwise = "read_committed",
        .description = "read_uncommitted: records of transactions that are open or aborted too",
        .case_matters = true},
    catalog::OptionDescription{.key = "scan.bounded.mode",
                               .type = "unbounded|latest-offset|timestamp|specific-offsets",
                               .otherwise = "unbounded",
                               .description = "latest-offset: end with what is there at the start"},
    catalog::OptionDescription{
        .key = "scan.bounded.timestamp-millis",
        .type = "integer",
        .description = "end ahead of the first record of this time or later"},
    catalog::OptionDescription{
        .key = "scan.bounded.specific-offsets",
        .description = "end there: 'partition:0,offset:42;partition:1,offset:300'"},
    catalog::OptionDescription{
        .key = "sink.delivery-guarantee",
        .type = "exactly-once|at-least-once|none",
        .otherwise = "exactly-once",
        .description = "exactly-once: readers of committed records see whole epochs; else records "
                       "are there at once, and perhaps again after a crash"},
    catalog::OptionDescription{
        .key = "visibility",
        .type = "epoch|immediate",
        .otherwise = "epoch",
        .description = "immediate: records are there for all readers as soon as they are written, "
                       "and perhaps again after a crash, as at-least-once has it"},
    catalog::OptionDescription{
        .key = "sink.transactional-id-prefix",
        .description = "of Flink's transactions; those of this program need no names"},
    catalog::OptionDescription{.key = "sink.parallelism",
                               .type = "integer",
                               .description = "of Flink's tasks; a pipeline is one here"},
    catalog::OptionDescription{
        .key = "scan.watermark.idle-timeout",
        .type = "duration",
        .otherwise = "5 s",
        .description = "after this long without records a partition holds no watermark back"},
    catalog::OptionDescription{.key = "scan.watermark.emit.strategy",
                               .type = "on-event|on-periodic",
                               .otherwise = "on-event",
                               .description = "when Flink's sources tell of a watermark; here it "
                                              "rises with each record"},
    catalog::OptionDescription{.key = "scan.watermark.emit.on-event.gap",
                               .type = "integer",
                               .description = "of Flink's sources, as the strategy"},
    catalog::OptionDescription{.key = "scan.watermark.alignment.group",
                               .description =
                                   "of Flink's sources, which wait for each other by it; "
                                   "here it changes nothing"},
    catalog::OptionDescription{.key = "scan.watermark.alignment.max-drift",
                               .type = "duration",
                               .description = "of Flink's alignment"},
    catalog::OptionDescription{.key = "scan.watermark.alignment.update-interval",
                               .type = "duration",
                               .description = "of Flink's alignment"},
    catalog::OptionDescription{.key = "scan.parallelism",
                               .type = "integer",
                               .description = "of Flink's tasks; a pipeline is one here"},
    catalog::OptionDescription{.key = "sink.transaction-naming-strategy",
                               .type = "incrementing|pooling",
                               .description = "of Flink's transactions"},
    catalog::OptionDescription{.key = "key.fields-prefix",
                               .description = "of the names of the key's columns, which its fields "
                                              "do not have; with EXCEPT_KEY"},
    catalog::OptionDescription{
        .key = "value.fields-include",
        .type = "ALL|EXCEPT_KEY",
        .otherwise = "ALL",
        .description = "whether the columns of the key are in the value as well"},
};

static constexpr std::array kOfRows = {
    catalog::OptionDescription{
        .key = "scan.startup.mode",
        .type = "earliest-offset|latest-offset|timestamp|group-offsets|specific-offsets",
        .otherwise = "group-offsets",
        .description = "where a new pipeline begins; a restarted one goes on where it was"},
    catalog::OptionDescription{.key = "scan.startup.timestamp-millis",
                               .type = "integer",
                               .description = "begin at the first record of this time or later"},
    catalog::OptionDescription{
        .key = "scan.startup.specific-offsets",
        .description = "begin there: 'partition:0,offset:42;partition:1,offset:300'"},
    catalog::OptionDescription{
        .key = "scan.topic-partition-discovery.interval",
        .type = "duration",
        .otherwise = "5 min",
        .description = "0: partitions added later are not read; else they are as soon as they "
                       "are there"},
    catalog::OptionDescription{.key = "key.fields",
                               .description = "columns, with ';' between them, that make a "
                                              "record's key"},
    catalog::OptionDescription{.key = "sink.partitioner",
                               .type = "default|fixed|round-robin",
                               .otherwise = "default",
                               .description = "where records without a key go",
                               .has_more_in_flink = true,
                               .case_matters = true},
    catalog::OptionDescription{.key = "key.format",
                               .type = "json|csv|raw",
                               .description = "how the key is written",
                               .has_more_in_flink = true,
                               .case_matters = true},
};

static constexpr std::array kOfUpserts = {
    catalog::OptionDescription{.key = "key.format",
                               .required = true,
                               .type = "json|csv|raw",
                               .description = "how the key is written",
                               .has_more_in_flink = true,
                               .case_matters = true},
    catalog::OptionDescription{.key = "sink.buffer-flush.max-rows",
                               .type = "integer",
                               .description = "of Flink's buffer of rows; an epoch's are here"},
    catalog::OptionDescription{.key = "sink.buffer-flush.interval",
                               .type = "duration",
                               .description = "of Flink's buffer of rows; an epoch's are here"},
};

template <size_t a, size_t b>
static constexpr std::array<catalog::OptionDescription, a + b> joined(
    const std::array<catalog::OptionDescription, a>& first,
    const std::array<catalog::OptionDescription, b>& second) {
  std::array<catalog::OptionDescription, a + b> all;
  std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), all.begin()));
  return all;
}
static constexpr std::array kOfAll = joined(kShared, joined(kOfClients, kOfConnections));
static constexpr std::array kOptions = joined(kOfRows, kOfAll);
static constexpr std::array kUpsertOptions = joined(kOfUpserts, kOfAll);

static constexpr std::array kMetadata = {
    catalog::OptionDescription{.key = "topic", .type = "STRING NOT NULL"},
    catalog::OptionDescription{.key = "partition", .type = "INT NOT NULL"},
    catalog::OptionDescription{.key = "offset", .type = "BIGINT NOT NULL"},
    catalog::OptionDescription{.key = "timestamp", .type = "TIMESTAMP_LTZ(3) NOT NULL"},
    catalog::OptionDescription{.key = "headers", .type = "MAP<STRING, BYTES> NOT NULL"},
    catalog::OptionDescription{.key = "leader-epoch", .type = "INT"},
    catalog::OptionDescription{.key = "timestamp-type", .type = "STRING NOT NULL"},
};
static constexpr std::array<std::string_view, 2> kWrittenMetadata = {"timestamp", "headers"};

static bool ends(const catalog::Table& table) {
  return table.option("scan.bounded.mode", "unbounded") != "unbounded";
}

const catalog::ConnectorDescription kTopicConnector = {.name = "kafka",
                                                       .can_read = true,
                                                       .can_write = true,
                                                       .takes_format = true,
                                                       .look_ups = catalog::LookUps::keyed,
                                                       .ends = ends,
                                                       .check_read = check_topic_read,
                                                       .check_written = check_topic_written,
                                                       .options = kOptions,
                                                       .metadata = kMetadata,
                                                       .written_metadata = kWrittenMetadata};

const catalog::ConnectorDescription kUpsertTopicConnector = {.name = "upsert-kafka",
                                                             .can_read = true,
                                                             .can_write = true,
                                                             .takes_format = true,
                                                             .gives = catalog::Changes::upserts,
                                                             .takes = catalog::Changes::upserts,
                                                             .needs_key = true,
                                                             .look_ups = catalog::LookUps::keyed,
                                                             .ends = ends,
                                                             .check_read = check_topic_read,
                                                             .check_written = check_topic_written,
                                                             .options = kUpsertOptions,
                                                             .metadata = kMetadata,
                                                             .written_metadata = kWrittenMetadata};

}  // namespace millrace::connector

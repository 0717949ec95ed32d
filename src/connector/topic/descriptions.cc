// The options and metadata of 'kafka' and 'upsert-kafka', as Flink's connectors have them.

#include <algorithm>
#include <array>

#include "catalog/table.h"
#include "connector/topic/options.h"

namespace millrace::connector {

// Settings of a client that talks over a network, which change no result here, in process. Others
// are refused: a file that asks for, say, encryption must not be told that it has it.
static constexpr catalog::OptionDescription client_setting(std::string_view key) {
  return {.key = key, .description = "of clients over a network; here it changes nothing"};
}

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
                               .description = "where to begin when the group has no offset yet"},
    catalog::OptionDescription{
        .key = "properties.isolation.level",
        .type = "read_committed|read_uncommitted",
        .otherwise = "read_committed",
        .description = "read_uncommitted: records of transactions that are open or aborted too"},
    client_setting("properties.client.id"),
    client_setting("properties.client.id.prefix"),
    client_setting("properties.partition.discovery.interval.ms"),
    client_setting("properties.commit.offsets.on.checkpoint"),
    client_setting("properties.enable.auto.commit"),
    client_setting("properties.auto.commit.interval.ms"),
    client_setting("properties.check.crcs"),
    client_setting("properties.fetch.min.bytes"),
    client_setting("properties.fetch.max.bytes"),
    client_setting("properties.fetch.max.wait.ms"),
    client_setting("properties.max.partition.fetch.bytes"),
    client_setting("properties.max.poll.records"),
    client_setting("properties.max.poll.interval.ms"),
    client_setting("properties.session.timeout.ms"),
    client_setting("properties.heartbeat.interval.ms"),
    client_setting("properties.request.timeout.ms"),
    client_setting("properties.default.api.timeout.ms"),
    client_setting("properties.receive.buffer.bytes"),
    client_setting("properties.send.buffer.bytes"),
    client_setting("properties.metadata.max.age.ms"),
    client_setting("properties.connections.max.idle.ms"),
    client_setting("properties.reconnect.backoff.ms"),
    client_setting("properties.reconnect.backoff.max.ms"),
    client_setting("properties.retry.backoff.ms"),
    client_setting("properties.client.dns.lookup"),
    client_setting("properties.group.instance.id"),
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
                               .description = "where records without a key go"},
    catalog::OptionDescription{
        .key = "key.format", .type = "json|csv|raw", .description = "how the key is written"},
};

static constexpr std::array kOfUpserts = {
    catalog::OptionDescription{.key = "key.format",
                               .required = true,
                               .type = "json|csv|raw",
                               .description = "how the key is written"},
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
static constexpr std::array kOptions = joined(kShared, kOfRows);
static constexpr std::array kUpsertOptions = joined(kShared, kOfUpserts);

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
                                                             .options = kUpsertOptions,
                                                             .metadata = kMetadata,
                                                             .written_metadata = kWrittenMetadata};

}  // namespace millrace::connector

#include "connector/filesystem/options.h"

#include <re2/re2.h>

#include <array>

#include "base/error.h"
#include "base/memory_size.h"
#include "catalog/table.h"
#include "connector/scan_columns.h"
#include "function/value/date_pattern.h"
#include "io/files.h"

namespace millrace::connector {

using catalog::OptionDescription;

static constexpr std::array kOptions = {
    OptionDescription{
        .key = "path", .required = true, .description = "the directory, or a file to read"},
    OptionDescription{.key = "source.monitor-interval",
                      .type = "duration",
                      .description = "look for new files this often; without it reading ends"},
    OptionDescription{.key = "source.path.regex-pattern",
                      .description = "read files whose whole path matches this regular expression"},
    OptionDescription{.key = "source.report-statistics",
                      .type = "none|file-size|file_size|all",
                      .otherwise = "all",
                      .description = "of Flink's planner; not needed here"},
    OptionDescription{.key = "partition.default-name",
                      .otherwise = "__DEFAULT_PARTITION__",
                      .description = "stands for NULL and the empty string in partitions' names"},
    OptionDescription{.key = "sink.rolling-policy.file-size",
                      .type = "memory size",
                      .otherwise = "128MB",
                      .description = "a file of this size is finished"},
    OptionDescription{.key = "sink.rolling-policy.rollover-interval",
                      .type = "duration",
                      .otherwise = "30 min",
                      .description = "a file of this age is finished"},
    OptionDescription{.key = "sink.rolling-policy.inactivity-interval",
                      .type = "duration",
                      .otherwise = "30 min",
                      .description = "a file to which nothing came for this long is finished"},
    OptionDescription{.key = "sink.rolling-policy.check-interval",
                      .type = "duration",
                      .otherwise = "1 min",
                      .description = "how often ages are looked at; here at the end of each epoch"},
    OptionDescription{.key = "sink.shuffle-by-partition.enable",
                      .type = "boolean",
                      .otherwise = "false",
                      .description = "of several writers; there is one here"},
    OptionDescription{.key = "auto-compaction",
                      .type = "false",
                      .otherwise = "false",
                      .description = "merging of small files is not offered",
                      .has_more_in_flink = true},
    OptionDescription{.key = "compaction.file-size",
                      .type = "memory size",
                      .description = "of 'auto-compaction'"},
    OptionDescription{.key = "sink.partition-commit.trigger",
                      .type = "process-time|partition-time",
                      .otherwise = "process-time",
                      .description = "whose time says that a partition is complete"},
    OptionDescription{.key = "sink.partition-commit.delay",
                      .type = "duration",
                      .otherwise = "0 s",
                      .description = "how long after its time a partition is complete"},
    OptionDescription{.key = "sink.partition-commit.watermark-time-zone",
                      .type = "UTC",
                      .otherwise = "UTC",
                      .description = "the zone of partitions' times",
                      .has_more_in_flink = true,
                      .case_matters = true},
    OptionDescription{.key = "sink.partition-commit.policy.kind",
                      .type = "success-file",
                      .description = "how a complete partition is marked",
                      .has_more_in_flink = true},
    OptionDescription{.key = "sink.partition-commit.success-file.name",
                      .otherwise = "_SUCCESS",
                      .description = "the file that marks it"},
    OptionDescription{.key = "partition.time-extractor.kind",
                      .type = "default",
                      .otherwise = "default",
                      .description = "how a partition's time is read",
                      .has_more_in_flink = true},
    OptionDescription{
        .key = "partition.time-extractor.timestamp-pattern",
        .description = "'$dt $hour:00:00': where it stands in the partition's columns"},
    OptionDescription{.key = "partition.time-extractor.timestamp-formatter",
                      .description = "'yyyy-MM-dd HH:mm:ss': how the time is written, in the "
                                     "letters of Java's DateTimeFormatter"},
    OptionDescription{.key = "sink.parallelism",
                      .type = "integer",
                      .description = "of Flink's writers; there is one here"},
};

static constexpr std::array kMetadata = {
    OptionDescription{.key = "file.path", .type = "STRING NOT NULL"},
    OptionDescription{.key = "file.name", .type = "STRING NOT NULL"},
    OptionDescription{.key = "file.size", .type = "BIGINT NOT NULL"},
};

static bool ends(const catalog::Table& table) {
  return table.option("source.monitor-interval").empty();
}

static void check_read(const catalog::Table& table, const std::vector<size_t>& columns) {
  const FilesystemOptions options = FilesystemOptions::from(table);
  static_cast<void>(options.decoder(table, read_schema(table, columns, options.partition_columns)));
}

static void check_written(const catalog::Table& table) {
  static_cast<void>(FilesystemOptions::from(table).encoder(table));
}

const catalog::ConnectorDescription kFilesystemConnector = {.name = "filesystem",
                                                            .can_read = true,
                                                            .can_write = true,
                                                            .takes_format = true,
                                                            .overwrites = true,
                                                            .look_ups = catalog::LookUps::always,
                                                            .ends = ends,
                                                            .check_read = check_read,
                                                            .check_written = check_written,
                                                            .options = kOptions,
                                                            .metadata = kMetadata};

namespace {

// A path of the file's folder, from wherever the file itself was found.
std::string beside(const std::string& file, const std::string& path) {
  const std::string folder = io::parent_of(file);
  return folder == "." ? path : io::join(folder, path);
}

std::string local_path(const catalog::Table& table) {
  std::string path = table.option("path");
  const Position at = table.place_of("path");
  constexpr std::string_view kLocal = "file://";
  if (path.starts_with(kLocal)) {
    path.erase(0, kLocal.size());
  } else if (path.starts_with("file:/")) {
    path.erase(0, kLocal.size() - 2);
  }
  if (path.empty() || path.find("://") != std::string::npos) {
    throw Error(ErrorCode::unsupported,
                "'" + path +
                    "' is no path of this machine: files elsewhere are not read or "
                    "written yet",
                at);
  }
  if (!path.starts_with('/') && !at.file.empty()) {
    path = beside(at.file, path);
  }
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  return path;
}

// The option's value was checked with the table, its default is ours.
Duration duration_of(const catalog::Table& table, const std::string& key,
                     const std::string& otherwise) {
  return *parse_duration(table.option(key, otherwise));
}

RollingPolicy rolling_policy(const catalog::Table& table) {
  const std::string prefix = "sink.rolling-policy.";
  return {.size = *parse_memory_size(table.option(prefix + "file-size", "128MB")),
          .age = duration_of(table, prefix + "rollover-interval", "30 min"),
          .inactivity = duration_of(table, prefix + "inactivity-interval", "30 min")};
}

// A pattern of Java's that is none here may be one there.
std::string path_pattern_of(const catalog::Table& table) {
  static constexpr auto kPattern = "source.path.regex-pattern";
  std::string pattern = table.option(kPattern);
  if (const re2::RE2 read(pattern, re2::RE2::Quiet); !read.ok()) {
    throw Error(ErrorCode::unsupported, std::string("option '") + kPattern + "': " + read.error(),
                table.place_of(kPattern));
  }
  return pattern;
}

// Letters that mean nothing are refused here, not when the first partition is complete.
PartitionTime partition_time_of(const catalog::Table& table) {
  static constexpr auto kLetters = "partition.time-extractor.timestamp-formatter";
  const std::string letters = table.option(kLetters);
  if (!letters.empty()) {
    try {
      function::DatePattern(letters).check_read();
    } catch (const Error& error) {  // told where the letters stand
      throw Error(error.code(), error.message(), table.place_of(kLetters));
    }
  }
  return {.columns = table.option("partition.time-extractor.timestamp-pattern"),
          .letters = letters};
}

PartitionCommit partition_commit(const catalog::Table& table) {
  const std::string prefix = "sink.partition-commit.";
  const bool by_partition = table.option(prefix + "trigger") == "partition-time";
  return {.success_file = !table.option(prefix + "policy.kind").empty(),
          .success_file_name = table.option(prefix + "success-file.name", "_SUCCESS"),
          .trigger = by_partition ? CommitTrigger::partition_time : CommitTrigger::process_time,
          .delay = duration_of(table, prefix + "delay", "0 s"),
          .time = partition_time_of(table)};
}

}  // namespace

FilesystemOptions FilesystemOptions::from(const catalog::Table& table) {
  FilesystemOptions options;
  options.path = local_path(table);
  options.format = format_of(table);
  if (const auto interval = table.option("source.monitor-interval"); !interval.empty()) {
    options.monitor_interval = parse_duration(interval);
  }
  options.path_pattern = path_pattern_of(table);
  options.default_partition = table.option("partition.default-name", "__DEFAULT_PARTITION__");
  options.partition_columns = table.partitioned_by;
  options.rolling = rolling_policy(table);
  options.commit = partition_commit(table);
  return options;
}

std::unique_ptr<codec::Decoder> FilesystemOptions::decoder(const catalog::Table& table,
                                                           const Schema& read) const {
  return format.decoder(read, whole_record(table, partition_columns));
}

std::unique_ptr<codec::Encoder> FilesystemOptions::encoder(const catalog::Table& table) const {
  return format.encoder(whole_record(table, partition_columns));
}

}  // namespace millrace::connector

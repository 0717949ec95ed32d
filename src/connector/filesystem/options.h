#pragma once

// WITH ('connector' = 'filesystem', ...): files of records in a directory, with the options that
// Flink's connector has.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "catalog/connector_description.h"
#include "connector/filesystem/partitions.h"
#include "connector/formats.h"

namespace millrace::connector {

extern const catalog::ConnectorDescription kFilesystemConnector;

// When a file that is being written is finished, and the next one begun.
struct RollingPolicy {
  int64_t size = 0;
  Duration age;
  Duration inactivity;
};

enum class CommitTrigger : uint8_t { process_time, partition_time };

// When a partition is said to be complete, and how.
struct PartitionCommit {
  bool success_file = false;  // otherwise nobody is told
  std::string success_file_name;
  CommitTrigger trigger = CommitTrigger::process_time;
  Duration delay;
  PartitionTime time;
};

struct FilesystemOptions {
  // A directory, or for reading a file too. A relative one is of the folder that the SQL file is
  // in, so that a pipeline and its files move together; of the working directory where the SQL came
  // from no file.
  std::string path;
  FormatChoice format;
  std::optional<Duration> monitor_interval;  // nothing: what is there at the start is all
  std::string path_pattern;                  // a regular expression for whole paths; empty for any
  std::string default_partition;             // the directory's name for NULL
  std::vector<size_t> partition_columns;     // numbers in the table
  RollingPolicy rolling;
  PartitionCommit commit;

  // Throws Error at the option's position for what is not offered.
  static FilesystemOptions from(const catalog::Table& table);

  // Of the table's records, whose fields are in no partition's name; likewise.
  std::unique_ptr<codec::Decoder> decoder(const catalog::Table& table, const Schema& read) const;
  std::unique_ptr<codec::Encoder> encoder(const catalog::Table& table) const;
};

}  // namespace millrace::connector

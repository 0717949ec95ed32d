#pragma once

// Writes rows to files of a directory, as Flink's filesystem connector does: a line a row, in part
// files that are hidden while they grow (part_files.h), below a directory for each partition.
//
// Exactly once (exec/sink.h): prepare() makes the rows durable in hidden files, the token names
// those that are whole, publish() puts these in place. A file grows over many epochs, until it is
// large or old enough or the input has ended; so a reader sees rows with the file they are in, not
// with their epoch, as in Flink.
//
// One that overwrites (INSERT OVERWRITE) shows its files when the input has ended, and removes the
// files that were there ahead of that: of the partitions that it wrote, or of a table without
// partitions. The token names them, so that what others put there later stays.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codec/encoder.h"
#include "connector/filesystem/options.h"
#include "connector/filesystem/part_files.h"
#include "exec/sink.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::connector {

class FilesystemSink final : public exec::Sink {
 public:
  FilesystemSink(const plan::Sink& sink, FilesystemOptions options, exec::TaskContext& task);

  void write(const Batch& rows) override;
  void advance(Watermark now) override { watermark_ = std::max(watermark_, now); }
  void finish() override;
  std::string prepare(Epoch epoch) override;
  void publish(Epoch epoch, std::string_view token) override;
  std::optional<Instant> due_at() const override { return parts_.due_at(); }

 private:
  struct Pending {  // a partition with rows that nobody was told of
    std::vector<std::string> values;
    Timestamp since;
  };

  void append(const std::string& directory);
  std::vector<std::string> partition_values(const Batch& rows, uint32_t row) const;
  bool is_complete(const Pending& partition) const;
  std::vector<std::string> complete_partitions();
  Json files_in_the_way(const Json& whole) const;

  FilesystemOptions options_;
  exec::TaskContext task_;
  bool overwrite_;
  std::vector<size_t> partition_columns_;  // of the batch
  std::vector<std::string> partition_names_;
  std::vector<size_t> record_columns_;  // the others
  std::unique_ptr<codec::Encoder> encoder_;
  PartFiles parts_;
  std::map<std::string, Pending> pending_;  // by directory; where commits are asked for
  Watermark watermark_;
  bool finished_ = false;
  bool restored_ = false;
  std::string bytes_;
};

}  // namespace millrace::connector

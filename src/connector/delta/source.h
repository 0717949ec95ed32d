#pragma once

// Reads a Delta table: the rows of its data files, in the order of the files' names.
//
// Once, as it is when the pipeline begins; or followed from version to version, where the option
// says so or rows look the table up. Then the rows of files that were added come, and those of
// files that were removed are taken back, the latter first, so that a row that was written anew is
// there again at once. A table that is looked up may not be there yet: it is empty until then.
//
// A commit that only writes rows anew, as OPTIMIZE does (its files say dataChange = false), moves
// none where the files that it puts together have been read. Where some of them have, a table that
// is followed for what is added has the others read to their end; one that is looked up, which can
// take rows back, takes back what was read and reads the new files.
//
// Exactly once: which files were read, and how far, is in the task's state, for the files that the
// table has and those that are being taken back. To take a file back it is read again, so it must
// stay on the disk until then, as it does until the table is vacuumed; where it does not, the
// pipeline ends with an error that says so.

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "connector/delta/options.h"
#include "delta/data_files.h"
#include "delta/table.h"
#include "exec/source.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::connector {

class DeltaSource final : public exec::Source {
 public:
  DeltaSource(const plan::Scan& scan, codec::Parquet* parquet, DeltaOptions options,
              exec::TaskContext& task);

  exec::Polled poll() override;
  bool bounded() const override { return !interval_; }
  bool ends() const override { return true; }
  size_t splits() const override { return 1; }
  std::string split_name(size_t) const override { return options_.path; }
  bool caught_up(size_t) const override { return queue_.empty(); }
  void sync() override {}  // what a version names is durable
  void on_ready(std::function<void()>) override {}
  std::optional<Instant> wake_at() const override;

 private:
  // A file whose rows come, or are taken back up to where they came.
  struct Part {
    std::string path;
    RowKind kind = RowKind::insert;
  };

  bool open();
  void look();
  void look_for_rewritten();
  void take_over(const std::vector<delta::Action>& commit);
  bool can_take_over(const std::vector<std::string>& files) const;
  void look_for_removed();
  Schema checked_schema() const;
  bool is_whole(const std::string& path) const;
  std::optional<delta::DataFile> find_file(const std::string& path) const;
  void begin(const Part& part);
  exec::Polled next_rows();
  void finish(const Part& part);
  Batch rows_of(const Batch& stored, RowKind kind) const;
  Batch cut(size_t from, size_t until);

  const plan::Scan* scan_;
  codec::Parquet* parquet_;
  DeltaOptions options_;
  exec::TaskContext task_;
  std::optional<Duration> interval_;  // how often new versions are looked for
  Schema stored_;                     // of the scan's columns, as the files have them
  std::optional<delta::Table> table_;
  // By path: rows that came, with kWhole behind the last; rows that were taken back, while they
  // are.
  state::Numbers& came_;
  state::Numbers& taken_back_;
  state::Numbers& seen_;       // "version": the last that was looked at
  state::Numbers& rewritten_;  // paths that are read to their end, though others have their rows
  std::deque<Part> queue_;
  std::vector<Batch> batches_;  // of the first in the queue
  std::optional<Instant> looked_at_;
  std::optional<delta::Version> looked_at_version_;  // in this life
};

}  // namespace millrace::connector

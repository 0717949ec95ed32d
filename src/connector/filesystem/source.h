#pragma once

// Reads the files of a directory. A split is a file: each has a watermark of its own.
//
// Which file first: where the table has a watermark, the file whose event time is furthest behind
// is read next, a batch at a time, so that files of consecutive times and files that each span all
// of it both come without late rows; where it has none, one after the other in the order of their
// paths (docs/decisions/, "files are read side by side").
//
// Exactly once: the list of files and the next byte of each are in the task's state. Files that
// come later are for 'source.monitor-interval' to find, or for a later run.

#include <memory>
#include <vector>

#include "codec/decoder.h"
#include "codec/framing.h"
#include "connector/filesystem/options.h"
#include "exec/source.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::connector {

class FilesystemSource final : public exec::Source {
 public:
  FilesystemSource(const plan::Scan& scan, FilesystemOptions options, exec::TaskContext& task);
  ~FilesystemSource() override;

  exec::Polled poll() override;
  bool bounded() const override { return !options_.monitor_interval; }
  size_t splits() const override { return splits_.size(); }
  std::string split_name(size_t split) const override;
  bool caught_up(size_t split) const override;
  bool ended(size_t split) const override;
  void prefer(size_t split) override { preferred_ = split; }
  void sync() override {}  // files that are read are finished
  void on_ready(std::function<void()>) override {}
  std::optional<Instant> wake_at() const override;

 private:
  struct Split;

  void restore();
  void find_files();
  void add_split(const std::string& path, std::vector<std::string> partition);
  Split* next_split();
  exec::Polled decode(Split& split);
  Column constant_column(const catalog::ColumnDefinition& column, const Split& split,
                         size_t rows) const;

  const plan::Scan* scan_;
  FilesystemOptions options_;
  exec::TaskContext task_;
  codec::Framing framing_;
  std::unique_ptr<codec::Decoder> decoder_;
  state::Numbers& next_offset_;   // by path
  state::Numbers& split_number_;  // by path: order of discovery
  std::vector<std::unique_ptr<Split>> splits_;
  size_t open_ = 0;       // splits that have not ended
  size_t preferred_ = 0;  // the one to read next
  Instant listed_at_;
};

}  // namespace millrace::connector

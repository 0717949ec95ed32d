#pragma once

// Appends a pipeline's rows to a Delta table, each epoch's in one commit.
//
// Exactly once (exec/sink.h): prepare() writes the epoch's data files, which no reader sees; the
// token lists them; publish() commits them together with the transaction (application id, epoch),
// and does nothing where the table has that epoch already. Files are named by application and
// epoch, so what a crash left of an epoch without checkpoint is told by its name and removed.
//
// One that overwrites (INSERT OVERWRITE) keeps its files in its tokens until the input has ended,
// and commits them all in place of what is there then.

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "connector/delta/options.h"
#include "delta/data_files.h"
#include "delta/table.h"
#include "exec/sink.h"
#include "io/world.h"

namespace millrace::codec {
class Parquet;
}

namespace millrace::connector {

class DeltaSink final : public exec::Sink {
 public:
  // Makes the table where there is none. One that lacks the last of the columns gets them at the
  // first prepare(), where they may be NULL; one that has more behind them has those NULL. Throws
  // Error(type_mismatch) where there is one of other columns. `app_id` is the same after every
  // restart, and nobody else's.
  DeltaSink(const io::World& world, codec::Parquet* parquet, const DeltaOptions& options,
            const std::string& app_id);

  void write(const Batch& rows) override;
  void finish() override { finished_ = true; }
  std::string prepare(Epoch epoch) override;
  void publish(Epoch epoch, std::string_view token) override;
  bool overlaps() const override { return true; }

 private:
  Schema fitting_schema(const DeltaOptions& options) const;
  void check_partitions(const DeltaOptions& options) const;
  void check_nulls(const Batch& rows) const;
  std::string file_prefix() const;
  void remove_garbage();
  std::string overwriting_token() const;
  void publish_overwriting(const Json& token, const delta::Txn& txn);

  io::World world_;
  std::string app_id_;
  delta::Table table_;
  Schema schema_;  // of the rows
  delta::DataWriter writer_;
  bool has_begun_ = false;
  bool overwrite_;
  std::vector<delta::Add> held_;  // files of one that overwrites
  bool finished_ = false;
};

}  // namespace millrace::connector

#pragma once

// A Delta table in a directory: created, looked at, appended to.
//
// The state is replayed once and then advanced commit by commit. Any number of writers, in this
// process or elsewhere, may append at once: whoever loses the race for a version tries the next,
// as long as the winner changed neither schema nor protocol, but for columns that it added.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delta/log.h"
#include "delta/snapshot.h"
#include "io/world.h"

namespace millrace::delta {

struct NewTable {
  std::string name;
  Schema schema;  // any; stored as stored_schema() says
  std::vector<std::string> partition_columns;
};

// One thread at a time; other tables on the same directory may be used meanwhile.
class Table {
 public:
  // World and Parquet outlive the table. Nothing where there is none at `path`. Throws
  // Error(unsupported) for one that we may not read.
  static std::optional<Table> open(const io::World& world, codec::Parquet* parquet,
                                   const std::string& path);
  // Opens it where it is already there, whatever it is like.
  static Table open_or_create(const io::World& world, codec::Parquet* parquet,
                              const std::string& path, const NewTable& description);

  const std::string& path() const { return path_; }
  // As of the last open, refresh or append.
  const Snapshot& snapshot() const { return snapshot_; }
  // Takes up what others committed since.
  void refresh();
  // What that commit did; nothing where its file is not there any more.
  std::optional<std::vector<Action>> commit(Version version) const { return log_.read(version); }

  // Gives the table these columns of a stored schema, nullable, behind those that it has; rows that
  // are there are NULL in them. Nothing is done where it has them. Throws Error(conflict) where its
  // columns are not the first of them, as append() where we may not write it.
  void add_columns(const Schema& all);

  // Commits the files, which are durable already, and the transaction in one step. Nothing is done
  // where the application has already committed that version or a later one. Throws
  // Error(conflict) where the table became another one meanwhile, but for columns that came on.
  void append(const std::vector<Add>& files, const Txn& txn);
  // The same in place of what is there then: of the partitions that the files are of, or of a table
  // without partitions all. Throws Error(unsupported) where the table is for appending alone.
  void replace(const std::vector<Add>& files, const Txn& txn);

 private:
  Table(const io::World& world, codec::Parquet* parquet, std::string path);
  void commit(const std::vector<Add>& files, const Txn& txn, bool in_place_of_others);
  std::vector<Action> removals(const std::vector<Add>& files) const;
  std::string commit_text(const std::vector<Action>& actions, std::string_view operation) const;
  void checkpoint_if_due();

  io::World world_;
  std::string path_;
  Log log_;
  Snapshot snapshot_;
};

}  // namespace millrace::delta

#pragma once

// Ad-hoc SQL over the lake, by DuckDB: read-only, within limits of memory and threads, and unable
// to see any file outside the lake.
//
// Each statement reads each table as of one version, the newest at the time of planning. Columns of
// types that ours cannot hold come out as JSON or text.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codec/duckdb/database.h"
#include "query/lake.h"

namespace millrace::query {

struct EngineOptions {
  std::string lake_directory;
  int threads = 2;
  std::string memory_limit = "1GB";
};

// Shared by sessions on any threads; outlives them.
class Engine {
 public:
  Engine(const io::World& world, const EngineOptions& options);

 private:
  friend class Session;
  void refresh(const std::string& sql);
  void refresh_view(const TableName& name);
  void refresh_catalog(const std::vector<TableName>& tables);

  // Held while views change and while a statement is planned on them.
  std::mutex mutex_;
  std::string directory_;
  Lake lake_;
  codec::DuckDatabase database_;
  codec::DuckConnection views_;
  std::map<TableName, delta::Version> shown_;  // the version that each view shows
  std::string catalog_shown_;                  // the statements that filled the catalog last
};

struct ResultColumn {
  std::string name;
  Type type;
  bool is_json = false;
};

// The rows of a statement, a batch at a time.
class Cursor {
 public:
  Cursor(codec::DuckResult result) : result_(std::move(result)) {}
  // Nothing after the last. Throws Error(cancelled) once interrupted.
  std::optional<Batch> next() { return result_.next(); }

 private:
  codec::DuckResult result_;
};

class Statement {
 public:
  const std::vector<ResultColumn>& columns() const { return columns_; }
  size_t parameters() const { return parameter_types_.size(); }
  // As far as their use tells; null_ otherwise.
  const std::vector<Type>& parameter_types() const { return parameter_types_; }
  const std::string& sql() const { return sql_; }

 private:
  friend class Session;
  std::string sql_;       // as given
  std::string runnable_;  // with conversions of columns that need one
  std::vector<ResultColumn> columns_;
  std::vector<Type> parameter_types_;
};

// A parameter's value: NULL, or text, or one of the types that need no text.
using Parameter = std::variant<std::monostate, std::string, int64_t, double, bool>;

// One client's connection. One thread at a time, but for interrupt().
class Session {
 public:
  explicit Session(Engine& engine);

  // One statement, without a semicolon. Throws Error: with the position in the text where known;
  // with forbidden for whatever would change something.
  Statement prepare(const std::string& sql);
  Cursor run(const Statement& statement, const std::vector<Parameter>& parameters = {});
  void interrupt() { connection_.interrupt(); }

 private:
  Engine& engine_;
  codec::DuckConnection connection_;
};

}  // namespace millrace::query

#pragma once

// DuckDB as Millrace uses it: an engine in this process for Parquet and ad-hoc SQL that keeps
// nothing of its own. Failures throw Error with DuckDB's kind of error as code (error.h beside).

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "column/batch.h"
#include "column/type.h"

namespace millrace::codec {

// An empty database in memory. Shared by connections on any threads; outlives them.
class DuckDatabase {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;

  explicit DuckDatabase(const Settings& settings);
  ~DuckDatabase();
  DuckDatabase(const DuckDatabase&) = delete;
  DuckDatabase& operator=(const DuckDatabase&) = delete;

 private:
  friend class DuckConnection;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The rows that a statement gives. Needs its connection, and ends before that runs anything else.
class DuckResult {
 public:
  DuckResult(DuckResult&&) noexcept;
  DuckResult& operator=(DuckResult&&) noexcept;
  ~DuckResult();

  // Each column of a type that is_readable(), see vectors.h.
  const Schema& schema() const;
  // The next rows, up to Batch::kMaxRows; nothing after the last. Throws what running them throws.
  std::optional<Batch> next();

 private:
  friend class DuckConnection;
  friend class DuckStatement;
  struct Impl;
  explicit DuckResult(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct DuckColumn {
  std::string name;
  Type type;  // null_ where the type is none of ours
  // Where it is none: what to write around the column to get one, as "CAST(" and " AS VARCHAR)".
  std::pair<std::string, std::string> conversion;
  std::string alias;  // "JSON" where DuckDB has a name of its own for the type
};

// What a statement does, as far as anybody here asks.
enum class DuckStatementKind : uint8_t { select, explain, other };

// One statement, bound. Needs its connection.
class DuckStatement {
 public:
  DuckStatement(DuckStatement&&) noexcept;
  DuckStatement& operator=(DuckStatement&&) noexcept;
  ~DuckStatement();

  DuckStatementKind kind() const;
  std::vector<DuckColumn> columns() const;
  // The type of each parameter as far as its use tells; null_ otherwise.
  std::vector<Type> parameters() const;
  // Parameters count from 0. The text is cast to whatever type the use asks for.
  void bind_text(size_t parameter, std::string_view value);
  void bind_integer(size_t parameter, int64_t value);
  void bind_double(size_t parameter, double value);
  void bind_boolean(size_t parameter, bool value);
  void bind_bytes(size_t parameter, std::string_view value);
  void bind_null(size_t parameter);
  // Planned here, on the tables as they are now; rows are computed as they are fetched. Needs the
  // statement no longer.
  DuckResult run();

 private:
  friend class DuckConnection;
  struct Impl;
  explicit DuckStatement(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One thread at a time, but for interrupt().
class DuckConnection {
 public:
  explicit DuckConnection(DuckDatabase& database);
  ~DuckConnection();
  DuckConnection(const DuckConnection&) = delete;
  DuckConnection& operator=(const DuckConnection&) = delete;

  // Runs one statement to its end.
  DuckResult run(const std::string& sql);
  DuckStatement prepare(const std::string& sql);
  // From any thread: what runs now fails with Error(cancelled).
  void interrupt();

  // Makes a table function without parameters, `SELECT * FROM name()`, over whatever `batches`
  // points at while a statement runs. The span and what it refers to are the caller's; nobody
  // else may use the connection's database meanwhile.
  void expose(const std::string& name, const Schema* schema, const std::span<const Batch>* batches);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::codec

#include "codec/duckdb/database.h"

#include <duckdb.h>

#include "base/check.h"
#include "base/error.h"
#include "codec/duckdb/calls.inc"
#include "codec/duckdb/error.h"
#include "codec/duckdb/vectors.h"

namespace millrace::codec {

namespace {

// A handle that DuckDB's own function destroys.
template <typename Handle, const auto& destroy>
class Owned {
 public:
  explicit Owned(Handle handle = nullptr) : handle_(handle) {}
  ~Owned() {
    if (handle_ != nullptr) {
      destroy(&handle_);
    }
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  operator Handle() const { return handle_; }
  Handle* put() { return &handle_; }

 private:
  Handle handle_;
};

using LogicalType = Owned<duckdb_logical_type, duckdb_destroy_logical_type>;
using Prepared = Owned<duckdb_prepared_statement, duckdb_destroy_prepare>;
using Config = Owned<duckdb_config, duckdb_destroy_config>;
using Pending = Owned<duckdb_pending_result, duckdb_destroy_pending>;

[[noreturn]] void fail(const char* text) {
  throw from_duckdb_error(text != nullptr ? text : "INTERNAL Error: DuckDB gave no reason");
}

}  // namespace

struct DuckDatabase::Impl {
  Owned<duckdb_database, duckdb_close> handle;
};

DuckDatabase::DuckDatabase(const Settings& settings) : impl_(std::make_unique<Impl>()) {
  Config config;
  check(duckdb_create_config(config.put()) == DuckDBSuccess);
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config, name.c_str(), value.c_str()) != DuckDBSuccess) {
      throw Error(ErrorCode::invalid_argument,
                  "DuckDB does not know the setting '" + name + "' = '" + value + "'");
    }
  }
  char* why = nullptr;
  if (duckdb_open_ext(nullptr, impl_->handle.put(), config, &why) != DuckDBSuccess) {
    const std::string text = why != nullptr ? why : "";
    duckdb_free(why);
    fail(text.c_str());
  }
}

DuckDatabase::~DuckDatabase() = default;

struct DuckResult::Impl {
  ~Impl() { duckdb_destroy_result(&result); }

  // Planned and not yet begun, or run.
  Pending pending;
  bool begun = false;
  duckdb_result result{};
  Schema schema;
};

DuckResult::DuckResult(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DuckResult::DuckResult(DuckResult&&) noexcept = default;
DuckResult& DuckResult::operator=(DuckResult&&) noexcept = default;
DuckResult::~DuckResult() = default;

const Schema& DuckResult::schema() const { return impl_->schema; }

static Type type_or_none(const LogicalType& type) {
  return type != nullptr && is_readable(type) ? from_duckdb_type(type) : Type::of(TypeKind::null_);
}

static Schema schema_of(duckdb_result& result) {
  Schema schema;
  for (idx_t i = 0; i < duckdb_column_count(&result); ++i) {
    const LogicalType type(duckdb_column_logical_type(&result, i));
    schema.fields.push_back({duckdb_column_name(&result, i), type_or_none(type)});
  }
  return schema;
}

static void check_readable(const Schema& schema) {
  for (const Field& field : schema.fields) {
    if (field.type.kind == TypeKind::null_) {
      throw Error(ErrorCode::unsupported,
                  "cannot read column '" + field.name + "' of a nested or rare type; cast it");
    }
  }
}

std::optional<Batch> DuckResult::next() {
  if (!impl_->begun) {
    impl_->begun = true;
    if (duckdb_execute_pending(impl_->pending, &impl_->result) != DuckDBSuccess) {
      fail(duckdb_result_error(&impl_->result));
    }
  }
  check_readable(impl_->schema);
  duckdb_data_chunk chunk = duckdb_fetch_chunk(impl_->result);
  if (chunk == nullptr) {
    if (const char* why = duckdb_result_error(&impl_->result); why != nullptr && *why != '\0') {
      fail(why);
    }
    return std::nullopt;
  }
  const std::shared_ptr<_duckdb_data_chunk> held(
      chunk, [](duckdb_data_chunk last) { duckdb_destroy_data_chunk(&last); });
  return read_chunk(held, impl_->schema);
}

struct DuckStatement::Impl {
  Prepared handle;
};

DuckStatement::DuckStatement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DuckStatement::DuckStatement(DuckStatement&&) noexcept = default;
DuckStatement& DuckStatement::operator=(DuckStatement&&) noexcept = default;
DuckStatement::~DuckStatement() = default;

DuckStatementKind DuckStatement::kind() const {
  const duckdb_statement_type type = duckdb_prepared_statement_type(impl_->handle);
  return type == DUCKDB_STATEMENT_TYPE_SELECT    ? DuckStatementKind::select
         : type == DUCKDB_STATEMENT_TYPE_EXPLAIN ? DuckStatementKind::explain
                                                 : DuckStatementKind::other;
}

std::vector<DuckColumn> DuckStatement::columns() const {
  std::vector<DuckColumn> columns;
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(impl_->handle); ++i) {
    const LogicalType type(duckdb_prepared_statement_column_logical_type(impl_->handle, i));
    const char* name = duckdb_prepared_statement_column_name(impl_->handle, i);
    char* alias = duckdb_logical_type_get_alias(type);
    columns.push_back(
        {name, type_or_none(type), readable_conversion(type), alias != nullptr ? alias : ""});
    duckdb_free(const_cast<char*>(name));
    duckdb_free(alias);
  }
  return columns;
}

std::vector<Type> DuckStatement::parameters() const {
  std::vector<Type> types;
  for (idx_t i = 1; i <= duckdb_nparams(impl_->handle); ++i) {
    types.push_back(type_or_none(LogicalType(duckdb_param_logical_type(impl_->handle, i))));
  }
  return types;
}

static void expect_bound(duckdb_state state, duckdb_prepared_statement statement) {
  if (state != DuckDBSuccess) {
    fail(duckdb_prepare_error(statement));
  }
}

void DuckStatement::bind_text(size_t parameter, std::string_view value) {
  expect_bound(duckdb_bind_varchar_length(impl_->handle, parameter + 1, value.data(), value.size()),
               impl_->handle);
}
void DuckStatement::bind_integer(size_t parameter, int64_t value) {
  expect_bound(duckdb_bind_int64(impl_->handle, parameter + 1, value), impl_->handle);
}
void DuckStatement::bind_double(size_t parameter, double value) {
  expect_bound(duckdb_bind_double(impl_->handle, parameter + 1, value), impl_->handle);
}
void DuckStatement::bind_boolean(size_t parameter, bool value) {
  expect_bound(duckdb_bind_boolean(impl_->handle, parameter + 1, value), impl_->handle);
}
void DuckStatement::bind_bytes(size_t parameter, std::string_view value) {
  expect_bound(duckdb_bind_blob(impl_->handle, parameter + 1, value.data(), value.size()),
               impl_->handle);
}
void DuckStatement::bind_null(size_t parameter) {
  expect_bound(duckdb_bind_null(impl_->handle, parameter + 1), impl_->handle);
}

DuckResult DuckStatement::run() {
  auto result = std::make_unique<DuckResult::Impl>();
  if (duckdb_pending_prepared_streaming(impl_->handle, result->pending.put()) != DuckDBSuccess) {
    fail(duckdb_pending_error(result->pending));
  }
  for (const DuckColumn& column : columns()) {
    result->schema.fields.push_back({column.name, column.type});
  }
  return DuckResult(std::move(result));
}

// What expose() tells the callbacks; lives as long as the connection.
struct Exposed {
  const Schema* schema;
  const std::span<const Batch>* batches;
  size_t batch = 0;  // where the scan stands
  size_t row = 0;
};

struct DuckConnection::Impl {
  Owned<duckdb_connection, duckdb_disconnect> handle;
  std::vector<std::unique_ptr<Exposed>> exposed;
};

DuckConnection::DuckConnection(DuckDatabase& database) : impl_(std::make_unique<Impl>()) {
  check(duckdb_connect(database.impl_->handle, impl_->handle.put()) == DuckDBSuccess);
}

DuckConnection::~DuckConnection() = default;

DuckResult DuckConnection::run(const std::string& sql) {
  auto result = std::make_unique<DuckResult::Impl>();
  if (duckdb_query(impl_->handle, sql.c_str(), &result->result) != DuckDBSuccess) {
    fail(duckdb_result_error(&result->result));
  }
  result->begun = true;
  result->schema = schema_of(result->result);
  return DuckResult(std::move(result));
}

DuckStatement DuckConnection::prepare(const std::string& sql) {
  auto statement = std::make_unique<DuckStatement::Impl>();
  if (duckdb_prepare(impl_->handle, sql.c_str(), statement->handle.put()) != DuckDBSuccess) {
    fail(duckdb_prepare_error(statement->handle));
  }
  return DuckStatement(std::move(statement));
}

void DuckConnection::interrupt() { duckdb_interrupt(impl_->handle); }

static void bind_exposed(duckdb_bind_info info) {
  const auto* exposed = static_cast<const Exposed*>(duckdb_bind_get_extra_info(info));
  idx_t rows = 0;
  for (const Batch& batch : *exposed->batches) {
    rows += batch.size();
  }
  duckdb_bind_set_cardinality(info, rows, true);
  for (const Field& field : exposed->schema->fields) {
    const LogicalType type(to_duckdb_type(field.type));
    duckdb_bind_add_result_column(info, field.name.c_str(), type);
  }
}

static void start_exposed(duckdb_init_info info) {
  auto* exposed = static_cast<Exposed*>(duckdb_init_get_extra_info(info));
  exposed->batch = 0;
  exposed->row = 0;
  duckdb_init_set_max_threads(info, 1);
}

static void scan_exposed(duckdb_function_info info, duckdb_data_chunk chunk) {
  auto* exposed = static_cast<Exposed*>(duckdb_function_get_extra_info(info));
  const std::span<const Batch> batches = *exposed->batches;
  while (exposed->batch < batches.size() && exposed->row == batches[exposed->batch].size()) {
    ++exposed->batch;
    exposed->row = 0;
  }
  if (exposed->batch == batches.size()) {
    duckdb_data_chunk_set_size(chunk, 0);
    return;
  }
  const Batch& batch = batches[exposed->batch];
  const size_t count = std::min<size_t>(batch.size() - exposed->row, duckdb_vector_size());
  fill_chunk(batch, exposed->row, count, chunk);
  exposed->row += count;
}

void DuckConnection::expose(const std::string& name, const Schema* schema,
                            const std::span<const Batch>* batches) {
  impl_->exposed.push_back(std::make_unique<Exposed>(Exposed{schema, batches}));
  Owned<duckdb_table_function, duckdb_destroy_table_function> function(
      duckdb_create_table_function());
  duckdb_table_function_set_name(function, name.c_str());
  duckdb_table_function_set_extra_info(function, impl_->exposed.back().get(), nullptr);
  duckdb_table_function_set_bind(function, bind_exposed);
  duckdb_table_function_set_init(function, start_exposed);
  duckdb_table_function_set_function(function, scan_exposed);
  check(duckdb_register_table_function(impl_->handle, function) == DuckDBSuccess);
}

}  // namespace millrace::codec

#pragma once

// DuckDB's functions, by their own names, each looked up in its library when it is first called.
// The library is loaded with the first of them: linked to the program, its tens of thousands of
// symbols would cost every start ten milliseconds of processor time, most of which never need it.
//
// For the .cc files of this folder alone: it brings DuckDB's header along.

#include <duckdb.h>

#include <atomic>

namespace millrace::codec {

// Throws Error(unavailable) where the library is not to be had or knows no such function.
void* find_in_duckdb(const char* name);

template <typename Function>
class DuckCall;

template <typename Result, typename... Arguments>
class DuckCall<Result(Arguments...)> {
 public:
  explicit constexpr DuckCall(const char* name) : name_(name) {}

  Result operator()(Arguments... arguments) const {
    auto* found = function_.load(std::memory_order_relaxed);
    if (found == nullptr) [[unlikely]] {
      found = reinterpret_cast<Function*>(find_in_duckdb(name_));
      function_.store(found, std::memory_order_relaxed);
    }
    return found(arguments...);
  }

 private:
  using Function = Result(Arguments...);

  const char* name_;
  mutable std::atomic<Function*> function_ = nullptr;
};

#define MILLRACE_DUCKDB(name) inline constinit const DuckCall<decltype(::name)> name(#name)
MILLRACE_DUCKDB(duckdb_bind_add_result_column);
MILLRACE_DUCKDB(duckdb_bind_blob);
MILLRACE_DUCKDB(duckdb_bind_boolean);
MILLRACE_DUCKDB(duckdb_bind_double);
MILLRACE_DUCKDB(duckdb_bind_get_extra_info);
MILLRACE_DUCKDB(duckdb_bind_int64);
MILLRACE_DUCKDB(duckdb_bind_null);
MILLRACE_DUCKDB(duckdb_bind_set_cardinality);
MILLRACE_DUCKDB(duckdb_bind_varchar_length);
MILLRACE_DUCKDB(duckdb_close);
MILLRACE_DUCKDB(duckdb_column_count);
MILLRACE_DUCKDB(duckdb_column_logical_type);
MILLRACE_DUCKDB(duckdb_column_name);
MILLRACE_DUCKDB(duckdb_connect);
MILLRACE_DUCKDB(duckdb_create_config);
MILLRACE_DUCKDB(duckdb_create_decimal_type);
MILLRACE_DUCKDB(duckdb_create_logical_type);
MILLRACE_DUCKDB(duckdb_create_table_function);
MILLRACE_DUCKDB(duckdb_data_chunk_get_size);
MILLRACE_DUCKDB(duckdb_data_chunk_get_vector);
MILLRACE_DUCKDB(duckdb_data_chunk_set_size);
MILLRACE_DUCKDB(duckdb_decimal_scale);
MILLRACE_DUCKDB(duckdb_decimal_width);
MILLRACE_DUCKDB(duckdb_destroy_config);
MILLRACE_DUCKDB(duckdb_destroy_data_chunk);
MILLRACE_DUCKDB(duckdb_destroy_logical_type);
MILLRACE_DUCKDB(duckdb_destroy_pending);
MILLRACE_DUCKDB(duckdb_destroy_prepare);
MILLRACE_DUCKDB(duckdb_destroy_result);
MILLRACE_DUCKDB(duckdb_destroy_table_function);
MILLRACE_DUCKDB(duckdb_disconnect);
MILLRACE_DUCKDB(duckdb_execute_pending);
MILLRACE_DUCKDB(duckdb_fetch_chunk);
MILLRACE_DUCKDB(duckdb_free);
MILLRACE_DUCKDB(duckdb_function_get_extra_info);
MILLRACE_DUCKDB(duckdb_get_type_id);
MILLRACE_DUCKDB(duckdb_init_get_extra_info);
MILLRACE_DUCKDB(duckdb_init_set_max_threads);
MILLRACE_DUCKDB(duckdb_interrupt);
MILLRACE_DUCKDB(duckdb_logical_type_get_alias);
MILLRACE_DUCKDB(duckdb_nparams);
MILLRACE_DUCKDB(duckdb_open_ext);
MILLRACE_DUCKDB(duckdb_param_logical_type);
MILLRACE_DUCKDB(duckdb_pending_error);
MILLRACE_DUCKDB(duckdb_pending_prepared_streaming);
MILLRACE_DUCKDB(duckdb_prepare);
MILLRACE_DUCKDB(duckdb_prepare_error);
MILLRACE_DUCKDB(duckdb_prepared_statement_column_count);
MILLRACE_DUCKDB(duckdb_prepared_statement_column_logical_type);
MILLRACE_DUCKDB(duckdb_prepared_statement_column_name);
MILLRACE_DUCKDB(duckdb_prepared_statement_type);
MILLRACE_DUCKDB(duckdb_query);
MILLRACE_DUCKDB(duckdb_register_table_function);
MILLRACE_DUCKDB(duckdb_result_error);
MILLRACE_DUCKDB(duckdb_set_config);
MILLRACE_DUCKDB(duckdb_table_function_set_bind);
MILLRACE_DUCKDB(duckdb_table_function_set_extra_info);
MILLRACE_DUCKDB(duckdb_table_function_set_function);
MILLRACE_DUCKDB(duckdb_table_function_set_init);
MILLRACE_DUCKDB(duckdb_table_function_set_name);
MILLRACE_DUCKDB(duckdb_validity_row_is_valid);
MILLRACE_DUCKDB(duckdb_validity_set_row_validity);
MILLRACE_DUCKDB(duckdb_vector_ensure_validity_writable);
MILLRACE_DUCKDB(duckdb_vector_get_data);
MILLRACE_DUCKDB(duckdb_vector_get_validity);
MILLRACE_DUCKDB(duckdb_vector_size);
#undef MILLRACE_DUCKDB

}  // namespace millrace::codec

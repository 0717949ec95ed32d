/* What a library's functions may get wrong, for function/foreign/library_test.cc. */

#include <string.h>

#include "millrace/aggregate_function.h"
#include "millrace/table_function.h"

/* Each row's own number, so that one sees which rows a call had. */
static void compute_numbers(const struct millrace_call* call) {
  for (size_t row = 0; row < call->rows; ++row) {
    ((int64_t*)call->result)[row] = (int64_t)row;
  }
}
MILLRACE_EXPORT const struct millrace_function number_of_row = {
    MILLRACE_FUNCTION_ABI, MILLRACE_NULL_IN_NULL_OUT | MILLRACE_VOLATILE, "STRING", "BIGINT",
    compute_numbers};

/* Its argument, and failures and NULLs by what it says. */
static void compute_echoes(const struct millrace_call* call) {
  const struct millrace_string* texts = call->argument[0].values;
  for (size_t row = 0; row < call->rows; ++row) {
    if (millrace_is_null(&call->argument[0], row)) {
      call->set_string(call, row, "nothing", 7);
    } else if (texts[row].size == 4 && memcmp(texts[row].data, "fail", 4) == 0) {
      call->fail(call, row, "asked to");
    } else if (texts[row].size == 4 && memcmp(texts[row].data, "null", 4) == 0) {
      call->set_null(call, row);
    } else if (texts[row].size == 3 && memcmp(texts[row].data, "bad", 3) == 0) {
      call->set_string(call, row, "\xff", 1);
    } else {
      call->set_string(call, row, texts[row].data, texts[row].size);
    }
  }
}
MILLRACE_EXPORT const struct millrace_function echo = {MILLRACE_FUNCTION_ABI, 0, "STRING",
                                                       "STRING NOT NULL", compute_echoes};

static void compute_decimals(const struct millrace_call* call) {
  memcpy(call->result, call->argument[0].values, call->rows * sizeof(int64_t));
}
MILLRACE_EXPORT const struct millrace_function as_decimal = {
    MILLRACE_FUNCTION_ABI, MILLRACE_NULL_IN_NULL_OUT, "BIGINT", "DECIMAL(3, 1)", compute_decimals};

/* No value of the type in any row: NULL in the first, a failure in the second. */
static void compute_wild(const struct millrace_call* call) {
  memset(call->result, 0x7f, call->rows * sizeof(int64_t));
  call->set_null(call, 0);
  call->fail(call, 1, "asked to");
}
MILLRACE_EXPORT const struct millrace_function wild_decimals = {MILLRACE_FUNCTION_ABI, 0, "STRING",
                                                                "DECIMAL(3, 1)", compute_wild};

static void compute_truth(const struct millrace_call* call) { memset(call->result, 7, call->rows); }
MILLRACE_EXPORT const struct millrace_function truth = {MILLRACE_FUNCTION_ABI, 0, "", "BOOLEAN",
                                                        compute_truth};

static void compute_too_many(const struct millrace_call* call) {
  call->fail(call, call->rows, "one row behind the last");
}
MILLRACE_EXPORT const struct millrace_function too_many = {MILLRACE_FUNCTION_ABI, 0, "", "INT",
                                                           compute_too_many};

MILLRACE_EXPORT const struct millrace_function of_tomorrow = {99, 0, "", "INT", compute_truth};
MILLRACE_EXPORT const struct millrace_function half_filled = {MILLRACE_FUNCTION_ABI, 0, "", "INT",
                                                              0};

/* --- Table functions --- */

/* As many rows as the argument says. Of 8, 9 and 10 the last has a value that may not be given: a
   decimal too large, a string that is not UTF-8, NULL. */
static void emit_repeats(const struct millrace_table_call* call) {
  const int32_t* times = call->argument[0].values;
  for (size_t row = 0; row < call->rows; ++row) {
    if (times[row] < 0) {
      call->fail(call, row, "asked to");
    }
    for (int32_t time = 0; time < times[row]; ++time) {
      const int32_t wrong = time + 1 == times[row] ? times[row] : 0;
      const struct millrace_string text = {"bad \xff", wrong == 9 ? 5 : 3};
      const int64_t amount = wrong == 8 ? 12345 : time;
      const int is_null = wrong != 8 && time % 2 == 1;
      const void* const values[] = {wrong == 10 ? NULL : &text, is_null ? NULL : &amount};
      call->emit(call, row, values);
    }
  }
}
MILLRACE_EXPORT const struct millrace_table_function repeats = {
    MILLRACE_TABLE_FUNCTION_ABI, MILLRACE_NULL_IN_NULL_OUT, "times INT",
    "text STRING NOT NULL, amount DECIMAL(3, 1)", emit_repeats};

static void emit_backwards(const struct millrace_table_call* call) {
  const int32_t one = 1;
  const void* const values[] = {&one};
  for (size_t row = call->rows; row-- > 0;) {
    call->emit(call, row, values);
  }
}
MILLRACE_EXPORT const struct millrace_table_function backwards = {
    MILLRACE_TABLE_FUNCTION_ABI, 0, "x INT", "one INT", emit_backwards};

MILLRACE_EXPORT const struct millrace_table_function without_columns = {
    MILLRACE_TABLE_FUNCTION_ABI, 0, "x INT", 0, emit_backwards};

/* --- Aggregate functions --- */

static void add_rows(const struct millrace_additions* additions) {
  for (size_t row = 0; row < additions->rows; ++row) {
    *(int64_t*)additions->state[row] += 1;
  }
}
static void fail_always(const struct millrace_call* results, const void* const* states) {
  (void)states;
  results->fail(results, 0, "asked to");
}
MILLRACE_EXPORT const struct millrace_aggregate_function without_result = {
    MILLRACE_AGGREGATE_FUNCTION_ABI, 0, "x INT", "BIGINT", 8, add_rows, 0, 0, fail_always, 0, 0, 0};

static void add_values(const struct millrace_additions* additions) {
  const int64_t* values = additions->argument[0].values;
  for (size_t row = 0; row < additions->rows; ++row) {
    *(int64_t*)additions->state[row] += values[row];
  }
}
static void get_sums(const struct millrace_call* results, const void* const* states) {
  int64_t* sums = results->result;
  for (size_t row = 0; row < results->rows; ++row) {
    sums[row] = *(const int64_t*)states[row];
  }
}
MILLRACE_EXPORT const struct millrace_aggregate_function sum_of = {
    MILLRACE_AGGREGATE_FUNCTION_ABI, MILLRACE_NULL_IN_NULL_OUT, "x BIGINT", "BIGINT", 8,
    add_values, 0, 0, get_sums, 0, 0, 0};

/* What it keeps elsewhere would be lost. */
static void destroy_nothing(void* state) { (void)state; }
MILLRACE_EXPORT const struct millrace_aggregate_function without_save = {
    MILLRACE_AGGREGATE_FUNCTION_ABI, 0, "x INT", "BIGINT", 8, add_rows, 0, 0, fail_always,
    destroy_nothing, 0, 0};

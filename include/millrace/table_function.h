/* Table functions for Millrace's SQL out of a shared library: any number of rows for each call.
 *
 *   CREATE FUNCTION words AS 'words' LANGUAGE C USING LIBRARY './libwords.so';
 *   SELECT t.id, w.word FROM t, LATERAL TABLE(words(t.line)) AS w;
 *
 * A library exports one `struct millrace_table_function` a function. Types, columns and versions
 * are as millrace/function.h has them; examples/functions/words.c uses this. */

#ifndef MILLRACE_TABLE_FUNCTION_H
#define MILLRACE_TABLE_FUNCTION_H

#include "millrace/function.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The kind of function in the upper half, the version in the lower one. */
#define MILLRACE_TABLE_FUNCTION_ABI 0x10001

/* Some calls to compute, a row of the arguments each. What it points to is valid until the function
 * returns. */
struct millrace_table_call {
  size_t rows;
  size_t arguments;
  const struct millrace_column* argument;
  void* engine; /* Millrace's own */

  /* One more row of the table for this row of the arguments, of which a copy is taken: a pointer a
   * column to its value, of the C type that millrace/function.h says, or a null pointer for NULL.
   * All rows for one row of the arguments come before those for the next one. */
  void (*emit)(const struct millrace_table_call* call, size_t row, const void* const* values);
  /* The row cannot be computed: it goes to the dead letters, with a copy of this reason. */
  void (*fail)(const struct millrace_table_call* call, size_t row, const char* reason);
};

struct millrace_table_function {
  uint32_t abi; /* MILLRACE_TABLE_FUNCTION_ABI */
  /* As of a scalar function. MILLRACE_NULL_IN_NULL_OUT: no rows where an argument is NULL. */
  uint32_t flags;
  const char* parameters; /* names and types in SQL, "line STRING, mark STRING"; "" for none */
  const char* columns;    /* likewise, one at least: "word STRING NOT NULL, size INT" */
  /* Called by several threads at once. Must return: it may not throw, exit or jump. Unless it says
   * MILLRACE_VOLATILE, equal arguments give equal rows: a row that is taken back takes with it what
   * a second call gives for it. */
  void (*call)(const struct millrace_table_call* call);
};

#ifdef __cplusplus
}
#endif

#endif

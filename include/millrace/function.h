/* Functions for Millrace's SQL out of a shared library.
 *
 * A library exports one `struct millrace_function` a function, under the name that SQL says:
 *
 *   CREATE FUNCTION distance_km AS 'distance_km' LANGUAGE C USING LIBRARY './libgeo.so';
 *
 * This interface is plain C and has a version. What is compiled against version 1 runs with every
 * Millrace that knows version 1; structures only grow at their end, under a new version.
 * docs/user-functions.md explains it, examples/functions/geo.c uses it. */

#ifndef MILLRACE_FUNCTION_H
#define MILLRACE_FUNCTION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MILLRACE_FUNCTION_ABI 1

/* How a value of each SQL type lies in a column:
 *
 *   BOOLEAN                       uint8_t, 0 or 1
 *   TINYINT SMALLINT INT BIGINT   int8_t, int16_t, int32_t, int64_t
 *   FLOAT DOUBLE                  float, double
 *   DECIMAL(p, s), p up to 18     int64_t, the value times 10^s
 *   STRING                        struct millrace_string, UTF-8
 *   BYTES                         struct millrace_string
 *   DATE                          int32_t, days since 1970-01-01
 *   TIME                          int32_t, milliseconds of the day
 *   TIMESTAMP(p)                  int64_t since 1970-01-01: milliseconds for p up to 3,
 *   TIMESTAMP_LTZ(p)              microseconds up to 6, nanoseconds up to 9 */

/* Not terminated by a zero. */
struct millrace_string {
  const char* data;
  size_t size;
};

/* One argument of all rows. */
struct millrace_column {
  const void* values; /* one a row, of the C type above; a NULL's is anything */
  /* Bit (row % 64) of word (row / 64) is 1 where the row has a value, 0 where it is NULL. A null
   * pointer where no row is NULL. */
  const uint64_t* validity;
};

/* Some rows to compute. What it points to is valid until the function returns. */
struct millrace_call {
  size_t rows;
  size_t arguments;
  const struct millrace_column* argument;
  /* One value a row, to be written; 0 where it is not. Not of STRING and BYTES: see set_string. */
  void* result;
  void* engine; /* Millrace's own */

  /* The row's result is NULL. */
  void (*set_null)(const struct millrace_call* call, size_t row);
  /* The row's result, of which a copy is taken. */
  void (*set_string)(const struct millrace_call* call, size_t row, const char* data, size_t size);
  /* The row cannot be computed: it goes to the dead letters, with a copy of this reason. */
  void (*fail)(const struct millrace_call* call, size_t row, const char* reason);
};

enum {
  /* A row with a NULL among its arguments gives NULL, and the function does not see it. */
  MILLRACE_NULL_IN_NULL_OUT = 1,
  /* Equal arguments may give different results. Otherwise a call may be computed once for several
   * rows, or beforehand. */
  MILLRACE_VOLATILE = 2
};

struct millrace_function {
  uint32_t abi;           /* MILLRACE_FUNCTION_ABI */
  uint32_t flags;         /* of the enumeration above */
  const char* parameters; /* types in SQL, "DOUBLE, DECIMAL(10, 2) NOT NULL"; "" for none */
  const char* result;     /* a type in SQL, "STRING" */
  /* Called by several threads at once. Must return: it may not throw, exit or jump. */
  void (*call)(const struct millrace_call* call);
};

/* Whether the row of an argument is NULL. */
static inline int millrace_is_null(const struct millrace_column* column, size_t row) {
  return column->validity != NULL && ((column->validity[row / 64] >> (row % 64)) & 1) == 0;
}

#if defined(__GNUC__)
#define MILLRACE_EXPORT __attribute__((visibility("default")))
#else
#define MILLRACE_EXPORT
#endif

#ifdef __cplusplus
}
#endif

#endif

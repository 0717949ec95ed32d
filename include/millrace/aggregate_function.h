/* Aggregate functions for Millrace's SQL out of a shared library: one value of many rows.
 *
 *   CREATE FUNCTION weighted_avg AS 'weighted_avg' LANGUAGE C USING LIBRARY './libweights.so';
 *   SELECT shop, weighted_avg(price, quantity) FROM sales GROUP BY shop;
 *
 * A library exports one `struct millrace_aggregate_function` a function. Types, columns and
 * versions are as millrace/function.h has them; examples/functions/weights.c uses this. */

#ifndef MILLRACE_AGGREGATE_FUNCTION_H
#define MILLRACE_AGGREGATE_FUNCTION_H

#include "millrace/function.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The kind of function in the upper half, the version in the lower one. */
#define MILLRACE_AGGREGATE_FUNCTION_ABI 0x20001

/* Some rows for accumulators. What it points to is valid until the function returns. */
struct millrace_additions {
  size_t rows;
  size_t arguments;
  const struct millrace_column* argument;
  void* const* state; /* the accumulator of each row; one may come several times */
};

/* An accumulator is `state_size` bytes, aligned to 8 and zero when it begins. It may lie elsewhere
 * at each call, so nothing points into it.
 *
 * What it is must outlive the program. Where those bytes are all of it, destroy, save and load are
 * null, and the bytes are kept as they are. Where it points to memory of its own, all three are
 * there.
 *
 * Functions are called by several threads at once, for different accumulators. They must return:
 * they may not throw, exit or jump. */
struct millrace_aggregate_function {
  uint32_t abi; /* MILLRACE_AGGREGATE_FUNCTION_ABI */
  /* MILLRACE_NULL_IN_NULL_OUT: rows with a NULL among their arguments are not seen. */
  uint32_t flags;
  const char* parameters; /* names and types in SQL, "price DOUBLE, quantity INT" */
  const char* result;     /* a type in SQL, of which there may be NULL: "DOUBLE" */
  size_t state_size;

  /* Adds the rows, in their order. */
  void (*accumulate)(const struct millrace_additions* additions);
  /* Takes back rows that were added. Null where it cannot: then the input may only grow. */
  void (*retract)(const struct millrace_additions* additions);
  /* Adds all that the other one has, which is only destroyed after that. Null where it cannot: then
   * there are no SESSION windows of it. */
  void (*merge)(void* into, const void* from);
  /* The results: row i of `results`, which has no arguments and whose rows cannot fail, is that of
   * state[i]. */
  void (*get)(const struct millrace_call* results, const void* const* state);

  void (*destroy)(void* state);
  /* Hands over bytes, in any number of calls of write(), of which load() is given the whole. */
  void (*save)(const void* state, void (*write)(void* engine, const void* data, size_t size),
               void* engine);
  /* Into an accumulator that begins. What stays zero is one as good as new. */
  void (*load)(void* state, const void* data, size_t size);
};

#ifdef __cplusplus
}
#endif

#endif

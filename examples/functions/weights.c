/* A library of aggregate functions: an average by weight, whose accumulator is a few bytes, and the
 * longest text, whose accumulator has memory of its own.
 *
 *   cc -std=c99 -O2 -fPIC -shared -I include examples/functions/weights.c -o libweights.so
 *
 * words.sql beside this file uses it. */

#include <stdlib.h>
#include <string.h>

#include "millrace/aggregate_function.h"

/* weighted_avg(value, weight): NULL where the weights come to nothing. */
struct weights {
  double sum;
  int64_t weight;
};

static void change_weights(const struct millrace_additions* additions, int sign) {
  const double* values = additions->argument[0].values;
  const int32_t* weights = additions->argument[1].values;
  for (size_t row = 0; row < additions->rows; ++row) {
    struct weights* state = additions->state[row];
    state->sum += sign * values[row] * weights[row];
    state->weight += sign * (int64_t)weights[row];
  }
}

static void add_weights(const struct millrace_additions* additions) {
  change_weights(additions, 1);
}

static void take_weights_back(const struct millrace_additions* additions) {
  change_weights(additions, -1);
}

static void merge_weights(void* into, const void* from) {
  struct weights* state = into;
  const struct weights* other = from;
  state->sum += other->sum;
  state->weight += other->weight;
}

static void get_averages(const struct millrace_call* results, const void* const* states) {
  double* averages = results->result;
  for (size_t row = 0; row < results->rows; ++row) {
    const struct weights* state = states[row];
    if (state->weight == 0) {
      results->set_null(results, row);
    } else {
      averages[row] = state->sum / (double)state->weight;
    }
  }
}

MILLRACE_EXPORT const struct millrace_aggregate_function weighted_avg = {
    MILLRACE_AGGREGATE_FUNCTION_ABI,
    MILLRACE_NULL_IN_NULL_OUT,
    "`value` DOUBLE, weight INT",
    "DOUBLE",
    sizeof(struct weights),
    add_weights,
    take_weights_back,
    merge_weights,
    get_averages,
    NULL,
    NULL,
    NULL};

/* longest(text): the first of the longest ones. It cannot take rows back, for it keeps one alone. */
struct longest {
  char* text; /* null before the first one */
  size_t size;
};

static void keep_if_longer(struct longest* state, const char* text, size_t size) {
  if (state->text != NULL && size <= state->size) {
    return;
  }
  char* copy = malloc(size + 1);
  if (copy == NULL) {
    abort();
  }
  memcpy(copy, text, size);
  free(state->text);
  state->text = copy;
  state->size = size;
}

static void add_texts(const struct millrace_additions* additions) {
  const struct millrace_string* texts = additions->argument[0].values;
  for (size_t row = 0; row < additions->rows; ++row) {
    keep_if_longer(additions->state[row], texts[row].data, texts[row].size);
  }
}

static void merge_texts(void* into, const void* from) {
  const struct longest* other = from;
  if (other->text != NULL) {
    keep_if_longer(into, other->text, other->size);
  }
}

static void get_longest(const struct millrace_call* results, const void* const* states) {
  for (size_t row = 0; row < results->rows; ++row) {
    const struct longest* state = states[row];
    if (state->text == NULL) {
      results->set_null(results, row);
    } else {
      results->set_string(results, row, state->text, state->size);
    }
  }
}

static void destroy_longest(void* state) { free(((struct longest*)state)->text); }

static void save_longest(const void* state, void (*write)(void*, const void*, size_t),
                         void* engine) {
  const struct longest* kept = state;
  const char is_there = kept->text != NULL;
  write(engine, &is_there, 1);
  if (is_there) {
    write(engine, kept->text, kept->size);
  }
}

static void load_longest(void* state, const void* data, size_t size) {
  const char* bytes = data;
  if (size > 0 && bytes[0] != 0) {
    keep_if_longer(state, bytes + 1, size - 1);
  }
}

MILLRACE_EXPORT const struct millrace_aggregate_function longest = {
    MILLRACE_AGGREGATE_FUNCTION_ABI,
    MILLRACE_NULL_IN_NULL_OUT,
    "text STRING",
    "STRING",
    sizeof(struct longest),
    add_texts,
    NULL,
    merge_texts,
    get_longest,
    destroy_longest,
    save_longest,
    load_longest};

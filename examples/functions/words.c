/* A library of table functions: the words of a line, and numbers in a row.
 *
 *   cc -std=c99 -O2 -fPIC -shared -I include examples/functions/words.c -o libwords.so
 *
 * words.sql beside this file uses it. */

#include <string.h>

#include "millrace/table_function.h"

/* words(line, mark): what stands between the marks, and its place from 1 on. Between two
 * marks that touch stands nothing. */
static void compute_words(const struct millrace_table_call* call) {
  const struct millrace_string* lines = call->argument[0].values;
  const struct millrace_string* marks = call->argument[1].values;
  for (size_t row = 0; row < call->rows; ++row) {
    const struct millrace_string line = lines[row];
    if (marks[row].size != 1) {
      call->fail(call, row, "the mark of words() is one character of ASCII");
      continue;
    }
    int32_t place = 0;
    size_t begin = 0;
    for (size_t end = 0; end <= line.size; ++end) {
      if (end < line.size && line.data[end] != marks[row].data[0]) {
        continue;
      }
      if (end > begin) {
        const struct millrace_string word = {line.data + begin, end - begin};
        const void* const values[] = {&word, &place};
        ++place;
        call->emit(call, row, values);
      }
      begin = end + 1;
    }
  }
}

MILLRACE_EXPORT const struct millrace_table_function words = {
    MILLRACE_TABLE_FUNCTION_ABI, MILLRACE_NULL_IN_NULL_OUT, "line STRING, mark STRING",
    "word STRING NOT NULL, place INT NOT NULL", compute_words};

/* series(first, last): every number from the one to the other, and its half where it has one. */
static void compute_series(const struct millrace_table_call* call) {
  const int32_t* first = call->argument[0].values;
  const int32_t* last = call->argument[1].values;
  for (size_t row = 0; row < call->rows; ++row) {
    for (int64_t number = first[row]; number <= last[row]; ++number) {
      const int32_t value = (int32_t)number;
      const int32_t half = value / 2;
      const void* const values[] = {&value, value % 2 == 0 ? &half : NULL};
      call->emit(call, row, values);
    }
  }
}

MILLRACE_EXPORT const struct millrace_table_function series = {
    MILLRACE_TABLE_FUNCTION_ABI, MILLRACE_NULL_IN_NULL_OUT, "first INT, last INT",
    "n INT NOT NULL, half INT", compute_series};

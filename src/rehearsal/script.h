#pragma once

// A pipeline test as people write it (NAME.test.sql): what is fed, what should come out, and where
// the process or the machine dies in between.
//
//   -- A comment.
//   pipeline pipeline.sql             the file under test, beside the script
//
//   sql                               or the statements themselves, up to an empty line
//   CREATE TABLE ...;
//   INSERT INTO ...
//
//   feed telecom_events               records of the table's topic, one a line, as they are
//   {"event_id": "e1"}
//
//   feed telecom_events: event_id | amount      the same as JSON made from cells
//   e1 | 12.5
//
//   abort telecom_events: event_id | amount     the same in a transaction that is aborted: no rows
//   e2 | 99
//
//   expect anomalies: reason | source_offset    all rows of the table, in any order; * is anything
//   msisdn is missing | 1
//
//   changes counts: who | n           of a table with 'connector' = 'print' or 'blackhole': what
//   +I ann | 1                        was written since the last such step, in its order; `expect`
//   -U ann | 1                        takes such a table too, and shows what the changes add up to
//   +U ann | 2
//
//   kill | crash | restart            the process dies; the machine dies; a clean stop; each
//                                     followed by a start
//   wait 5 s                          virtual time passes
//
//   apply                             the running pipelines are changed to these statements
//   CREATE TABLE ...;
//   INSERT INTO ...
//
//   rollback counts                   the pipeline of that name goes back to its version before
//
// A step's rows end at an empty line. "(none)" stands for no rows, null for NULL.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace millrace::rehearsal {

enum class StepKind : uint8_t {
  pipeline,
  sql,
  feed,
  abort,
  expect,
  changes,
  kill,
  crash,
  restart,
  wait,
  apply,
  rollback
};

struct Step {
  StepKind kind = StepKind::feed;
  std::string name;                            // of the file, table or pipeline; or the statements
  std::vector<std::string> columns;            // where cells are given
  std::vector<std::vector<std::string>> rows;  // cells; a single one for a record fed as it is
  Duration wait;
  uint32_t line = 0;
};

struct Script {
  std::string path;
  std::vector<Step> steps;
};

// Throws Error(syntax) with file and line.
Script parse_script(const std::string& path, std::string_view text);

// Compares rows without regard to order. Empty where they agree, else a text that shows every row,
// with '-' before those expected and missing and '+' before those found and not expected.
std::string difference(const std::vector<std::vector<std::string>>& expected,
                       const std::vector<std::vector<std::string>>& found);
// The same with regard to order.
std::string difference_in_order(const std::vector<std::vector<std::string>>& expected,
                                const std::vector<std::vector<std::string>>& found);

}  // namespace millrace::rehearsal

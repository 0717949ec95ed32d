#pragma once

// 'format' = 'csv' and its options, named as Flink names them.

#include <map>
#include <optional>
#include <string>

#include "column/type.h"

namespace millrace::codec {

struct CsvOptions {
  char delimiter = ',';
  char element_delimiter = ';';  // between the elements of an ARRAY, and the fields of a ROW
  std::optional<char> quote = '"';
  std::optional<char> escape = {};
  bool allow_comments = false;                   // lines that begin with '#' are none
  bool ignore_parse_errors = false;              // a field that cannot be read is NULL
  std::optional<std::string> null_literal = {};  // a field of these characters is NULL

  // From keys without the format's prefix: "field-delimiter". Throws Error(invalid_argument) for
  // values that are not offered and pairs that exclude each other.
  static CsvOptions from(const std::map<std::string, std::string>& options);
};

// ARRAYs and ROWs of what is not nested are there. Throws Error(invalid_argument) for others, which
// it says are not `used` ("read", "written").
void check_csv_type(const Field& field, const char* used);

}  // namespace millrace::codec

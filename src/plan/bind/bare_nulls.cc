#include "plan/bind/bare_nulls.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "sql/name.h"

namespace millrace::plan {

namespace {

struct Taken {
  std::string_view function;
  size_t from = 0;  // the first argument that may be NULL
};

constexpr std::array<Taken, 30> kTaken = {{{"ARRAY_APPEND", 1},
                                           {"ARRAY_CONTAINS", 1},
                                           {"ARRAY_POSITION", 1},
                                           {"ARRAY_PREPEND", 1},
                                           {"ARRAY_REMOVE", 1},
                                           {"ARRAY_SLICE", 1},
                                           {"BITMAP_BUILD"},
                                           {"BTRIM"},
                                           {"COALESCE"},
                                           {"ELT", 1},
                                           {"ENDSWITH"},
                                           {"GREATEST"},
                                           {"IFNULL"},
                                           {"INET_ATON"},
                                           {"INET_NTOA"},
                                           {"JSON_QUOTE"},
                                           {"JSON_STRING"},
                                           {"JSON_UNQUOTE"},
                                           {"LEAST"},
                                           {"NULLIF", 1},
                                           {"PRINTF"},
                                           {"REGEXP_COUNT"},
                                           {"REGEXP_EXTRACT_ALL"},
                                           {"REGEXP_INSTR"},
                                           {"REGEXP_SUBSTR"},
                                           {"SPLIT"},
                                           {"STARTSWITH"},
                                           {"TYPEOF"},
                                           {"UNHEX"},
                                           {"URL_DECODE"}}};

bool is_null(const sql::Expression& written) {
  return std::holds_alternative<sql::NullLiteral>(written.node);
}

size_t first_taken(std::string_view function, const std::vector<sql::ExpressionPtr>& arguments) {
  const auto found = std::find_if(kTaken.begin(), kTaken.end(), [&](const Taken& taken) {
    return sql::is_word(function, taken.function);
  });
  const bool chooses = sql::is_word(function, "COALESCE") || sql::is_word(function, "IFNULL");
  return found == kTaken.end() || (chooses && are_all_null(arguments)) ? arguments.size()
                                                                       : found->from;
}

}  // namespace

void refuse_bare_null(const sql::Expression& written) {
  if (is_null(written)) {
    throw Error(ErrorCode::type_mismatch,
                "illegal use of NULL: it has no type here, write CAST(NULL AS a type)",
                written.position);
  }
}

void refuse_bare_nulls(const std::vector<sql::ExpressionPtr>& list) {
  for (const sql::ExpressionPtr& written : list) {
    refuse_bare_null(*written);
  }
}

bool are_all_null(const std::vector<sql::ExpressionPtr>& list) {
  return std::all_of(list.begin(), list.end(),
                     [](const sql::ExpressionPtr& one) { return is_null(*one); });
}

void refuse_bare_nulls(std::string_view function,
                       const std::vector<sql::ExpressionPtr>& arguments) {
  const size_t end = std::min(first_taken(function, arguments), arguments.size());
  for (size_t i = 0; i < end; ++i) {
    refuse_bare_null(*arguments[i]);
  }
}

}  // namespace millrace::plan

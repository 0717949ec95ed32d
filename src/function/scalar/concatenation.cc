// Strings put together: || and CONCAT, which are NULL where an argument is, and CONCAT_WS, which
// leaves NULLs out.

#include <algorithm>
#include <limits>

#include "function/evaluate.h"
#include "function/kernel.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

std::vector<View<StringRef>> views_of(const KernelCall& call) {
  return {call.arguments.begin(), call.arguments.end()};
}

Column concatenate(const KernelCall& call) {
  const std::vector<View<StringRef>> views = views_of(call);
  ResultStrings result(call);
  std::string text;
  for_each(call.rows, [&](uint32_t row) {
    text.clear();
    for (const View<StringRef>& view : views) {
      if (view.is_null(row)) {
        result.set_null(row);
        return;
      }
      text += view[row].view();
    }
    result.set(row, text);
  });
  return result.finish();
}

Column concatenate_with_separator(const KernelCall& call) {
  const std::vector<View<StringRef>> views = views_of(call);
  ResultStrings result(call);
  std::string text;
  for_each(call.rows, [&](uint32_t row) {
    if (views[0].is_null(row)) {
      result.set_null(row);
      return;
    }
    const std::string_view separator = views[0][row].view();
    text.clear();
    bool first = true;
    for (size_t i = 1; i < views.size(); ++i) {
      if (!views[i].is_null(row)) {
        text += first ? std::string_view() : separator;
        text += views[i][row].view();
        first = false;
      }
    }
    result.set(row, text);
  });
  return result.finish();
}

std::optional<std::vector<Type>> as_strings(std::span<const Type> given) {
  std::vector<Type> strings;
  for (const Type& type : given) {
    if (!can_cast(type, Type::string())) {
      return std::nullopt;
    }
    strings.push_back(type.is_string() ? type : Type::string(type.nullable));
  }
  return strings;
}

// Of CHAR(m) || CHAR(n) CHAR(m + n), and the like.
Type joined_type(const Type& a, const Type& b) {
  constexpr int64_t kLongest = std::numeric_limits<int32_t>::max();
  const bool fixed = a.kind == TypeKind::char_ && b.kind == TypeKind::char_;
  const int64_t length = static_cast<int64_t>(a.precision) + b.precision;
  return Type::with_length(fixed ? TypeKind::char_ : TypeKind::varchar,
                           static_cast<int32_t>(std::min(length, kLongest)));
}

bool are_texts(std::span<const Type> given) {
  return std::all_of(given.begin(), given.end(), [](const Type& type) {
    return type.is_string() || type.kind == TypeKind::null_;
  });
}

std::optional<ScalarSignature> bind_concat(std::string_view name, std::span<const Type> given,
                                           size_t at_least) {
  const std::optional<std::vector<Type>> strings = as_strings(given);
  if (!strings || given.size() < at_least || !are_texts(given)) {
    return std::nullopt;
  }
  const Type result = name == "||" ? joined_type((*strings)[0], (*strings)[1]) : Type::string();
  return ScalarSignature{std::string(name), *strings, nullable_by(result, *strings), concatenate};
}

std::optional<ScalarSignature> bind_concat_ws(std::span<const Type> given) {
  const std::optional<std::vector<Type>> strings = as_strings(given);
  if (!strings || given.empty() || !are_texts(given)) {
    return std::nullopt;
  }
  return ScalarSignature{"CONCAT_WS", *strings, nullable_by(Type::string(), *strings),
                         concatenate_with_separator};
}

using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"||", "a || b", "Two strings put together.",
     [](Types given) { return given.size() == 2 ? bind_concat("||", given, 2) : std::nullopt; }},
    {"CONCAT", "CONCAT(string, ...)", "The strings put together; NULL where one is NULL.",
     [](Types given) { return bind_concat("CONCAT", given, 1); }},
    {"CONCAT_WS", "CONCAT_WS(separator, string, ...)",
     "The strings that are not NULL, with the separator between them.", bind_concat_ws},
};

}  // namespace

std::span<const ScalarFunction> concatenation_functions() { return kFunctions; }

}  // namespace millrace::function

// JSON_EXISTS, JSON_VALUE, JSON_QUERY and IS JSON. What they give where they find
// nothing or fail are arguments behind the path, which the binder makes of the clauses:
//
//   JSON_EXISTS(json, path, on_error)
//   JSON_VALUE(json, path, on_empty, default, on_error, default, returning)
//   JSON_QUERY(json, path, wrapper, on_empty, on_error)
//
// each on_ one of NULL, ERROR, DEFAULT, EMPTY ARRAY, EMPTY OBJECT, TRUE, FALSE and UNKNOWN, the
// wrapper one of WITHOUT, CONDITIONAL and UNCONDITIONAL.

#include <charconv>

#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/scalar/pattern_cache.h"
#include "function/value/json_path.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

// What the path leads to in a row's document, of which nothing is looked at behind its end. Where
// that is no JSON, a strict path has failed and a lax one leads nowhere.
JsonPathResult find(std::string_view document, const JsonPath& path) {
  using Kind = JsonPathResult::Kind;
  const auto json = parse_leading_json(document);
  if (!json) {
    return {path.mode() == JsonPath::Mode::lax ? Kind::nothing : Kind::failed};
  }
  JsonPathResult result = path.find_in(*json);
  const bool is_null = result.kind == Kind::value && result.value.kind == JsonValue::Kind::null_;
  return is_null ? JsonPathResult{Kind::nothing} : std::move(result);
}

std::string_view word(const KernelCall& call, size_t number, uint32_t row) {
  return View<StringRef>(call.arguments[number])[row].view();
}

// Calls make(row, path, found) for the rows that have a document and a path.
template <typename Result, typename Make>
Column each_document(const KernelCall& call, Result& result, Make make) {
  CompiledCache<JsonPath> paths(call);
  for_each(call.rows, [&](uint32_t row) {
    if (call.arguments[0].is_null(row) || call.arguments[1].is_null(row)) {
      return result.set_null(row);
    }
    const JsonPath& path = paths.of(word(call, 1, row));
    const JsonPathResult found = find(word(call, 0, row), path);
    if (found.kind == JsonPathResult::Kind::refused) {
      return result.fail(row, "the filter of a JSON path compares an array or an object");
    }
    make(row, path, found);
  });
  return result.finish();
}

// --- JSON_EXISTS ---

Column exists(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  return each_document(call, result, [&](uint32_t row, const JsonPath&, const auto& found) {
    if (found.kind != JsonPathResult::Kind::failed) {
      return result.set(row, found.kind == JsonPathResult::Kind::value ? 1 : 0);
    }
    const std::string_view on_error = word(call, 2, row);
    if (on_error == "ERROR") {
      result.fail(row, "JSON_EXISTS found no JSON, or nothing at its strict path");
    } else if (on_error == "UNKNOWN") {
      result.set_null(row);
    } else {
      result.set(row, on_error == "TRUE" ? 1 : 0);
    }
  });
}

// --- JSON_VALUE ---

std::string text_of(const JsonValue& value) {
  return value.kind == JsonValue::Kind::boolean ? (value.truth ? "true" : "false") : value.text;
}

// The fallback of the clause at this argument, and the default behind it.
void fall_back(const KernelCall& call, ResultStrings& result, uint32_t row, size_t clause) {
  const std::string_view kind = word(call, clause, row);
  if (kind == "ERROR") {
    result.fail(row, "JSON_VALUE found no JSON, no value, or one that is not scalar");
  } else if (kind == "DEFAULT" && !call.arguments[clause + 1].is_null(row)) {
    result.set(row, word(call, clause + 1, row));
  } else {
    result.set_null(row);
  }
}

bool is_int(std::string_view digits) {
  int32_t value = 0;
  const auto [rest, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return failure == std::errc() && rest == digits.data() + digits.size();
}

// Whether a scalar value is of the kind that the type takes: nothing is converted but fractions,
// to DOUBLE.
bool is_returned_as(const JsonValue& value, std::string_view type) {
  const bool is_number = value.kind == JsonValue::Kind::number;
  const bool is_whole =
      is_number && value.text.find_first_not_of("-0123456789") == std::string::npos;
  return type == "BOOLEAN"  ? value.kind == JsonValue::Kind::boolean
         : type == "DOUBLE" ? is_number && !is_whole
         : type == "INT"    ? is_whole && is_int(value.text)
                            : true;
}

Column value(const KernelCall& call) {
  constexpr size_t kOnEmpty = 2;
  constexpr size_t kOnError = 4;
  constexpr size_t kReturning = 6;
  ResultStrings result(call);
  return each_document(call, result, [&](uint32_t row, const JsonPath& path, const auto& found) {
    const bool is_found = found.kind == JsonPathResult::Kind::value;
    const bool is_scalar = found.value.is_scalar();
    if (found.kind == JsonPathResult::Kind::failed ||
        (is_found && !is_scalar && path.mode() == JsonPath::Mode::strict)) {
      fall_back(call, result, row, kOnError);
    } else if (!is_found || !is_scalar) {
      fall_back(call, result, row, kOnEmpty);
    } else if (const auto type = word(call, kReturning, row); !is_returned_as(found.value, type)) {
      result.fail(row, "JSON_VALUE found " + text_of(found.value) + ", which is no JSON value of " +
                           std::string(type));
    } else {
      result.set(row, text_of(found.value));
    }
  });
}

// --- JSON_QUERY ---

void fall_back_to(std::string_view kind, ResultStrings& result, uint32_t row) {
  if (kind == "ERROR") {
    result.fail(row, "JSON_QUERY found no JSON, nothing, or a scalar value without a wrapper");
  } else if (kind == "EMPTY ARRAY") {
    result.set(row, "[]");
  } else if (kind == "EMPTY OBJECT") {
    result.set(row, "{}");
  } else {
    result.set_null(row);
  }
}

JsonValue wrapped(const JsonValue& value, std::string_view wrapper) {
  const bool wraps = wrapper == "UNCONDITIONAL" ||
                     (wrapper == "CONDITIONAL" && value.kind != JsonValue::Kind::array);
  return wraps ? JsonValue::array({value}) : value;
}

// Calls give(row, value) with the object or array, or fall_back(row, kind) with what to give in its
// place.
template <typename Result, typename Give, typename FallBack>
Column each_query(const KernelCall& call, Result& result, Give give, FallBack fall_back) {
  constexpr size_t kWrapper = 2;
  constexpr size_t kOnEmpty = 3;
  constexpr size_t kOnError = 4;
  return each_document(call, result, [&](uint32_t row, const JsonPath& path, const auto& found) {
    if (found.kind == JsonPathResult::Kind::failed) {
      return fall_back(row, word(call, kOnError, row));
    }
    if (found.kind == JsonPathResult::Kind::nothing) {
      return fall_back(row, word(call, kOnEmpty, row));
    }
    const JsonValue value = wrapped(found.value, word(call, kWrapper, row));
    if (value.is_scalar()) {
      const bool is_lax = path.mode() == JsonPath::Mode::lax;
      return fall_back(row, word(call, is_lax ? kOnEmpty : kOnError, row));
    }
    give(row, value);
  });
}

Column query(const KernelCall& call) {
  ResultStrings result(call);
  return each_query(
      call, result,
      [&](uint32_t row, const JsonValue& value) {
        std::string text;
        append_json(value, text);
        result.set(row, text);
      },
      [&](uint32_t row, std::string_view kind) { fall_back_to(kind, result, row); });
}

// A result of arrays of strings, in which rows come in order and those that are not asked for are
// NULL.
class ResultTexts {
 public:
  explicit ResultTexts(const KernelCall& call) : call_(call), lists_(call) {}

  void set(uint32_t row, const JsonValue& array) {
    skip_to(row);
    for (const JsonValue& element : array.elements) {
      std::string text;
      if (!element.is_scalar()) {
        append_json(element, text);
      }
      element.kind == JsonValue::Kind::null_
          ? lists_.add_null()
          : lists_.add(element.is_scalar() ? text_of(element) : text);
    }
    lists_.end_row();
    ++next_;
  }
  void set_null(uint32_t row) { skip_to(row + 1); }
  void fail(uint32_t row, std::string reason) {
    call_.context.fail(row, std::move(reason));
    set_null(row);
  }
  Column finish() {
    skip_to(static_cast<uint32_t>(call_.size));
    return lists_.finish();
  }

 private:
  void skip_to(uint32_t row) {
    for (; next_ < row; ++next_) {
      lists_.end_null_row();
    }
  }

  const KernelCall& call_;
  TextLists lists_;
  uint32_t next_ = 0;
};

// RETURNING ARRAY<STRING>, which takes an array alone.
Column query_texts(const KernelCall& call) {
  constexpr size_t kOnError = 4;
  ResultTexts result(call);
  const auto fall_back = [&](uint32_t row, std::string_view kind) {
    if (kind == "ERROR") {
      result.fail(row, "JSON_QUERY found no JSON, nothing, or no array");
    } else if (kind == "EMPTY ARRAY") {
      result.set(row, JsonValue::array({}));
    } else {
      result.set_null(row);
    }
  };
  return each_query(
      call, result,
      [&](uint32_t row, const JsonValue& value) {
        if (value.kind == JsonValue::Kind::array) {
          result.set(row, value);
        } else {
          fall_back(row, word(call, kOnError, row));
        }
      },
      fall_back);
}

// --- IS JSON ---

enum class Shape : uint8_t { any, object, array, scalar };

template <Shape shape>
Column is_json(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  const View<StringRef> text(call.arguments[0]);
  for_each(call.rows, [&](uint32_t row) {
    const auto json = text.is_null(row) ? std::nullopt : parse_leading_json(text[row].view());
    const bool fits = json && (shape == Shape::any ||
                               (shape == Shape::object && json->kind == JsonValue::Kind::object) ||
                               (shape == Shape::array && json->kind == JsonValue::Kind::array) ||
                               (shape == Shape::scalar && json->is_scalar()));
    result.set(row, fits ? 1 : 0);
  });
  return result.finish();
}

constexpr auto kText = Accepts::text;

template <Shape shape>
std::optional<ScalarSignature> bind_is_json(std::string_view name, Types given) {
  auto types = given.size() == 1 && given[0].is_string() ? fitted(given, {kText}, 1) : std::nullopt;
  if (!types) {
    return std::nullopt;
  }
  return ScalarSignature{std::string(name), *types, Type::of(TypeKind::boolean, false),
                         is_json<shape>};
}

constexpr ScalarFunction kFunctions[] = {
    {"JSON_EXISTS", "JSON_EXISTS(json, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR])",
     "Whether the path leads to a value that is not null.",
     [](Types given) {
       return remembering<JsonPath>(partial("JSON_EXISTS", fitted(given, {kText, kText, kText}, 3),
                                            Type::of(TypeKind::boolean), exists));
     }},
    {"JSON_VALUE",
     "JSON_VALUE(json, path [RETURNING type] [NULL | ERROR | DEFAULT value ON EMPTY] [... ON "
     "ERROR])",
     "The number, string or boolean at the path, as text or as the type.",
     [](Types given) {
       return remembering<JsonPath>(partial(
           "JSON_VALUE", fitted(given, {kText, kText, kText, kText, kText, kText, kText}, 7),
           Type::string(), value));
     }},
    {"JSON_QUERY",
     "JSON_QUERY(json, path [... WRAPPER] [NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR ON EMPTY] "
     "[... ON ERROR])",
     "The object or array at the path, as JSON.",
     [](Types given) {
       return remembering<JsonPath>(partial("JSON_QUERY",
                                            fitted(given, {kText, kText, kText, kText, kText}, 5),
                                            Type::string(), query));
     }},
    {"JSON_QUERY RETURNING ARRAY",
     "JSON_QUERY(json, path RETURNING ARRAY<STRING> [... WRAPPER] [... ON EMPTY] [... ON ERROR])",
     "The array at the path, each element as text: a string as it is, others as JSON.",
     [](Types given) {
       return remembering<JsonPath>(partial("JSON_QUERY RETURNING ARRAY",
                                            fitted(given, {kText, kText, kText, kText, kText}, 5),
                                            Type::array(Type::string()), query_texts));
     }},
    {"IS JSON VALUE", "string IS JSON [VALUE]", "Whether the string is JSON.",
     [](Types given) { return bind_is_json<Shape::any>("IS JSON VALUE", given); }},
    {"IS JSON OBJECT", "string IS JSON OBJECT", "Whether the string is a JSON object.",
     [](Types given) { return bind_is_json<Shape::object>("IS JSON OBJECT", given); }},
    {"IS JSON ARRAY", "string IS JSON ARRAY", "Whether the string is a JSON array.",
     [](Types given) { return bind_is_json<Shape::array>("IS JSON ARRAY", given); }},
    {"IS JSON SCALAR", "string IS JSON SCALAR", "Whether it is a JSON number, string or literal.",
     [](Types given) { return bind_is_json<Shape::scalar>("IS JSON SCALAR", given); }},
};

}  // namespace

std::span<const ScalarFunction> json_query_functions() { return kFunctions; }

}  // namespace millrace::function

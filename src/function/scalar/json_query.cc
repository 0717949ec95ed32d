// JSON_EXISTS, JSON_VALUE, JSON_QUERY, IS JSON and JSON_QUOTE. What they give where they find
// nothing or fail are arguments behind the path, which the binder makes of the clauses:
//
//   JSON_EXISTS(json, path, on_error)
//   JSON_VALUE(json, path, on_empty, default, on_error, default)
//   JSON_QUERY(json, path, wrapper, on_empty, on_error)
//
// each on_ one of NULL, ERROR, DEFAULT, EMPTY ARRAY, EMPTY OBJECT, TRUE, FALSE and UNKNOWN, the
// wrapper one of WITHOUT, CONDITIONAL and UNCONDITIONAL.

#include "base/json.h"
#include "function/cast/to_json.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/json_path.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

// Compiles a path once as long as the rows have the same.
class PathCache {
 public:
  const JsonPath& of(std::string_view text) {
    if (!path_ || text_ != text) {
      path_.emplace(text);
      text_ = text;
    }
    return *path_;
  }

 private:
  std::string text_;
  std::optional<JsonPath> path_;
};

bool is_null(const JsonValue& value) { return value.kind == JsonValue::Kind::null_; }

// What the path leads to in a row's document, of which nothing is looked at behind its end: a
// failure where that is no JSON, or where a strict
// path leads nowhere; no value where a lax one does, or to a null.
struct Found {
  bool failed = false;
  std::optional<JsonValue> value;
  bool is_null = false;  // the document is null
};

Found find(std::string_view document, const JsonPath& path) {
  const auto json = parse_leading_json(document);
  if (!json) {
    return {.failed = true, .value = std::nullopt};
  }
  if (is_null(*json)) {
    return {.failed = false, .value = std::nullopt, .is_null = true};
  }
  auto value = path.find_in(*json);
  const bool failed = !value && path.mode() == JsonPath::Mode::strict;
  return {.failed = failed, .value = value && !is_null(*value) ? std::move(value) : std::nullopt};
}

std::string_view word(const KernelCall& call, size_t number, uint32_t row) {
  return View<StringRef>(call.arguments[number])[row].view();
}

// Calls make(row, path) for the rows that have a document and a path.
template <typename Result, typename Make>
Column each_document(const KernelCall& call, Result& result, Make make) {
  PathCache paths;
  for_each(call.rows, [&](uint32_t row) {
    if (call.arguments[0].is_null(row) || call.arguments[1].is_null(row)) {
      result.set_null(row);
    } else {
      make(row, find(word(call, 0, row), paths.of(word(call, 1, row))));
    }
  });
  return result.finish();
}

// --- JSON_EXISTS ---

Column exists(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  return each_document(call, result, [&](uint32_t row, const Found& found) {
    if (!found.failed) {
      return result.set(row, found.value ? 1 : 0);
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

Column value(const KernelCall& call) {
  constexpr size_t kOnEmpty = 2;
  constexpr size_t kOnError = 4;
  PathCache paths;
  ResultStrings result(call);
  return each_document(call, result, [&](uint32_t row, const Found& found) {
    const bool is_lax = paths.of(word(call, 1, row)).mode() == JsonPath::Mode::lax;
    if (found.is_null) {
      result.set_null(row);
    } else if (found.failed) {
      fall_back(call, result, row, kOnError);
    } else if (!found.value || (is_lax && !found.value->is_scalar())) {
      fall_back(call, result, row, kOnEmpty);
    } else if (!found.value->is_scalar()) {
      fall_back(call, result, row, kOnError);
    } else {
      result.set(row, text_of(*found.value));
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

Column query(const KernelCall& call) {
  constexpr size_t kWrapper = 2;
  constexpr size_t kOnEmpty = 3;
  constexpr size_t kOnError = 4;
  PathCache paths;
  ResultStrings result(call);
  return each_document(call, result, [&](uint32_t row, const Found& found) {
    if (found.is_null) {
      return result.set_null(row);
    }
    if (found.failed) {
      return fall_back_to(word(call, kOnError, row), result, row);
    }
    if (!found.value) {
      return fall_back_to(word(call, kOnEmpty, row), result, row);
    }
    const std::string_view wrapper = word(call, kWrapper, row);
    const bool wraps = wrapper == "UNCONDITIONAL" ||
                       (wrapper == "CONDITIONAL" && found.value->kind != JsonValue::Kind::array);
    if (!wraps && found.value->is_scalar()) {
      const bool is_lax = paths.of(word(call, 1, row)).mode() == JsonPath::Mode::lax;
      return fall_back_to(word(call, is_lax ? kOnEmpty : kOnError, row), result, row);
    }
    std::string text;
    append_json(*found.value, text);
    result.set(row, wraps ? "[" + text + "]" : text);
  });
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

// --- Texts ---

Column quoted(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text) {
        std::string json;
        append_json_string(text.view(), json);
        to.set(row, json);
      });
}

// What is no JSON string stays as it is.
Column unquoted(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text) {
        const auto json = text.view().starts_with('"') ? parse_json(text.view()) : std::nullopt;
        to.set(row, json ? std::string_view(json->text) : text.view());
      });
}

Column as_json(const KernelCall& call) {
  ResultStrings result(call);
  for_each(call.rows, [&](uint32_t row) {
    if (call.arguments[0].is_null(row)) {
      return result.set_null(row);
    }
    std::string text;
    append_json(call.arguments[0], row, text);
    result.set(row, text);
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
       return partial("JSON_EXISTS", fitted(given, {kText, kText, kText}, 3),
                      Type::of(TypeKind::boolean), exists);
     }},
    {"JSON_VALUE",
     "JSON_VALUE(json, path [RETURNING type] [NULL | ERROR | DEFAULT value ON EMPTY] [... ON "
     "ERROR])",
     "The number, string or boolean at the path, as text or as the type.",
     [](Types given) {
       return partial("JSON_VALUE", fitted(given, {kText, kText, kText, kText, kText, kText}, 6),
                      Type::string(), value);
     }},
    {"JSON_QUERY",
     "JSON_QUERY(json, path [... WRAPPER] [NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR ON EMPTY] "
     "[... ON ERROR])",
     "The object or array at the path, as JSON.",
     [](Types given) {
       return partial("JSON_QUERY", fitted(given, {kText, kText, kText, kText, kText}, 5),
                      Type::string(), query);
     }},
    {"IS JSON VALUE", "string IS JSON [VALUE]", "Whether the string is JSON.",
     [](Types given) { return bind_is_json<Shape::any>("IS JSON VALUE", given); }},
    {"IS JSON OBJECT", "string IS JSON OBJECT", "Whether the string is a JSON object.",
     [](Types given) { return bind_is_json<Shape::object>("IS JSON OBJECT", given); }},
    {"IS JSON ARRAY", "string IS JSON ARRAY", "Whether the string is a JSON array.",
     [](Types given) { return bind_is_json<Shape::array>("IS JSON ARRAY", given); }},
    {"IS JSON SCALAR", "string IS JSON SCALAR", "Whether it is a JSON number, string or literal.",
     [](Types given) { return bind_is_json<Shape::scalar>("IS JSON SCALAR", given); }},
    {"JSON_STRING", "JSON_STRING(value)", "The value as JSON.",
     [](Types given) {
       return given.size() == 1 && has_json(given[0])
                  ? strict("JSON_STRING",
                           std::vector<Type>{given[0].kind == TypeKind::null_ ? Type::string()
                                                                              : given[0]},
                           Type::string(), as_json)
                  : std::nullopt;
     }},
    {"JSON_QUOTE", "JSON_QUOTE(string)", "The text as a JSON string.",
     [](Types given) {
       return strict("JSON_QUOTE", fitted(given, {kText}, 1), Type::string(), quoted);
     }},
    {"JSON_UNQUOTE", "JSON_UNQUOTE(string)", "The text that a JSON string stands for.",
     [](Types given) {
       return strict("JSON_UNQUOTE", fitted(given, {kText}, 1), Type::string(), unquoted);
     }},
};

}  // namespace

std::span<const ScalarFunction> json_query_functions() { return kFunctions; }

}  // namespace millrace::function

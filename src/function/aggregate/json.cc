// JSON_ARRAYAGG and JSON_OBJECTAGG: values as JSON text. The null clause is part of the name under
// which the binder asks. An array has its values in the order of arrival, an object its members by
// key.

#include "base/json.h"

#include "base/error.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/gathered.h"
#include "function/cast/to_json.h"

namespace millrace::function {

namespace {

constexpr int32_t kLength = 2000;  // of the result's type, which Flink does not hold values to

enum class OnNull : uint8_t { null_member, no_member };

// Nothing for a NULL that makes no member.
template <OnNull on_null>
std::optional<CountedText> json_of(const Column& column, uint32_t row) {
  if (column.is_null(row)) {
    return on_null == OnNull::null_member ? std::optional<CountedText>("null") : std::nullopt;
  }
  std::string text;
  append_json(column, row, text);
  return CountedText(text);
}

// --- Arrays ---

template <OnNull on_null>
struct Array {
  using Held = Gathered<StringRef>;

  static void change(Held& held, std::span<const Column> arguments, uint32_t row, bool leaves) {
    if (auto json = json_of<on_null>(arguments[0], row)) {
      if (leaves) {
        held.take_back(json);
      } else {
        held.add(std::move(json));
      }
    }
  }
  static std::string text_of(const Held* held) {
    std::string text;
    if (held != nullptr) {
      for (const auto& value : held->values) {
        text += text.empty() ? "" : ",";
        text += *value;
      }
    }
    return "[" + text + "]";
  }
};

// --- Objects ---

struct Members {
  CountedMap<CountedText, CountedText> values;

  void add(CountedText key, CountedText json) {
    const auto [member, is_new] = values.emplace(std::move(key), std::move(json));
    if (!is_new) {
      throw Error(ErrorCode::invalid_argument,
                  "Key '" + std::string(member->first) +
                      "' is already present. Duplicate keys are not allowed in JSON_OBJECTAGG. "
                      "Please ensure that keys are unique.");
    }
  }
  size_t shown() const {
    size_t bytes = 0;
    for (const auto& [key, json] : values) {
      bytes += key.size() + json.size();
    }
    return bytes;
  }
  void append(const Members& later) {
    for (const auto& [key, json] : later.values) {
      add(key, json);
    }
  }
  void save(ByteWriter& out) const {
    out.write_varint(values.size());
    for (const auto& [key, json] : values) {
      save_value(key, out);
      save_value(json, out);
    }
  }
  void load(ByteReader& in) {
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      CountedText key = load_value<CountedText>(in);
      values.emplace(std::move(key), load_value<CountedText>(in));
    }
  }
};

template <OnNull on_null>
struct Object {
  using Held = Members;

  static void change(Held& held, std::span<const Column> arguments, uint32_t row, bool leaves) {
    if (arguments[0].is_null(row)) {
      throw Error(ErrorCode::invalid_argument, "a key of JSON_OBJECTAGG is NULL");
    }
    CountedText key(View<StringRef>(arguments[0])[row].view());
    if (auto json = json_of<on_null>(arguments[1], row)) {
      if (leaves) {
        held.values.erase(key);
      } else {
        held.add(std::move(key), std::move(*json));
      }
    }
  }
  static std::string text_of(const Held* held) {
    std::string text;
    if (held != nullptr) {
      for (const auto& [key, json] : held->values) {
        text += text.empty() ? "" : ",";
        append_json_string(key, text);
        text += ':';
        text += json;
      }
    }
    return "{" + text + "}";
  }
};

// --- Both ---

template <typename Kind>
using StateOf = Owned<typename Kind::Held>;

template <typename Kind>
auto changing(std::span<const Column> arguments) {
  return [arguments](StateOf<Kind>& state, uint32_t row, bool leaves) {
    Kind::change(state.get(), arguments, row, leaves);
  };
}

// The text is good until the next one is asked for.
template <typename Kind>
auto text_of() {
  return [text = std::string()](const StateOf<Kind>& state) mutable {
    text = Kind::text_of(state.held);
    return std::optional<std::string_view>(text);
  };
}

template <typename Kind>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_rows<StateOf<Kind>>(states, rows, kinds, changing<Kind>(arguments));
}

template <typename Kind>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_rows<StateOf<Kind>, std::string_view>(
      states, rows, result, changing<Kind>(rows.arguments), text_of<Kind>());
}

template <typename Kind>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<StateOf<Kind>, std::string_view>(states, count, result, text_of<Kind>());
}

template <typename Kind>
std::optional<AggregateSignature> bind_aggregate(std::string_view name,
                                                 std::span<const Type> given) {
  const bool is_object = std::is_same_v<typename Kind::Held, Members>;
  if (given.size() != (is_object ? 2U : 1U) || !has_json(given.back()) ||
      (is_object && !given[0].is_string())) {
    return std::nullopt;
  }
  AggregateSignature signature = owned_signature<typename Kind::Held>();
  signature.name = name;
  signature.arguments.assign(given.begin(), given.end());
  if (given.back().kind == TypeKind::null_) {
    signature.arguments.back() = Type::string();
  }
  signature.result = Type::with_length(TypeKind::varchar, kLength, false);
  signature.retracts = true;
  signature.update = update<Kind>;
  signature.trace = trace<Kind>;
  signature.finish = finish<Kind>;
  signature.merge = merge_owned<typename Kind::Held>;
  signature.shown = shown_of_owned<typename Kind::Held>;
  return signature;
}

using Types = std::span<const Type>;

constexpr AggregateFunction kFunctions[] = {
    {.name = "JSON_ARRAYAGG",
     .signature = "JSON_ARRAYAGG(value [ABSENT ON NULL])",
     .description = "A JSON array of the values that are not NULL.",
     .bind =
         [](Types given) {
           return bind_aggregate<Array<OnNull::no_member>>("JSON_ARRAYAGG", given);
         },
     .over_nothing = OverNothing::empty},
    {.name = "JSON_ARRAYAGG NULL ON NULL",
     .signature = "JSON_ARRAYAGG(value NULL ON NULL)",
     .description = "A JSON array of the values.",
     .bind =
         [](Types given) {
           return bind_aggregate<Array<OnNull::null_member>>("JSON_ARRAYAGG NULL ON NULL", given);
         },
     .over_nothing = OverNothing::empty},
    {.name = "JSON_OBJECTAGG",
     .signature = "JSON_OBJECTAGG(KEY key VALUE value [NULL ON NULL])",
     .description = "A JSON object of the group's members; a key must not come twice.",
     .bind =
         [](Types given) {
           return bind_aggregate<Object<OnNull::null_member>>("JSON_OBJECTAGG", given);
         },
     .over_nothing = OverNothing::empty},
    {.name = "JSON_OBJECTAGG ABSENT ON NULL",
     .signature = "JSON_OBJECTAGG(KEY key VALUE value ABSENT ON NULL)",
     .description = "A JSON object without the members that are NULL.",
     .bind =
         [](Types given) {
           return bind_aggregate<Object<OnNull::no_member>>("JSON_OBJECTAGG ABSENT ON NULL", given);
         },
     .over_nothing = OverNothing::empty},
};

}  // namespace

std::span<const AggregateFunction> json_aggregates() { return kFunctions; }

}  // namespace millrace::function

// JSON_OBJECT and JSON_ARRAY: values as JSON text, an array's in the order given, an object's by
// their keys; of two members of one key the later one counts. The null clause is part of the name
// under which the binder asks.

#include <algorithm>

#include "base/json.h"
#include "function/cast/to_json.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/json_value.h"

namespace millrace::function {

namespace {

enum class OnNull : uint8_t { null_member, no_member };

// A separator before every member but the first.
void separate(std::string& out) {
  if (out.size() > 1) {
    out += ',';
  }
}

struct Member {
  std::string_view key;
  size_t number;  // as given
  std::string json;
};

void append_object(std::vector<Member>& members, std::string& text) {
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return a.key != b.key ? a.key < b.key : a.number < b.number;
  });
  text = "{";
  for (size_t i = 0; i < members.size(); ++i) {
    if (i + 1 < members.size() && members[i].key == members[i + 1].key) {
      continue;
    }
    separate(text);
    append_json_string(members[i].key, text);
    text += ':';
    text += members[i].json;
  }
  text += '}';
}

template <OnNull on_null>
Column make_object(const KernelCall& call) {
  ResultStrings result(call);
  std::vector<Member> members;
  std::string text;
  for_each(call.rows, [&](uint32_t row) {
    members.clear();
    for (size_t i = 0; i + 1 < call.arguments.size(); i += 2) {
      const Column& key = call.arguments[i];
      const Column& value = call.arguments[i + 1];
      if (key.is_null(row)) {
        return result.fail(row, "a key of JSON_OBJECT is NULL");
      }
      if (value.is_null(row) && on_null == OnNull::no_member) {
        continue;
      }
      Member& member = members.emplace_back(Member{View<StringRef>(key)[row].view(), i, ""});
      if (value.is_null(row)) {
        member.json = "null";
      } else {
        append_json(value, row, member.json);
      }
    }
    append_object(members, text);
    result.set(row, text);
  });
  return result.finish();
}

template <OnNull on_null>
Column make_array(const KernelCall& call) {
  ResultStrings result(call);
  std::string text;
  for_each(call.rows, [&](uint32_t row) {
    text = "[";
    for (const Column& value : call.arguments) {
      if (value.is_null(row) && on_null == OnNull::no_member) {
        continue;
      }
      separate(text);
      if (value.is_null(row)) {
        text += "null";
      } else {
        append_json(value, row, text);
      }
    }
    text += ']';
    result.set(row, text);
  });
  return result.finish();
}

// Text that is JSON already, in the form that these functions write.
Column as_json(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text) {
        if (const auto value = parse_json(text.view())) {
          std::string json;
          append_json(*value, json);
          to.set(row, json);
        } else {
          to.fail(row, "JSON() of what is no JSON: " + std::string(text.view()));
        }
      });
}

std::optional<ScalarSignature> bind_json(std::span<const Type> given) {
  if (given.size() != 1 || !given[0].is_string()) {
    return std::nullopt;
  }
  return strict("JSON", std::vector<Type>{given[0]}, Type::of(TypeKind::variant), as_json);
}

std::optional<ScalarSignature> bind_object(std::string_view name, std::span<const Type> given,
                                           Kernel kernel) {
  if (given.size() % 2 != 0) {
    return std::nullopt;
  }
  std::vector<Type> arguments(given.begin(), given.end());
  for (size_t i = 0; i < given.size(); ++i) {
    const bool is_key = i % 2 == 0;
    // A NULL without a type is no value here, as in Flink.
    if (is_key ? !given[i].is_string() : !has_json(given[i]) || given[i].kind == TypeKind::null_) {
      return std::nullopt;
    }
  }
  return ScalarSignature{std::string(name), arguments, Type::string(false), kernel};
}

std::optional<ScalarSignature> bind_array(std::string_view name, std::span<const Type> given,
                                          Kernel kernel) {
  std::vector<Type> arguments(given.begin(), given.end());
  for (Type& argument : arguments) {
    if (!has_json(argument) || argument.kind == TypeKind::null_) {
      return std::nullopt;
    }
  }
  return ScalarSignature{std::string(name), arguments, Type::string(false), kernel};
}

using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"JSON", "JSON(string)", "Text that is JSON, as a value of JSON_OBJECT or JSON_ARRAY.",
     bind_json},
    {"JSON_OBJECT", "JSON_OBJECT(key VALUE value, ... [NULL ON NULL])",
     "A JSON object of the given members, by their keys.",
     [](Types given) {
       return bind_object("JSON_OBJECT", given, make_object<OnNull::null_member>);
     }},
    {"JSON_OBJECT ABSENT ON NULL", "JSON_OBJECT(key VALUE value, ... ABSENT ON NULL)",
     "A JSON object without the members that are NULL.",
     [](Types given) {
       return bind_object("JSON_OBJECT ABSENT ON NULL", given, make_object<OnNull::no_member>);
     }},
    {"JSON_ARRAY", "JSON_ARRAY(value, ... [ABSENT ON NULL])",
     "A JSON array of the values that are not NULL.",
     [](Types given) { return bind_array("JSON_ARRAY", given, make_array<OnNull::no_member>); }},
    {"JSON_ARRAY NULL ON NULL", "JSON_ARRAY(value, ... NULL ON NULL)",
     "A JSON array of the values.",
     [](Types given) {
       return bind_array("JSON_ARRAY NULL ON NULL", given, make_array<OnNull::null_member>);
     }},
};

}  // namespace

std::span<const ScalarFunction> json_object_functions() { return kFunctions; }

}  // namespace millrace::function

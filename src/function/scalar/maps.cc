// Functions of maps.

#include <algorithm>

#include "function/evaluate.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/value/value_set.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

const Type& child_of(const Type& type, size_t number) { return (*type.children)[number].type; }
bool is_map(const Type& type) { return type.kind == TypeKind::map; }

template <size_t child>
Column part(const KernelCall& call) {
  const Column map = flat_argument(call, 0);
  return Column::list(call.result, call.size, map.shared_offsets(),
                      {map.children()[child].retyped(child_of(call.result, 0))},
                      map.shared_validity());
}

Column entries(const KernelCall& call) {
  const Column map = flat_argument(call, 0);
  const Column rows = Column::row(child_of(call.result, 0), map.children()[0].size(),
                                  {flattened(map.children()[0]), flattened(map.children()[1])});
  return Column::list(call.result, call.size, map.shared_offsets(), {rows}, map.shared_validity());
}

// Of entries with the same key the last map's stays. As in Flink, each map comes ahead of those
// before it.
Column united(const KernelCall& call) {
  std::vector<ListArgument> maps;
  std::vector<Column> keys;
  std::vector<Column> values;
  std::vector<size_t> starts;
  size_t start = 0;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    maps.emplace_back(call, i);
    keys.push_back(maps[i].elements(0).retyped(child_of(call.result, 0)));
    values.push_back(maps[i].elements(1).retyped(child_of(call.result, 1)));
    starts.push_back(start);
    start += maps[i].elements(0).size();
  }
  const Column all = concatenated(child_of(call.result, 0), keys);
  PickedLists result(call, {all, concatenated(child_of(call.result, 1), values)});
  ValueSet known(all);
  for (size_t row = 0; row < call.size; ++row) {
    if (std::any_of(maps.begin(), maps.end(),
                    [&](const ListArgument& map) { return map.is_null(row); })) {
      result.end_null_row();
      continue;
    }
    size_t most = 0;
    for (const ListArgument& map : maps) {
      most += map.end(row) - map.begin(row);
    }
    known.begin(most);
    for (size_t i = maps.size(); i-- > 0;) {
      for (size_t at = starts[i] + maps[i].begin(row); at < starts[i] + maps[i].end(row); ++at) {
        if (known.add(at)) {
          result.pick(at);
        }
      }
    }
    result.end_row();
  }
  return result.finish();
}

std::optional<ScalarSignature> bind_part(std::string_view name, Types given, size_t child,
                                         Kernel kernel) {
  if (given.size() != 1 || !is_map(given[0])) {
    return std::nullopt;
  }
  return ScalarSignature{std::string(name),
                         {given[0]},
                         Type::array(child_of(given[0], child), given[0].nullable),
                         kernel};
}

std::optional<ScalarSignature> bind_entries(Types given) {
  if (given.size() != 1 || !is_map(given[0])) {
    return std::nullopt;
  }
  const Type row = Type::row({{"key", child_of(given[0], 0)}, {"value", child_of(given[0], 1)}});
  return ScalarSignature{"MAP_ENTRIES", {given[0]}, Type::array(row, given[0].nullable), entries};
}

std::optional<ScalarSignature> bind_union(Types given) {
  if (given.empty() || !std::all_of(given.begin(), given.end(), is_map)) {
    return std::nullopt;
  }
  std::optional<Type> key = child_of(given[0], 0);
  std::optional<Type> value = child_of(given[0], 1);
  bool nullable = false;
  for (const Type& map : given) {
    key = key ? common_type(*key, child_of(map, 0)) : key;
    value = value ? common_type(*value, child_of(map, 1)) : value;
    nullable = nullable || map.nullable;
  }
  if (!key || !value) {
    return std::nullopt;
  }
  std::vector<Type> arguments;
  for (const Type& map : given) {
    arguments.push_back(Type::map(*key, *value, map.nullable));
  }
  return ScalarSignature{"MAP_UNION", arguments, Type::map(*key, *value, nullable), united};
}

constexpr ScalarFunction kFunctions[] = {
    {"MAP_ENTRIES", "MAP_ENTRIES(map)", "The entries as an array of rows.", bind_entries},
    {"MAP_KEYS", "MAP_KEYS(map)", "The keys as an array.",
     [](Types given) { return bind_part("MAP_KEYS", given, 0, part<0>); }},
    {"MAP_UNION", "MAP_UNION(map, ...)", "The entries of all; the last of a key counts.",
     bind_union},
    {"MAP_VALUES", "MAP_VALUES(map)", "The values as an array.",
     [](Types given) { return bind_part("MAP_VALUES", given, 1, part<1>); }},
};

}  // namespace

std::span<const ScalarFunction> map_functions() { return kFunctions; }

}  // namespace millrace::function

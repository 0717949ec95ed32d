// ROW, ARRAY and MAP values: made of others, and taken apart.

#include "column/nested.h"

#include "base/check.h"
#include "function/evaluate.h"
#include "function/kernel.h"
#include "function/nested.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/flat_argument.h"
#include "function/types.h"
#include "function/value/nested_equality.h"
#include "function/value/variant.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

std::vector<Column> flat_arguments(const KernelCall& call) {
  std::vector<Column> flat;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    flat.push_back(flat_argument(call, i));
  }
  return flat;
}

// --- Constructors ---

Column make_row(const KernelCall& call) {
  return Column::row(call.result, call.size, flat_arguments(call));
}

// Every `step`-th argument from `first` on, row by row: the values of row 0, then those of row 1.
Column interleaved(const KernelCall& call, const Type& type, size_t first, size_t step) {
  std::vector<Column> parts;
  for (size_t i = first; i < call.arguments.size(); i += step) {
    parts.push_back(flat_argument(call, i).retyped(type));
  }
  const Column all = concatenated(type, parts);
  std::vector<uint32_t> order;
  order.reserve(all.size());
  for (size_t row = 0; row < call.size; ++row) {
    for (size_t part = 0; part < parts.size(); ++part) {
      order.push_back(static_cast<uint32_t>(part * call.size + row));
    }
  }
  return all.gather(order);
}

std::shared_ptr<std::vector<uint32_t>> even_offsets(size_t rows, size_t each) {
  auto offsets = std::make_shared<std::vector<uint32_t>>(rows + 1);
  for (size_t row = 0; row <= rows; ++row) {
    (*offsets)[row] = static_cast<uint32_t>(row * each);
  }
  return offsets;
}

Column make_array(const KernelCall& call) {
  const Type& element = (*call.result.children)[0].type;
  return Column::list(call.result, call.size, even_offsets(call.size, call.arguments.size()),
                      {interleaved(call, element, 0, 1)});
}

// Of entries with the same key the last one stays, as in the java.util.Map that Flink makes.
Column without_repeated_keys(const Column& map) {
  const Column& keys = map.children()[0];
  auto offsets = std::make_shared<std::vector<uint32_t>>(1, 0);
  std::vector<uint32_t> kept;
  for (size_t row = 0; row < map.size(); ++row) {
    const uint32_t end = (*map.offsets())[row + 1];
    for (uint32_t entry = (*map.offsets())[row]; entry < end; ++entry) {
      bool repeated = false;
      for (uint32_t later = entry + 1; later < end && !repeated; ++later) {
        repeated = equal_values(keys, entry, keys, later);
      }
      if (!repeated) {
        kept.push_back(entry);
      }
    }
    offsets->push_back(static_cast<uint32_t>(kept.size()));
  }
  return Column::list(map.type(), map.size(), std::move(offsets),
                      {keys.gather(kept), map.children()[1].gather(kept)});
}

Column make_map(const KernelCall& call) {
  const std::vector<Field>& types = *call.result.children;
  const Column map = Column::list(
      call.result, call.size, even_offsets(call.size, call.arguments.size() / 2),
      {interleaved(call, types[0].type, 0, 2), interleaved(call, types[1].type, 1, 2)});
  return without_repeated_keys(map);
}

uint32_t size_in(const Column& list, size_t row) {
  return (*list.offsets())[row + 1] - (*list.offsets())[row];
}

// A row whose arrays are of different lengths fails. As in Flink a key that comes twice stays
// twice.
Column map_from_arrays(const KernelCall& call) {
  const Column keys = flat_argument(call, 0);
  const Column values = flat_argument(call, 1);
  auto offsets = std::make_shared<std::vector<uint32_t>>(1, 0);
  auto validity = std::make_shared<Validity>(call.size);
  std::vector<uint32_t> key_places;
  std::vector<uint32_t> value_places;
  for (uint32_t row = 0; row < call.size; ++row) {
    if (keys.is_null(row) || values.is_null(row) || size_in(keys, row) != size_in(values, row)) {
      validity->set_null(row);
    } else {
      for (uint32_t i = 0; i < size_in(keys, row); ++i) {
        key_places.push_back((*keys.offsets())[row] + i);
        value_places.push_back((*values.offsets())[row] + i);
      }
    }
    offsets->push_back(static_cast<uint32_t>(key_places.size()));
  }
  for_each(call.rows, [&](uint32_t row) {
    if (!keys.is_null(row) && !values.is_null(row) && !validity->get(row)) {
      call.context.fail(row, "MAP_FROM_ARRAYS takes as many values as keys, found " +
                                 std::to_string(size_in(values, row)) + " for " +
                                 std::to_string(size_in(keys, row)));
    }
  });
  const std::vector<Field>& types = *call.result.children;
  const Column map =
      Column::list(call.result, call.size, std::move(offsets),
                   {keys.children()[0].gather(key_places).retyped(types[0].type),
                    values.children()[0].gather(value_places).retyped(types[1].type)});
  return with_nulls(map, validity);
}

std::optional<ScalarSignature> bind_map_from_arrays(Types given) {
  const auto is_array = [](const Type& type) { return type.kind == TypeKind::array; };
  if (given.size() != 2 || !is_array(given[0]) || !is_array(given[1])) {
    return std::nullopt;
  }
  return ScalarSignature{"MAP_FROM_ARRAYS",
                         {given[0], given[1]},
                         Type::map((*given[0].children)[0].type, (*given[1].children)[0].type,
                                   given[0].nullable || given[1].nullable),
                         map_from_arrays};
}

std::optional<ScalarSignature> bind_row(Types given) {
  if (given.empty()) {
    return std::nullopt;
  }
  std::vector<Field> fields;
  for (size_t i = 0; i < given.size(); ++i) {
    fields.push_back({"EXPR$" + std::to_string(i), given[i]});
  }
  return ScalarSignature{
      "ROW", {given.begin(), given.end()}, Type::row(std::move(fields), false), make_row};
}

// What the types from `first` on, by steps, have in common.
std::optional<Type> common_of(Types given, size_t first, size_t step) {
  std::optional<Type> common = given[first];
  for (size_t i = first + step; common && i < given.size(); i += step) {
    common = unmixed_type(*common, given[i]);
  }
  return common;
}

std::optional<ScalarSignature> bind_array(Types given) {
  const std::optional<Type> element = given.empty() ? std::nullopt : common_of(given, 0, 1);
  if (!element) {
    return std::nullopt;
  }
  return ScalarSignature{"ARRAY", std::vector<Type>(given.size(), *element),
                         Type::array(*element, false), make_array};
}

// A bare NULL has no type but beside others of its kind.
bool are_types_known(Types entries) {
  size_t null_values = 0;
  for (size_t i = 0; i < entries.size(); i += 2) {
    if (entries[i].kind == TypeKind::null_) {
      return false;
    }
    null_values += entries[i + 1].kind == TypeKind::null_;
  }
  return null_values == 0 || null_values == entries.size() / 2;
}

std::optional<ScalarSignature> bind_map(Types given) {
  if (given.empty() || given.size() % 2 != 0 || !are_types_known(given)) {
    return std::nullopt;
  }
  const std::optional<Type> key = common_of(given, 0, 2);
  const std::optional<Type> value = common_of(given, 1, 2);
  if (!key || !value) {
    return std::nullopt;
  }
  std::vector<Type> arguments;
  for (size_t i = 0; i < given.size(); ++i) {
    arguments.push_back(i % 2 == 0 ? *key : *value);
  }
  return ScalarSignature{"MAP", std::move(arguments), Type::map(*key, *value, false), make_map};
}

// --- Access ---

Column field(const KernelCall& call) {
  const Column row = flat_argument(call, 0);
  const auto number = static_cast<size_t>(View<int32_t>(call.arguments[1])[0]);
  return with_nulls(row.children()[number], row.shared_validity()).retyped(call.result);
}

// Gathers elements by position in the list's children; a row without one is NULL.
class Chosen {
 public:
  explicit Chosen(size_t size)
      : positions_(size), found_(std::make_shared<Validity>(size, false)) {}
  void take(uint32_t row, size_t position) {
    positions_[row] = static_cast<uint32_t>(position);
    found_->set_valid(row);
  }
  Column of(const Column& elements, const Type& type) const {
    if (elements.size() == 0) {
      return Column::null(type, positions_.size());
    }
    return with_nulls(elements.gather(positions_), found_).retyped(type);
  }

 private:
  std::vector<uint32_t> positions_;
  std::shared_ptr<Validity> found_;
};

Column array_item(const KernelCall& call) {
  const Column array = flat_argument(call, 0);
  const View<int32_t> index(call.arguments[1]);
  Chosen chosen(call.size);
  for_each(call.rows, [&](uint32_t row) {
    if (array.is_null(row) || index.is_null(row)) {
      return;
    }
    const size_t begin = (*array.offsets())[row];
    const int64_t size = (*array.offsets())[row + 1] - static_cast<int64_t>(begin);
    if (index[row] >= 1 && index[row] <= size) {
      chosen.take(row, begin + static_cast<size_t>(index[row]) - 1);
    }
  });
  return chosen.of(array.children()[0], call.result);
}

Column map_item(const KernelCall& call) {
  const Column map = flat_argument(call, 0);
  const Column& key = call.arguments[1];
  Chosen chosen(call.size);
  for_each(call.rows, [&](uint32_t row) {
    if (map.is_null(row)) {
      return;
    }
    for (size_t entry = (*map.offsets())[row]; entry < (*map.offsets())[row + 1]; ++entry) {
      if (equal_values(map.children()[0], entry, key, row)) {
        return chosen.take(row, entry);
      }
    }
  });
  return chosen.of(map.children()[1], call.result);
}

// Calls part_at(variant, row) for the rows that have a variant and something to look for in it.
template <typename PartAt>
Column variant_item(const KernelCall& call, std::string_view wanted, PartAt part_at) {
  ResultStrings result(call);
  const View<StringRef> variant(call.arguments[0]);
  for_each(call.rows, [&](uint32_t row) {
    if (variant.is_null(row) || call.arguments[1].is_null(row)) {
      return result.set_null(row);
    }
    const VariantPart found = part_at(variant[row].view(), row);
    if (!found.fits) {
      result.fail(row, "a VARIANT that is no " + std::string(wanted) + " has no such part");
    } else if (found.part) {
      result.set(row, *found.part);
    } else {
      result.set_null(row);
    }
  });
  return result.finish();
}

Column variant_member(const KernelCall& call) {
  const View<StringRef> name(call.arguments[1]);
  return variant_item(call, "object", [&](std::string_view variant, uint32_t row) {
    return member_of_variant(variant, name[row].view());
  });
}

Column variant_element(const KernelCall& call) {
  const View<int64_t> number(call.arguments[1]);
  return variant_item(call, "array", [&](std::string_view variant, uint32_t row) {
    return element_of_variant(variant, number[row]);
  });
}

std::optional<ScalarSignature> bind_item(Types given) {
  if (given.size() != 2) {
    return std::nullopt;
  }
  if (given[0].kind == TypeKind::array &&
      (given[1].kind == TypeKind::integer || given[1].kind == TypeKind::null_)) {
    return ScalarSignature{"[]",
                           {given[0], Type::of(TypeKind::integer, given[1].nullable)},
                           (*given[0].children)[0].type.as_nullable(),
                           array_item};
  }
  if (given[0].kind == TypeKind::variant && (given[1].is_string() || given[1].is_integer())) {
    const bool is_name = given[1].is_string();
    return ScalarSignature{
        "[]",
        {given[0], is_name ? given[1] : Type::of(TypeKind::bigint, given[1].nullable)},
        Type::of(TypeKind::variant),
        is_name ? variant_member : variant_element};
  }
  if (given[0].kind == TypeKind::map) {
    const Type& key = (*given[0].children)[0].type;
    if (common_type(key, given[1])) {
      return ScalarSignature{"[]",
                             {given[0], key.as_nullable(given[1].nullable)},
                             (*given[0].children)[1].type.as_nullable(),
                             map_item};
    }
  }
  return std::nullopt;
}

// --- Size ---

bool is_collection(const Type& type) {
  return type.kind == TypeKind::array || type.kind == TypeKind::map ||
         type.kind == TypeKind::multiset;
}

Column cardinality(const KernelCall& call) {
  const Column list = flat_argument(call, 0);
  const bool counted = list.type().kind == TypeKind::multiset;
  ResultValues<int32_t> result(call);
  for_each(call.rows, [&](uint32_t row) {
    if (list.is_null(row)) {
      return result.set_null(row);
    }
    const uint32_t begin = (*list.offsets())[row];
    const uint32_t end = (*list.offsets())[row + 1];
    auto size = static_cast<int32_t>(end - begin);
    for (uint32_t entry = begin; counted && entry < end; ++entry) {
      size += View<int32_t>(list.children()[1])[entry] - 1;
    }
    result.set(row, size);
  });
  return result.finish();
}

std::optional<ScalarSignature> bind_cardinality(Types given) {
  if (given.size() != 1 || !is_collection(given[0]) || given[0].kind == TypeKind::multiset) {
    return std::nullopt;
  }
  return strict("CARDINALITY", std::vector<Type>{given[0]}, Type::of(TypeKind::integer),
                cardinality);
}

Column element(const KernelCall& call) {
  const Column array = flat_argument(call, 0);
  Chosen chosen(call.size);
  for_each(call.rows, [&](uint32_t row) {
    const uint32_t begin = (*array.offsets())[row];
    const uint32_t size = array.is_null(row) ? 0 : (*array.offsets())[row + 1] - begin;
    if (size > 1) {
      call.context.fail(row, "ELEMENT of an array of " + std::to_string(size) + " elements");
    } else if (size == 1) {
      chosen.take(row, begin);
    }
  });
  return chosen.of(array.children()[0], call.result);
}

std::optional<ScalarSignature> bind_element(Types given) {
  if (given.size() != 1 || given[0].kind != TypeKind::array) {
    return std::nullopt;
  }
  const Type& element_type = (*given[0].children)[0].type;
  return ScalarSignature{"ELEMENT",
                         {given[0]},
                         element_type.as_nullable(element_type.nullable || given[0].nullable),
                         element};
}

constexpr ScalarFunction kFunctions[] = {
    {"MAP_FROM_ARRAYS", "MAP_FROM_ARRAYS(keys, values)",
     "A map of the keys with the values at their places.", bind_map_from_arrays},
    {"ROW", "ROW(value, ...)", "A row of these fields.", bind_row},
    {"ARRAY", "ARRAY[value, ...]", "An array of these elements.", bind_array},
    {"MAP", "MAP[key, value, ...]", "A map of these entries.", bind_map},
    {"[]", "array[index], map[key], variant[index] or variant[name]",
     "The element at a place counted from 1, or the value of a key; NULL where there is none.",
     bind_item},
    {"CARDINALITY", "CARDINALITY(collection)", "How many elements or entries there are.",
     bind_cardinality},
    {"ELEMENT", "ELEMENT(array)", "The one element of an array; NULL of an empty one.",
     bind_element},
};

}  // namespace

Expression field_of(Expression row, size_t number) {
  check(row.type.kind == TypeKind::row && number < row.type.children->size());
  const Field& found = (*row.type.children)[number];
  ScalarSignature signature;
  signature.name = "." + found.name;
  signature.arguments = {row.type, Type::of(TypeKind::integer, false)};
  signature.result = found.type.as_nullable(found.type.nullable || row.type.nullable);
  signature.kernel = field;
  ColumnBuilder index(signature.arguments[1]);
  index.add(static_cast<int32_t>(number));
  std::vector<Expression> arguments;
  arguments.push_back(std::move(row));
  arguments.push_back(Expression::of_literal(index.finish()));
  return Expression::of_call(std::make_shared<const ScalarSignature>(std::move(signature)),
                             std::move(arguments));
}

std::optional<size_t> field_number(const Expression& expression) {
  // No function of SQL's begins with a point.
  if (expression.kind != ExpressionKind::call || !expression.signature->name.starts_with('.')) {
    return std::nullopt;
  }
  return static_cast<size_t>(expression.arguments[1].literal.values<int32_t>()[0]);
}

std::span<const ScalarFunction> nested_functions() { return kFunctions; }

}  // namespace millrace::function

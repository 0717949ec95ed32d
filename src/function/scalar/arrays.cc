// Functions of arrays. Positions count from 1. Two NULLs within arrays are equal.

#include <algorithm>
#include <cmath>

#include "column/physical.h"
#include "function/evaluate.h"
#include "function/implicit_casts.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/value/nested_equality.h"
#include "function/value/value_set.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

const Type& element_of(const Type& list) { return (*list.children)[0].type; }

// The elements of two columns of one type as one, those of the second behind `first.size()`.
Column both(const Type& type, const Column& first, const Column& second) {
  const Column parts[] = {first.retyped(type), second.retyped(type)};
  return concatenated(type, parts);
}

bool is_in(const Column& elements, size_t begin, size_t end, const Column& value, size_t row) {
  for (size_t at = begin; at < end; ++at) {
    if (equal_values(elements, at, value, row)) {
      return true;
    }
  }
  return false;
}

// --- One array ---

Column distinct(const KernelCall& call) {
  const ListArgument list(call, 0);
  PickedLists result(call, {list.elements()});
  ValueSet known(list.elements());
  return each_list(call, result, [&](size_t row) {
    known.begin(list.end(row) - list.begin(row));
    for (size_t at = list.begin(row); at < list.end(row); ++at) {
      if (known.add(at)) {
        result.pick(at);
      }
    }
  });
}

Column reversed(const KernelCall& call) {
  const ListArgument list(call, 0);
  PickedLists result(call, {list.elements()});
  return each_list(call, result, [&](size_t row) {
    for (size_t at = list.end(row); at > list.begin(row); --at) {
      result.pick(at - 1);
    }
  });
}

// From a position to another, both within; a negative one counts from the end, 0 stands for 1.
Column sliced(const KernelCall& call) {
  const ListArgument list(call, 0);
  const View<int64_t> from(call.arguments[1]);
  PickedLists result(call, {list.elements()});
  return each_list(call, result, [&](size_t row) {
    const auto size = static_cast<int64_t>(list.end(row) - list.begin(row));
    const int64_t to = call.arguments.size() > 2 ? View<int64_t>(call.arguments[2])[row] : size;
    const auto place = [&](int64_t position) {
      return position < 0 ? size + position : position == 0 ? 0 : position - 1;
    };
    const int64_t last = std::min(place(to), size - 1);
    for (int64_t at = std::max<int64_t>(place(from[row]), 0); at <= last; ++at) {
      result.pick(list.begin(row) + static_cast<size_t>(at));
    }
  });
}

// NaN is the greatest of all.
bool is_less(const Column& elements, size_t a, size_t b) {
  return with_physical(elements.type().physical(), [&](auto zero) {
    using T = decltype(zero);
    const View<T> view(elements);
    if constexpr (std::is_same_v<T, StringRef>) {
      return view[a].view() < view[b].view();
    } else if constexpr (std::is_floating_point_v<T>) {
      return std::isnan(view[b]) ? !std::isnan(view[a]) : view[a] < view[b];
    } else {
      return view[a] < view[b];
    }
  });
}

Column sorted(const KernelCall& call) {
  const ListArgument list(call, 0);
  const Column& elements = list.elements();
  PickedLists result(call, {elements});
  return each_list(call, result, [&](size_t row) {
    const bool ascending = call.arguments.size() < 2 || View<uint8_t>(call.arguments[1])[row] != 0;
    const bool nulls_first =
        call.arguments.size() < 3 ? ascending : View<uint8_t>(call.arguments[2])[row] != 0;
    std::vector<size_t> order;
    for (size_t at = list.begin(row); at < list.end(row); ++at) {
      order.push_back(at);
    }
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      if (elements.is_null(a) || elements.is_null(b)) {
        return elements.is_null(a) == elements.is_null(b) ? a < b
                                                          : elements.is_null(a) == nulls_first;
      }
      const bool less = is_less(elements, a, b);
      const bool more = is_less(elements, b, a);
      return less == more ? a < b : less == ascending;
    });
    for (const size_t at : order) {
      result.pick(at);
    }
  });
}

enum class Extreme : uint8_t { least, greatest };

template <Extreme extreme>
Column extreme_of(const KernelCall& call) {
  const ListArgument list(call, 0);
  const Column& elements = list.elements();
  std::vector<uint32_t> positions(call.size, 0);
  const auto found = std::make_shared<Validity>(call.size, false);
  for_each(call.rows, [&](uint32_t row) {
    if (list.is_null(row)) {
      return;
    }
    std::optional<size_t> best;
    for (size_t at = list.begin(row); at < list.end(row); ++at) {
      const bool better = !elements.is_null(at) &&
                          (!best || (extreme == Extreme::least ? is_less(elements, at, *best)
                                                               : is_less(elements, *best, at)));
      best = better ? std::optional(at) : best;
    }
    if (best) {
      positions[row] = static_cast<uint32_t>(*best);
      found->set_valid(row);
    }
  });
  return elements.size() == 0 ? Column::null(call.result, call.size)
                              : with_nulls(elements.gather(positions), found).retyped(call.result);
}

Column joined(const KernelCall& call) {
  const ListArgument list(call, 0);
  const View<StringRef> separator(call.arguments[1]);
  ResultStrings result(call);
  std::string text;
  for_each(call.rows, [&](uint32_t row) {
    const bool keeps_nulls = call.arguments.size() > 2;
    if (list.is_null(row) || separator.is_null(row) ||
        (keeps_nulls && call.arguments[2].is_null(row))) {
      return result.set_null(row);
    }
    text.clear();
    bool is_first = true;
    for (size_t at = list.begin(row); at < list.end(row); ++at) {
      const bool is_null = list.elements().is_null(at);
      if (is_null && !keeps_nulls) {
        continue;
      }
      text += is_first ? std::string_view() : separator[row].view();
      is_first = false;
      text += is_null ? View<StringRef>(call.arguments[2])[row].view()
                      : View<StringRef>(list.elements())[at].view();
    }
    result.set(row, text);
  });
  return result.finish();
}

// --- An array and a value ---

Column contains(const KernelCall& call) {
  const ListArgument list(call, 0);
  const Column value = flat_argument(call, 1);
  ResultValues<uint8_t> result(call);
  for_each(call.rows, [&](uint32_t row) {
    if (list.is_null(row)) {
      return result.set_null(row);
    }
    result.set(row, is_in(list.elements(), list.begin(row), list.end(row), value, row) ? 1 : 0);
  });
  return result.finish();
}

Column position(const KernelCall& call) {
  const ListArgument list(call, 0);
  const Column value = flat_argument(call, 1);
  ResultValues<int32_t> result(call);
  for_each(call.rows, [&](uint32_t row) {
    if (list.is_null(row) || value.is_null(row)) {
      return result.set_null(row);
    }
    for (size_t at = list.begin(row); at < list.end(row); ++at) {
      if (equal_values(list.elements(), at, value, row)) {
        return result.set(row, static_cast<int32_t>(at - list.begin(row)) + 1);
      }
    }
    result.set(row, 0);
  });
  return result.finish();
}

// Of the array alone a NULL makes the result NULL.
template <typename Make>
Column each_of_first(const KernelCall& call, const ListArgument& list, PickedLists& result,
                     Make make) {
  return each_list_but(call, result, [&](uint32_t row) { return list.is_null(row); }, make);
}

Column without(const KernelCall& call) {
  const ListArgument list(call, 0);
  const Column value = flat_argument(call, 1);
  PickedLists result(call, {list.elements()});
  return each_of_first(call, list, result, [&](size_t row) {
    for (size_t at = list.begin(row); at < list.end(row); ++at) {
      if (!equal_values(list.elements(), at, value, row)) {
        result.pick(at);
      }
    }
  });
}

enum class Place : uint8_t { front, back };

template <Place place>
Column with_value(const KernelCall& call) {
  const ListArgument list(call, 0);
  const size_t values = list.elements().size();
  PickedLists result(call,
                     {both(element_of(call.result), list.elements(), flat_argument(call, 1))});
  return each_of_first(call, list, result, [&](size_t row) {
    if (place == Place::front) {
      result.pick(values + row);
    }
    for (size_t at = list.begin(row); at < list.end(row); ++at) {
      result.pick(at);
    }
    if (place == Place::back) {
      result.pick(values + row);
    }
  });
}

// --- Several arrays ---

Column concatenation(const KernelCall& call) {
  std::vector<ListArgument> lists;
  std::vector<Column> parts;
  std::vector<size_t> starts;
  size_t start = 0;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    lists.emplace_back(call, i);
    parts.push_back(lists[i].elements().retyped(element_of(call.result)));
    starts.push_back(start);
    start += lists[i].elements().size();
  }
  PickedLists result(call, {concatenated(element_of(call.result), parts)});
  return each_list(call, result, [&](size_t row) {
    for (size_t i = 0; i < lists.size(); ++i) {
      for (size_t at = lists[i].begin(row); at < lists[i].end(row); ++at) {
        result.pick(starts[i] + at);
      }
    }
  });
}

enum class Combination : uint8_t { union_, except, intersect };

template <Combination combination>
Column combined(const KernelCall& call) {
  const ListArgument left(call, 0);
  const ListArgument right(call, 1);
  const Column elements = both(element_of(call.result), left.elements(), right.elements());
  const size_t start = left.elements().size();
  PickedLists result(call, {elements});
  ValueSet picked(elements);
  ValueSet others(elements);  // those that decide whether one is picked
  const auto pick_once = [&](size_t at) {
    if (picked.add(at)) {
      result.pick(at);
    }
  };
  return each_list(call, result, [&](size_t row) {
    const size_t from = start + right.begin(row);
    const size_t to = start + right.end(row);
    picked.begin(left.end(row) - left.begin(row) + to - from);
    others.begin(to - from);
    for (size_t at = from; combination != Combination::union_ && at < to; ++at) {
      others.add(at);
    }
    for (size_t at = left.begin(row); at < left.end(row); ++at) {
      if (combination == Combination::union_ ||
          others.has(at) == (combination == Combination::intersect)) {
        pick_once(at);
      }
    }
    for (size_t at = from; combination == Combination::union_ && at < to; ++at) {
      pick_once(at);
    }
  });
}

// --- Binding ---

bool is_array(const Type& type) { return type.kind == TypeKind::array; }

bool any_nullable(Types given) {
  return std::any_of(given.begin(), given.end(), [](const Type& type) { return type.nullable; });
}

std::optional<ScalarSignature> bind_one(std::string_view name, Types given, Kernel kernel) {
  return given.size() == 1 && is_array(given[0])
             ? std::optional(ScalarSignature{std::string(name), {given[0]}, given[0], kernel})
             : std::nullopt;
}

bool has_order(const Type& list) {
  const Type& element = element_of(list);
  return element.physical() != Physical::nested && element.kind != TypeKind::null_;
}

std::optional<ScalarSignature> bind_extreme(std::string_view name, Types given, Kernel kernel) {
  auto signature = bind_one(name, given, kernel);
  if (!signature || !has_order(given[0])) {
    return std::nullopt;
  }
  signature->result = element_of(given[0]).as_nullable();
  return signature;
}

std::optional<ScalarSignature> bind_sort(Types given) {
  if (given.empty() || given.size() > 3 || !is_array(given[0]) || !has_order(given[0])) {
    return std::nullopt;
  }
  std::vector<Type> arguments = {given[0]};
  for (const Type& flag : given.subspan(1)) {
    if (flag.kind != TypeKind::boolean) {
      return std::nullopt;
    }
    arguments.push_back(flag);
  }
  return ScalarSignature{"ARRAY_SORT", arguments, given[0].as_nullable(any_nullable(given)),
                         sorted};
}

std::optional<ScalarSignature> bind_slice(Types given) {
  if (given.size() < 2 || given.size() > 3 || !is_array(given[0])) {
    return std::nullopt;
  }
  std::vector<Type> arguments = {given[0]};
  for (const Type& offset : given.subspan(1)) {
    if (!offset.is_integer()) {
      return std::nullopt;
    }
    arguments.push_back(Type::of(TypeKind::bigint, offset.nullable));
  }
  return ScalarSignature{"ARRAY_SLICE", arguments, given[0].as_nullable(any_nullable(given)),
                         sliced};
}

std::optional<ScalarSignature> bind_join(Types given) {
  if (given.size() < 2 || given.size() > 3 || !is_array(given[0]) ||
      !element_of(given[0]).is_string()) {
    return std::nullopt;
  }
  std::vector<Type> arguments = {given[0]};
  for (const Type& text : given.subspan(1)) {
    if (!text.is_string() && text.kind != TypeKind::null_) {
      return std::nullopt;
    }
    arguments.push_back(Type::string(text.nullable));
  }
  return ScalarSignature{"ARRAY_JOIN", arguments, Type::string(any_nullable(given)), joined};
}

// Whether the value may be NULL as it is searched for and put in: one that is cast to the type of
// elements that may be NULL may be so itself, as in Flink.
bool may_be_null(const Type& value, const Type& element) {
  return value.nullable || (element.nullable && !value.same_but_nullability(element));
}

// An array and a value, both of the type that they have in common.
std::optional<ScalarSignature> bind_with_value(std::string_view name, Types given, Kernel kernel,
                                               const std::optional<Type>& result) {
  if (given.size() != 2 || !is_array(given[0])) {
    return std::nullopt;
  }
  const auto common = common_type(element_of(given[0]), given[1]);
  if (!common || !casts_implicitly(given[1], element_of(given[0]))) {
    return std::nullopt;
  }
  const bool nullable = element_of(given[0]).nullable || given[1].nullable;
  const Type element = common->as_nullable(nullable);
  const Type array = Type::array(element, given[0].nullable);
  // As in Flink, where an array that gets a value that may be NULL may be NULL itself.
  const Type changed =
      array.as_nullable(given[0].nullable || may_be_null(given[1], element_of(given[0])));
  return ScalarSignature{std::string(name), {array, element}, result ? *result : changed, kernel};
}

// Without a value the array is of its own type.
std::optional<ScalarSignature> bind_remove(Types given) {
  return given.empty() ? std::nullopt : bind_with_value("ARRAY_REMOVE", given, without, given[0]);
}

std::optional<ScalarSignature> bind_search(std::string_view name, Types given, Kernel kernel,
                                           TypeKind result) {
  // A NULL can be in an array, and is at no position of it.
  const bool nullable = any_nullable(given.first(std::min<size_t>(given.size(), 1))) ||
                        (result != TypeKind::boolean && given.size() == 2 && is_array(given[0]) &&
                         may_be_null(given[1], element_of(given[0])));
  return bind_with_value(name, given, kernel, Type::of(result, nullable));
}

std::optional<ScalarSignature> bind_several(std::string_view name, Types given, Kernel kernel,
                                            size_t most) {
  if (given.empty() || given.size() > most || !std::all_of(given.begin(), given.end(), is_array)) {
    return std::nullopt;
  }
  std::optional<Type> common = element_of(given[0]);
  bool nullable = common->nullable;
  for (const Type& list : given.subspan(1)) {
    common = common ? common_type(*common, element_of(list)) : common;
    nullable = nullable || element_of(list).nullable;
  }
  if (!common) {
    return std::nullopt;
  }
  std::vector<Type> arguments;
  for (const Type& list : given) {
    arguments.push_back(Type::array(common->as_nullable(nullable), list.nullable));
  }
  return ScalarSignature{std::string(name), arguments,
                         Type::array(common->as_nullable(nullable), any_nullable(given)), kernel};
}

std::optional<ScalarSignature> bind_two(std::string_view name, Types given, Kernel kernel) {
  return given.size() == 2 ? bind_several(name, given, kernel, 2) : std::nullopt;
}

constexpr ScalarFunction kFunctions[] = {
    {"ARRAY_APPEND", "ARRAY_APPEND(array, value)", "The array with the value behind it.",
     [](Types given) {
       return bind_with_value("ARRAY_APPEND", given, with_value<Place::back>, std::nullopt);
     }},
    {"ARRAY_CONCAT", "ARRAY_CONCAT(array, ...)", "The arrays one behind the other.",
     [](Types given) { return bind_several("ARRAY_CONCAT", given, concatenation, SIZE_MAX); }},
    {"ARRAY_CONTAINS", "ARRAY_CONTAINS(array, value)", "Whether the value is in the array.",
     [](Types given) { return bind_search("ARRAY_CONTAINS", given, contains, TypeKind::boolean); }},
    {"ARRAY_DISTINCT", "ARRAY_DISTINCT(array)", "The array's values, once each.",
     [](Types given) { return bind_one("ARRAY_DISTINCT", given, distinct); }},
    {"ARRAY_EXCEPT", "ARRAY_EXCEPT(array, other)", "The values that the other does not have.",
     [](Types given) { return bind_two("ARRAY_EXCEPT", given, combined<Combination::except>); }},
    {"ARRAY_INTERSECT", "ARRAY_INTERSECT(array, other)", "The values that both have.",
     [](Types given) {
       return bind_two("ARRAY_INTERSECT", given, combined<Combination::intersect>);
     }},
    {"ARRAY_JOIN", "ARRAY_JOIN(array, separator [, for_null])",
     "The strings as one; NULLs are left out, or written so.", bind_join},
    {"ARRAY_MAX", "ARRAY_MAX(array)", "The greatest value that is not NULL.",
     [](Types given) { return bind_extreme("ARRAY_MAX", given, extreme_of<Extreme::greatest>); }},
    {"ARRAY_MIN", "ARRAY_MIN(array)", "The least value that is not NULL.",
     [](Types given) { return bind_extreme("ARRAY_MIN", given, extreme_of<Extreme::least>); }},
    {"ARRAY_POSITION", "ARRAY_POSITION(array, value)",
     "Where the value first is, from 1; 0 if it is not there.",
     [](Types given) { return bind_search("ARRAY_POSITION", given, position, TypeKind::integer); }},
    {"ARRAY_PREPEND", "ARRAY_PREPEND(array, value)", "The array with the value ahead of it.",
     [](Types given) {
       return bind_with_value("ARRAY_PREPEND", given, with_value<Place::front>, std::nullopt);
     }},
    {"ARRAY_REMOVE", "ARRAY_REMOVE(array, value)", "The array without that value.", bind_remove},
    {"ARRAY_REVERSE", "ARRAY_REVERSE(array)", "From the last to the first.",
     [](Types given) { return bind_one("ARRAY_REVERSE", given, reversed); }},
    {"ARRAY_SLICE", "ARRAY_SLICE(array, from [, to])",
     "From a position to another one, which count from the end if negative.", bind_slice},
    {"ARRAY_SORT", "ARRAY_SORT(array [, ascending [, nulls_first]])", "The values in order.",
     bind_sort},
    {"ARRAY_UNION", "ARRAY_UNION(array, other)", "The values of both, once each.",
     [](Types given) { return bind_two("ARRAY_UNION", given, combined<Combination::union_>); }},
};

}  // namespace

std::span<const ScalarFunction> array_functions() { return kFunctions; }

}  // namespace millrace::function

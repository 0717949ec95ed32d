// BITMAP: made of an array or of bytes, combined with another, counted, and written as text, array
// or bytes.

#include "function/kernel.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/value/bitmap.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

// NULLs among the elements are passed over.
Column build(const KernelCall& call) {
  const ListArgument array(call, 0);
  const View<int32_t> elements(array.elements());
  ResultStrings result(call);
  for_each(call.rows, [&](uint32_t row) {
    if (array.is_null(row)) {
      return result.set_null(row);
    }
    Bitmap bitmap;
    for (size_t at = array.begin(row); at < array.end(row); ++at) {
      if (!elements.is_null(at)) {
        bitmap.add(static_cast<uint32_t>(elements[at]));
      }
    }
    result.set(row, bitmap.to_bytes());
  });
  return result.finish();
}

Column from_bytes(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& bytes) {
        if (const auto bitmap = Bitmap::from_bytes(bytes.view())) {
          to.set(row, bitmap->to_bytes());
        } else {
          to.fail(row, "the bytes are no bitmap in the format of Roaring bitmaps");
        }
      });
}

Column to_bytes(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& bytes) {
        to.set_borrowed(row, bytes.view());
      });
}

Column to_string(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& bytes) {
        to.set(row, Bitmap::of_value(bytes.view()).to_string());
      });
}

Column cardinality(const KernelCall& call) {
  return map_present<ResultValues<int64_t>, StringRef>(
      call, [](ResultValues<int64_t>& to, uint32_t row, const StringRef& bytes) {
        to.set(row, static_cast<int64_t>(Bitmap::of_value(bytes.view()).count()));
      });
}

// A result of arrays of INT, for all rows in order.
class NumberLists {
 public:
  explicit NumberLists(const KernelCall& call)
      : call_(call), numbers_((*call.result.children)[0].type) {}

  // A few bytes may stand for four thousand million numbers.
  bool has_room_for(uint64_t count) const { return numbers_.size() + count <= kMost; }
  void add(uint32_t number) { numbers_.add(static_cast<int32_t>(number)); }
  void end_row() { ends_.end_row(numbers_.size()); }
  void end_null_row() { ends_.end_null_row(numbers_.size()); }
  Column finish() { return ends_.finish(call_.result, {numbers_.finish()}); }

 private:
  static constexpr size_t kMost = (size_t{256} << 20) / sizeof(int32_t);

  const KernelCall& call_;
  ColumnBuilder numbers_;
  ListEnds ends_;
};

Column to_array(const KernelCall& call) {
  const View<StringRef> bitmaps(call.arguments[0]);
  NumberLists result(call);
  return each_list(call, result, [&](uint32_t row) {
    const Bitmap bitmap = Bitmap::of_value(bitmaps[row].view());
    if (!result.has_room_for(bitmap.count())) {
      return call.context.fail(row,
                               "the arrays of one batch are larger than 256 MiB: this bitmap " +
                                   ("has " + std::to_string(bitmap.count()) + " numbers"));
    }
    bitmap.each([&](uint32_t number) { result.add(number); });
  });
}

template <Bitmap::Operation operation>
Column combine(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& left, const StringRef& right) {
        Bitmap bitmap = Bitmap::of_value(left.view());
        bitmap.combine(Bitmap::of_value(right.view()), operation);
        to.set(row, bitmap.to_bytes());
      });
}

Type bitmap_type() { return Type::of(TypeKind::bitmap); }

std::optional<ScalarSignature> bind_all(std::string_view name, Types given, size_t count,
                                        const Type& argument, Type result, Kernel kernel) {
  ScalarSignature signature;
  signature.name = name;
  for (const Type& type : given) {
    if (type.kind != TypeKind::bitmap) {
      return std::nullopt;
    }
    signature.arguments.push_back(argument.as_nullable(type.nullable));
  }
  signature.result = nullable_by(std::move(result), signature.arguments);
  signature.kernel = kernel;
  return given.size() == count ? std::optional(std::move(signature)) : std::nullopt;
}

std::optional<ScalarSignature> bind_one(std::string_view name, Types given, Type result,
                                        Kernel kernel) {
  return bind_all(name, given, 1, bitmap_type(), std::move(result), kernel);
}

std::optional<ScalarSignature> bind_two(std::string_view name, Types given, Kernel kernel) {
  return bind_all(name, given, 2, bitmap_type(), bitmap_type(), kernel);
}

std::optional<ScalarSignature> bind_build(Types given) {
  const auto is_whole = [](const Type& element) {
    return element.is_integer() && element.kind != TypeKind::bigint;
  };
  const bool is_null = given.size() == 1 && given[0].kind == TypeKind::null_;
  const bool is_array = given.size() == 1 && given[0].kind == TypeKind::array &&
                        is_whole((*given[0].children)[0].type);
  if (!is_null && !is_array) {
    return std::nullopt;
  }
  const bool has_nulls = is_null || (*given[0].children)[0].type.nullable;
  const Type array = Type::array(Type::of(TypeKind::integer, has_nulls), given[0].nullable);
  return ScalarSignature{
      "BITMAP_BUILD", {array}, Type::of(TypeKind::bitmap, given[0].nullable), build};
}

std::optional<ScalarSignature> bind_from_bytes(Types given) {
  if (given.size() != 1 || !given[0].is_binary()) {
    return std::nullopt;
  }
  return ScalarSignature{
      "BITMAP_FROM_BYTES", {given[0]}, Type::of(TypeKind::bitmap, given[0].nullable), from_bytes};
}

constexpr ScalarFunction kFunctions[] = {
    {"BITMAP_AND", "BITMAP_AND(bitmap, other)", "The numbers that are in both.",
     [](Types given) { return bind_two("BITMAP_AND", given, combine<Bitmap::Operation::and_>); }},
    {"BITMAP_ANDNOT", "BITMAP_ANDNOT(bitmap, other)", "The numbers that the other does not have.",
     [](Types given) {
       return bind_two("BITMAP_ANDNOT", given, combine<Bitmap::Operation::and_not>);
     }},
    {"BITMAP_BUILD", "BITMAP_BUILD(array)", "The integers of an array as a set of 32-bit numbers.",
     bind_build},
    {"BITMAP_CARDINALITY", "BITMAP_CARDINALITY(bitmap)", "How many numbers are in it.",
     [](Types given) {
       return bind_one("BITMAP_CARDINALITY", given, Type::of(TypeKind::bigint), cardinality);
     }},
    {"BITMAP_FROM_BYTES", "BITMAP_FROM_BYTES(bytes)",
     "The set that bytes in the format of Roaring bitmaps are.", bind_from_bytes},
    {"BITMAP_OR", "BITMAP_OR(bitmap, other)", "The numbers that are in one or both.",
     [](Types given) { return bind_two("BITMAP_OR", given, combine<Bitmap::Operation::or_>); }},
    {"BITMAP_TO_ARRAY", "BITMAP_TO_ARRAY(bitmap)",
     "The numbers as an array, in order; those from 2147483648 on below zero.",
     [](Types given) {
       return bind_one("BITMAP_TO_ARRAY", given, Type::array(Type::of(TypeKind::integer)),
                       to_array);
     }},
    {"BITMAP_TO_BYTES", "BITMAP_TO_BYTES(bitmap)", "The set in the format of Roaring bitmaps.",
     [](Types given) { return bind_one("BITMAP_TO_BYTES", given, Type::bytes(), to_bytes); }},
    {"BITMAP_TO_STRING", "BITMAP_TO_STRING(bitmap)", "The numbers in order: {1,2,3}.",
     [](Types given) { return bind_one("BITMAP_TO_STRING", given, Type::string(), to_string); }},
    {"BITMAP_XOR", "BITMAP_XOR(bitmap, other)", "The numbers that are in one and not in both.",
     [](Types given) { return bind_two("BITMAP_XOR", given, combine<Bitmap::Operation::xor_>); }},
};

}  // namespace

std::span<const ScalarFunction> bitmap_functions() { return kFunctions; }

}  // namespace millrace::function

#pragma once

// Values of nested types (ROW, ARRAY, MAP, MULTISET) for functions that keep texts: as their bytes,
// and back.

#include "column/column.h"
#include "function/aggregate.h"

namespace millrace::function {

Column bytes_of_nested(const Column& values);
Column nested_of_bytes(const Column& bytes, const Type& type);

// What a function of texts does, for nested values. OfTexts has update(), trace() and signature().
template <typename OfTexts>
struct OfNested {
  static void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
                     std::span<const RowKind> kinds) {
    const Column bytes = bytes_of_nested(arguments[0]);
    OfTexts::update(states, {&bytes, 1}, rows, kinds);
  }
  static Column trace(char* const* states, const Additions& additions, const Type& result) {
    const Column bytes = bytes_of_nested(additions.arguments[0]);
    Additions of_bytes = additions;
    of_bytes.arguments = {&bytes, 1};
    return nested_of_bytes(OfTexts::trace(states, of_bytes, Type::bytes()), result);
  }
  static Column finish(char* const* states, size_t count, const Type& result) {
    return nested_of_bytes(OfTexts::signature().finish(states, count, Type::bytes()), result);
  }
  static AggregateSignature signature() {
    AggregateSignature signature = OfTexts::signature();
    signature.update = update;
    signature.trace = trace;
    signature.finish = finish;
    return signature;
  }
};

}  // namespace millrace::function

// Arithmetic on decimals, in the types that Flink derives. A result that needs more digits than its
// type has is NULL.

#include "function/kernel.h"
#include "function/scalar/arithmetic.h"
#include "function/types.h"
#include "function/value/decimal.h"

namespace millrace::function {

namespace {

// f(a, b) gives an optional unscaled result.
template <typename R, typename F>
Column each_pair(const KernelCall& call, F f) {
  ResultValues<R> result(call);
  const DecimalView a(call.arguments[0]);
  const DecimalView b(call.arguments[1]);
  const int32_t precision = call.result.precision;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::optional<__int128> unscaled = f(a[row], b[row]);
        if (unscaled && fits_precision(*unscaled, precision)) {
          result.set(row, static_cast<R>(*unscaled));
        } else {
          result.set_null(row);
        }
      },
      a, b);
  return result.finish();
}

struct Scales {
  explicit Scales(const KernelCall& call)
      : a(call.arguments[0].type().scale),
        b(call.arguments[1].type().scale),
        most(std::max(a, b)),
        result(call.result.scale) {}

  // Both numbers at the larger of the two scales, then f, then at the result's.
  template <typename F>
  std::optional<__int128> aligned(__int128 left, __int128 right, F f) const {
    const std::optional<__int128> x = rescaled(left, a, most);
    const std::optional<__int128> y = rescaled(right, b, most);
    return x && y ? rescaled(f(*x, *y), most, result) : std::nullopt;
  }

  int32_t a;
  int32_t b;
  int32_t most;
  int32_t result;
};

template <typename R>
Column add(const KernelCall& call) {
  const Scales scales(call);
  return each_pair<R>(call, [&](__int128 a, __int128 b) {
    return scales.aligned(a, b, [](__int128 x, __int128 y) { return x + y; });
  });
}

template <typename R>
Column subtract(const KernelCall& call) {
  const Scales scales(call);
  return each_pair<R>(call, [&](__int128 a, __int128 b) {
    return scales.aligned(a, b, [](__int128 x, __int128 y) { return x - y; });
  });
}

template <typename R>
Column multiply(const KernelCall& call) {
  const Scales scales(call);
  return each_pair<R>(call, [&](__int128 a, __int128 b) {
    return multiplied(a, b, scales.a + scales.b - scales.result);
  });
}

// f(a, b) where b is not zero.
template <typename R, typename F>
Column each_division(const KernelCall& call, F f) {
  const DecimalView divisor(call.arguments[1]);
  const Column& dividend = call.arguments[0];
  for_each(call.rows, [&](uint32_t row) {
    if (!divisor.is_null(row) && !dividend.is_null(row) && divisor[row] == 0) {
      call.context.fail(row, "division by zero");
    }
  });
  return each_pair<R>(call, [&](__int128 a, __int128 b) -> std::optional<__int128> {
    return b == 0 ? std::optional<__int128>(0) : f(a, b);
  });
}

template <typename R>
Column divide(const KernelCall& call) {
  const Scales scales(call);
  return each_division<R>(call, [&](__int128 a, __int128 b) {
    return divided(a, b, scales.result - scales.a + scales.b);
  });
}

template <typename R>
Column modulo(const KernelCall& call) {
  const Scales scales(call);
  return each_division<R>(call, [&](__int128 a, __int128 b) {
    return scales.aligned(a, b, [](__int128 x, __int128 y) { return x % y; });
  });
}

template <typename T>
Column negate(const KernelCall& call) {
  return map_values<T, T>(call, [](T value) { return static_cast<T>(-value); });
}

template <typename R>
Kernel kernel_for(Arithmetic operation) {
  switch (operation) {
    case Arithmetic::add: return add<R>;
    case Arithmetic::subtract: return subtract<R>;
    case Arithmetic::multiply: return multiply<R>;
    case Arithmetic::divide: return divide<R>;
    case Arithmetic::modulo: return modulo<R>;
  }
  return nullptr;
}

Type result_of(Arithmetic operation, const Type& a, const Type& b) {
  switch (operation) {
    case Arithmetic::add:
    case Arithmetic::subtract: return sum_of_decimals(a, b);
    case Arithmetic::multiply: return product_of_decimals(a, b);
    case Arithmetic::divide: return quotient_of_decimals(a, b);
    case Arithmetic::modulo: return remainder_of_decimals(a, b);
  }
  return a;
}

}  // namespace

std::optional<ScalarSignature> bind_decimals(Arithmetic operation, const Type& a, const Type& b) {
  ScalarSignature signature;
  signature.name = sign_of(operation);
  signature.arguments = {as_decimal(a), as_decimal(b)};
  signature.result = nullable_by(
      result_of(operation, signature.arguments[0], signature.arguments[1]), signature.arguments);
  // Digits may not suffice, whatever the arguments are.
  signature.result.nullable = true;
  signature.kernel = signature.result.physical() == Physical::i128 ? kernel_for<__int128>(operation)
                                                                   : kernel_for<int64_t>(operation);
  return signature;
}

Kernel decimal_negation(const Type& type) {
  return type.physical() == Physical::i128 ? negate<__int128> : negate<int64_t>;
}

}  // namespace millrace::function

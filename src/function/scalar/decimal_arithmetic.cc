// Arithmetic on decimals, in the types that Flink derives. A result that needs more digits than its
// type has is NULL, or an error where neither argument can be NULL, and so, as Flink types it, the
// result cannot either.

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
  const __int128 limit = power_of_ten(call.result.precision);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::optional<__int128> unscaled = f(a[row], b[row]);
        if (unscaled && *unscaled < limit && *unscaled > -limit) {
          result.set(row, static_cast<R>(*unscaled));
        } else if (call.result.nullable) {
          result.set_null(row);
        } else {
          result.fail(row, "the result has more digits than " + call.result.to_string());
        }
      },
      a, b);
  return result.finish();
}

// x + y with `dropped` digits less. Two numbers of 38 digits may pass 128 bits with their sign, but
// not without it.
std::optional<__int128> sum_of(__int128 x, __int128 y, int32_t dropped) {
  __int128 sum = 0;
  if (!__builtin_add_overflow(x, y, &sum)) {
    return rescaled(sum, dropped, 0);
  }
  if (dropped <= 0) {
    return std::nullopt;
  }
  const auto size = [](__int128 value) {
    return value < 0 ? -static_cast<unsigned __int128>(value)
                     : static_cast<unsigned __int128>(value);
  };
  const auto unit = static_cast<unsigned __int128>(power_of_ten(dropped));
  const auto rounded = static_cast<__int128>((size(x) + size(y) + unit / 2) / unit);
  return x < 0 ? -rounded : rounded;
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

  std::optional<__int128> sum(__int128 left, __int128 right) const {
    const std::optional<__int128> x = rescaled(left, a, most);
    const std::optional<__int128> y = rescaled(right, b, most);
    return x && y ? sum_of(*x, *y, most - result) : std::nullopt;
  }

  int32_t a;
  int32_t b;
  int32_t most;
  int32_t result;
};

template <typename R>
Column add(const KernelCall& call) {
  const Scales scales(call);
  return each_pair<R>(call, [&](__int128 a, __int128 b) { return scales.sum(a, b); });
}

template <typename R>
Column subtract(const KernelCall& call) {
  const Scales scales(call);
  return each_pair<R>(call, [&](__int128 a, __int128 b) { return scales.sum(a, -b); });
}

// a * b where all numbers are of 64 bits, whose product has at most 38 digits, and all results of
// as many as their type takes: nearly always. Nothing where one is not, for the slow way to say
// which.
template <typename R, typename A, typename B>
std::optional<Column> small_products(const KernelCall& call) {
  FlatBuffer<R> result(call.size);
  R* to = result.data();
  const __int128 limit = power_of_ten(call.result.precision);
  bool small = true;
  detail::with_readers<A, B>(
      call.arguments[0], call.arguments[1], [&](const auto& a, const auto& b) {
        for_each(call.rows, [&](uint32_t row) {
          const auto x = static_cast<int64_t>(a[row]);
          const auto y = static_cast<int64_t>(b[row]);
          const __int128 product = static_cast<__int128>(x) * y;
          to[row] = static_cast<R>(product);
          if (x != a[row] || y != b[row] || product >= limit || product <= -limit) [[unlikely]] {
            // What stands where there is no value may be any number.
            small = small && (call.arguments[0].is_null(row) || call.arguments[1].is_null(row));
          }
        });
      });
  if (!small) {
    return std::nullopt;
  }
  result.set_validity(merged_validity(call));
  return result.finish(call.result);
}

template <typename R>
std::optional<Column> small_products(const KernelCall& call) {
  const bool wide_a = call.arguments[0].type().physical() == Physical::i128;
  const bool wide_b = call.arguments[1].type().physical() == Physical::i128;
  if (wide_a) {
    return wide_b ? small_products<R, __int128, __int128>(call)
                  : small_products<R, __int128, int64_t>(call);
  }
  return wide_b ? small_products<R, int64_t, __int128>(call)
                : small_products<R, int64_t, int64_t>(call);
}

template <typename R>
Column multiply(const KernelCall& call) {
  const Scales scales(call);
  const int32_t dropped = scales.a + scales.b - scales.result;
  if (dropped == 0) {
    if (auto products = small_products<R>(call)) {
      return *std::move(products);
    }
  }
  return each_pair<R>(call, [=](__int128 a, __int128 b) { return multiplied(a, b, dropped); });
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

// BIGINTs are read as they are: a decimal of as many digits takes twice the room.
Type argument_for(const Type& exact) {
  return exact.kind == TypeKind::bigint ? exact : as_decimal(exact);
}

}  // namespace

std::optional<ScalarSignature> bind_decimals(Arithmetic operation, const Type& a, const Type& b) {
  ScalarSignature signature;
  signature.name = sign_of(operation);
  signature.arguments = {argument_for(a), argument_for(b)};
  signature.result =
      nullable_by(result_of(operation, as_decimal(a), as_decimal(b)), signature.arguments);
  signature.kernel = signature.result.physical() == Physical::i128 ? kernel_for<__int128>(operation)
                                                                   : kernel_for<int64_t>(operation);
  return signature;
}

Kernel decimal_negation(const Type& type) {
  return type.physical() == Physical::i128 ? negate<__int128> : negate<int64_t>;
}

}  // namespace millrace::function

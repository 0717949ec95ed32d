// + - * / % and the unary minus over numbers. Integers wrap as Java's, division cuts off, division
// by zero fails the row. Dates and intervals are in time_arithmetic.cc, decimals in
// decimal_arithmetic.cc.

#include "function/scalar/arithmetic.h"

#include <cmath>
#include <type_traits>

#include "column/physical.h"
#include "function/evaluate.h"
#include "function/kernel.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

// Computed without a sign, where wrapping is defined; narrow types wrap on the way back.
template <typename T, typename F>
T wrapping(T a, T b, F f) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(f(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
  } else {
    return f(a, b);
  }
}

template <typename T>
Column add(const KernelCall& call) {
  return map_pairs<T, T, T>(
      call, [](T a, T b) { return wrapping(a, b, [](auto x, auto y) { return x + y; }); });
}

template <typename T>
Column subtract(const KernelCall& call) {
  return map_pairs<T, T, T>(
      call, [](T a, T b) { return wrapping(a, b, [](auto x, auto y) { return x - y; }); });
}

template <typename T>
Column multiply(const KernelCall& call) {
  return map_pairs<T, T, T>(
      call, [](T a, T b) { return wrapping(a, b, [](auto x, auto y) { return x * y; }); });
}

template <typename T>
Column negate(const KernelCall& call) {
  return map_values<T, T>(call, [](T a) {
    return wrapping(T{0}, a, [](auto x, auto y) {
      return std::is_floating_point_v<T> ? -y : x - y;  // -0.0 keeps its sign
    });
  });
}

template <typename T>
T quotient(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    // The smallest number divided by -1 wraps; the machine would trap.
    return b == -1 ? static_cast<T>(-static_cast<uint64_t>(a)) : static_cast<T>(a / b);
  } else {
    return a / b;
  }
}

template <typename T>
T remainder(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return b == -1 ? T{0} : static_cast<T>(a % b);
  } else {
    return std::fmod(a, b);
  }
}

// f(a, b), which fails where a whole number is divided by zero.
template <typename R, typename T, typename F>
Column divide_by(const KernelCall& call, F f) {
  const Column& divisor = call.arguments[1];
  if (divisor.layout() == Column::Layout::constant && divisor.values<T>()[0] != 0) {
    return map_pairs<R, T, T>(call, f);
  }
  // FLOAT and DOUBLE know infinity, but not where two literals are divided.
  const bool fails =
      std::is_integral_v<T> || (divisor.layout() == Column::Layout::constant &&
                                call.arguments[0].layout() == Column::Layout::constant);
  ResultValues<R> result(call);
  const View<T> a(call.arguments[0]);
  const View<T> b(divisor);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        if (fails && b[row] == 0) {
          result.fail(row, "division by zero");
        } else {
          result.set(row, f(a[row], b[row]));
        }
      },
      a, b);
  return result.finish();
}

template <typename T>
Column divide(const KernelCall& call) {
  return divide_by<T, T>(call, quotient<T>);
}

// a % divisor without dividing, for a and divisor of 32 bits without a sign: the fraction of
// a / divisor in 64 bits, times the divisor (Lemire, Kaser and Kurz, "Faster remainder by direct
// computation"). Not inlined: knowing where the divisor came from, compilers multiply its sign too.
template <typename R, typename T>
[[gnu::noinline]] Column modulo_constant(const KernelCall& call, uint32_t divisor) {
  const uint64_t fraction_of_one = UINT64_MAX / divisor + 1;
  return map_values<R, T>(call, [=](T a) {
    const auto whole = static_cast<uint64_t>(a);
    if (whole > UINT32_MAX) {
      return static_cast<R>(a % static_cast<T>(divisor));
    }
    const auto fraction = static_cast<unsigned __int128>(fraction_of_one * whole);
    return static_cast<R>((fraction * divisor) >> 64);
  });
}

// The remainder has the divisor's type, which may be narrower than the dividend's.
template <typename R, typename T>
Column modulo(const KernelCall& call) {
  const Column& divisor = call.arguments[1];
  if constexpr (std::is_integral_v<T>) {
    if (divisor.layout() == Column::Layout::constant && !divisor.is_null(0) &&
        divisor.values<T>()[0] > 0 && static_cast<uint64_t>(divisor.values<T>()[0]) <= UINT32_MAX) {
      return modulo_constant<R, T>(call, static_cast<uint32_t>(divisor.values<T>()[0]));
    }
  }
  return divide_by<R, T>(call, [](T a, T b) { return static_cast<R>(remainder(a, b)); });
}

template <typename T>
Kernel arithmetic_kernel(Arithmetic operation, const Type& result) {
  switch (operation) {
    case Arithmetic::add: return add<T>;
    case Arithmetic::subtract: return subtract<T>;
    case Arithmetic::multiply: return multiply<T>;
    case Arithmetic::divide: return divide<T>;
    case Arithmetic::modulo: break;
  }
  return with_physical(result.physical(), [](auto zero) -> Kernel {
    using R = decltype(zero);
    if constexpr (std::is_arithmetic_v<R>) {
      return modulo<R, T>;
    } else {
      return nullptr;
    }
  });
}

std::optional<ScalarSignature> bind_numbers(Arithmetic operation, const Type& a, const Type& b) {
  const std::optional<Type> common = leading_type(a, b);
  const bool exact = common && (common->is_integer() || common->kind == TypeKind::decimal);
  if (!common || !common->is_numeric() || (operation == Arithmetic::modulo && !exact)) {
    return std::nullopt;
  }
  if (common->kind == TypeKind::decimal) {
    return bind_decimals(operation, a.is_numeric() ? a : *common, b.is_numeric() ? b : *common);
  }
  ScalarSignature signature;
  signature.name = sign_of(operation);
  signature.arguments = {common->as_nullable(a.nullable), common->as_nullable(b.nullable)};
  const bool by_divisor = operation == Arithmetic::modulo && b.is_integer();
  signature.result = (by_divisor ? b : *common).as_nullable(common->nullable);
  signature.kernel = with_physical(common->physical(), [&](auto zero) -> Kernel {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      return arithmetic_kernel<T>(operation, signature.result);
    } else {
      return nullptr;
    }
  });
  return signature;
}

std::optional<ScalarSignature> bind_negation(const Type& type) {
  if (type.kind == TypeKind::decimal) {
    return ScalarSignature{"-", {type}, type, decimal_negation(type)};
  }
  const bool is_interval =
      type.kind == TypeKind::interval_ms || type.kind == TypeKind::interval_month;
  if (!type.is_numeric() && !is_interval) {
    return std::nullopt;
  }
  const Kernel kernel = with_physical(type.physical(), [](auto zero) -> Kernel {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      return negate<T>;
    } else {
      return nullptr;
    }
  });
  return ScalarSignature{"-", {type}, type, kernel};
}

template <Arithmetic operation>
std::optional<ScalarSignature> bind(std::span<const Type> given) {
  if (given.size() == 1 && operation == Arithmetic::subtract) {
    return bind_negation(given[0]);
  }
  if (given.size() != 2) {
    return std::nullopt;
  }
  if (auto signature = bind_times(operation, given[0], given[1])) {
    return signature;
  }
  return bind_numbers(operation, given[0], given[1]);
}

constexpr ScalarFunction kFunctions[] = {
    {"+", "a + b", "The sum of two numbers, or a time moved by an interval.",
     bind<Arithmetic::add>},
    {"-", "a - b, -a", "The difference of two numbers, or a time moved back by an interval.",
     bind<Arithmetic::subtract>},
    {"*", "a * b", "The product of two numbers.", bind<Arithmetic::multiply>},
    {"/", "a / b",
     "The quotient; of integers without its fraction. A zero divisor fails the row, but of FLOAT "
     "and DOUBLE.",
     bind<Arithmetic::divide>},
    {"%", "a % b", "The remainder of a division, with the sign of a.", bind<Arithmetic::modulo>},
    {"MOD", "MOD(a, b)", "The remainder of a division, with the sign of a.",
     bind<Arithmetic::modulo>},
};

}  // namespace

std::string sign_of(Arithmetic operation) {
  switch (operation) {
    case Arithmetic::add: return "+";
    case Arithmetic::subtract: return "-";
    case Arithmetic::multiply: return "*";
    case Arithmetic::divide: return "/";
    case Arithmetic::modulo: return "%";
  }
  return "";
}

std::span<const ScalarFunction> arithmetic_functions() { return kFunctions; }

}  // namespace millrace::function

// Functions of one or two numbers in floating point.

#include <cmath>
#include <numbers>

#include "column/builder.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/java_math.h"

namespace millrace::function {

namespace {

template <double (*f)(double)>
Column each(const KernelCall& call) {
  return map_values<double, double>(call, [](double x) { return f(x); });
}

template <double (*f)(double, double)>
Column each_pair(const KernelCall& call) {
  return map_pairs<double, double, double>(call, [](double x, double y) { return f(x, y); });
}

// By factors that are rounded first, as Java has it.
double to_degrees(double x) { return x * 57.29577951308232; }
double to_radians(double x) { return x * 0.017453292519943295; }
double cotangent(double x) { return 1 / std::tan(x); }
double log_to_two(double x) { return std::log(x) / std::numbers::ln2; }
double log_to_base(double base, double x) { return std::log(x) / std::log(base); }

template <double value>
Column constant(const KernelCall& call) {
  ColumnBuilder builder(call.result);
  builder.add<double>(value);
  return Column::constant(builder.finish(), call.size);
}

using Types = std::span<const Type>;

std::optional<ScalarSignature> bind_one(std::string_view name, Types given, Kernel kernel) {
  return strict(name, fitted(given, {Accepts::number}, 1), Type::of(TypeKind::double_), kernel);
}

std::optional<ScalarSignature> bind_two(std::string_view name, Types given, Kernel kernel) {
  return strict(name, fitted(given, {Accepts::number, Accepts::number}, 2),
                Type::of(TypeKind::double_), kernel);
}

// A DECIMAL stands beside another one alone.
std::optional<ScalarSignature> bind_atan2(Types given) {
  const auto is_decimal = [](const Type& type) { return type.kind == TypeKind::decimal; };
  const bool fits = given.size() == 2 && is_decimal(given[0]) == is_decimal(given[1]);
  return fits ? bind_two("ATAN2", given, each_pair<java_arc_tangent>) : std::nullopt;
}

std::optional<ScalarSignature> bind_log(Types given) {
  return given.size() == 2 ? bind_two("LOG", given, each_pair<log_to_base>)
                           : bind_one("LOG", given, each<std::log>);
}

constexpr ScalarFunction kFunctions[] = {
    {"POWER", "POWER(x, y)", "x to the power of y.",
     [](Types given) { return bind_two("POWER", given, each_pair<std::pow>); }},
    {"SQRT", "SQRT(x)", "The square root.",
     [](Types given) { return bind_one("SQRT", given, each<std::sqrt>); }},
    {"EXP", "EXP(x)", "e to the power of x.",
     [](Types given) { return bind_one("EXP", given, each<std::exp>); }},
    {"LN", "LN(x)", "The natural logarithm.",
     [](Types given) { return bind_one("LN", given, each<std::log>); }},
    {"LOG", "LOG([base,] x)", "The logarithm, natural without a base.", bind_log},
    {"LOG2", "LOG2(x)", "The logarithm to base 2.",
     [](Types given) { return bind_one("LOG2", given, each<log_to_two>); }},
    {"LOG10", "LOG10(x)", "The logarithm to base 10.",
     [](Types given) { return bind_one("LOG10", given, each<java_log_to_ten>); }},
    {"SIN", "SIN(x)", "The sine of an angle in radians.",
     [](Types given) { return bind_one("SIN", given, each<std::sin>); }},
    {"COS", "COS(x)", "The cosine of an angle in radians.",
     [](Types given) { return bind_one("COS", given, each<std::cos>); }},
    {"TAN", "TAN(x)", "The tangent of an angle in radians.",
     [](Types given) { return bind_one("TAN", given, each<std::tan>); }},
    {"SINH", "SINH(x)", "The hyperbolic sine.",
     [](Types given) { return bind_one("SINH", given, each<java_hyperbolic_sine>); }},
    {"COSH", "COSH(x)", "The hyperbolic cosine.",
     [](Types given) { return bind_one("COSH", given, each<java_hyperbolic_cosine>); }},
    {"TANH", "TANH(x)", "The hyperbolic tangent.",
     [](Types given) { return bind_one("TANH", given, each<std::tanh>); }},
    {"COT", "COT(x)", "The cotangent of an angle in radians.",
     [](Types given) { return bind_one("COT", given, each<cotangent>); }},
    {"ASIN", "ASIN(x)", "The angle of this sine.",
     [](Types given) { return bind_one("ASIN", given, each<java_arc_sine>); }},
    {"ACOS", "ACOS(x)", "The angle of this cosine.",
     [](Types given) { return bind_one("ACOS", given, each<java_arc_cosine>); }},
    {"ATAN", "ATAN(x)", "The angle of this tangent.",
     [](Types given) { return bind_one("ATAN", given, each<java_arc_tangent>); }},
    {"ATAN2", "ATAN2(y, x)", "The angle of a point.", bind_atan2},
    {"DEGREES", "DEGREES(x)", "Radians as degrees.",
     [](Types given) { return bind_one("DEGREES", given, each<to_degrees>); }},
    {"RADIANS", "RADIANS(x)", "Degrees as radians.",
     [](Types given) { return bind_one("RADIANS", given, each<to_radians>); }},
    {"PI", "PI()", "The number pi.",
     [](Types given) {
       return strict("PI", fitted(given, {}, 0), Type::of(TypeKind::double_),
                     constant<std::numbers::pi>);
     }},
    {"E", "E()", "Euler's number.",
     [](Types given) {
       return strict("E", fitted(given, {}, 0), Type::of(TypeKind::double_),
                     constant<std::numbers::e>);
     }},
};

}  // namespace

std::span<const ScalarFunction> math_functions() { return kFunctions; }

}  // namespace millrace::function

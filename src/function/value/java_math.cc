#include "function/value/java_math.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <span>

namespace millrace::function {

namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kHalfPi = std::numbers::pi / 2;
constexpr double kQuarterPi = std::numbers::pi / 4;
// What the doubles above lack.
constexpr double kPiRest = 1.2246467991473531772e-16;
constexpr double kHalfPiRest = 6.12323399573676603587e-17;

// a[0] + x * (a[1] + x * (a[2] + ...
double polynomial(double x, std::span<const double> a) {
  double sum = a.back();
  for (size_t i = a.size() - 1; i-- > 0;) {
    sum = a[i] + x * sum;
  }
  return sum;
}

// The upper half of a double's digits, whose square is exact.
double upper_half(double x) {
  return std::bit_cast<double>(std::bit_cast<uint64_t>(x) & 0xffffffff00000000);
}

// (asin(x) - x) / x by x * x.
double sine_quotient(double square) {
  constexpr double kAbove[] = {1.66666666666666657415e-01, -3.25565818622400915405e-01,
                               2.01212532134862925881e-01, -4.00555345006794114027e-02,
                               7.91534994289814532176e-04, 3.47933107596021167570e-05};
  constexpr double kBelow[] = {1, -2.40339491173441421878e+00, 2.02094576023350569471e+00,
                               -6.88283971605453293030e-01, 7.70381505559019352791e-02};
  return square * polynomial(square, kAbove) / polynomial(square, kBelow);
}

// Of 0.5 to 1: from the root of half of what is left to 1.
double arc_sine_near_one(double size) {
  constexpr double kRootIsRoughEnough = 0.97499990463256836;
  const double half = (1 - size) * 0.5;
  const double quotient = sine_quotient(half);
  const double root = std::sqrt(half);
  if (size >= kRootIsRoughEnough) {
    return kHalfPi - (2 * (root + root * quotient) - kHalfPiRest);
  }
  const double upper = upper_half(root);
  const double lower = (half - upper * upper) / (root + upper);
  return kQuarterPi - (2 * root * quotient - (kHalfPiRest - 2 * lower) - (kQuarterPi - 2 * upper));
}

// Beyond 0.4375 an angle is one of these, and what its tangent differs by is small.
struct Angle {
  double high;
  double low;
  double tangent;
};

Angle beside(double size) {
  if (size < 0.6875) {
    return {4.63647609000806093515e-01, 2.26987774529616870924e-17, (2 * size - 1) / (2 + size)};
  }
  if (size < 1.1875) {
    return {7.85398163397448278999e-01, 3.06161699786838301793e-17, (size - 1) / (size + 1)};
  }
  if (size < 2.4375) {
    return {9.82793723247329054082e-01, 1.39033110312309984516e-17,
            (size - 1.5) / (1 + 1.5 * size)};
  }
  return {kHalfPi, kHalfPiRest, -1 / size};
}

// What an angle is below its tangent.
double tangent_excess(double tangent) {
  constexpr double kOdd[] = {3.33333333333329318027e-01, 1.42857142725034663711e-01,
                             9.09088713343650656196e-02, 6.66107313738753120669e-02,
                             4.97687799461593236017e-02, 1.62858201153657823623e-02};
  constexpr double kEven[] = {-1.99999999998764832476e-01, -1.11111104054623557880e-01,
                              -7.69187620504482999495e-02, -5.83357013379057348645e-02,
                              -3.65315727442169155270e-02};
  const double square = tangent * tangent;
  const double fourth = square * square;
  return tangent * (square * polynomial(fourth, kOdd) + fourth * polynomial(fourth, kEven));
}

int exponent_of(double x) { return static_cast<int>(std::bit_cast<uint64_t>(x) >> 52 & 0x7ff); }

// e to a power of zero or more: of what is left beyond a whole power of two, by a quotient of
// polynomials.
double strict_exp(double x) {
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  constexpr double kInverseLn2 = 1.44269504088896338700e+00;
  constexpr double kTerms[] = {1.66666666666666019037e-01, -2.77777777770155933842e-03,
                               6.61375632143793436117e-05, -1.65339022054652515390e-06,
                               4.13813679705723846039e-08};
  const int power = x <= std::numbers::ln2 / 2    ? 0
                    : x < 1.5 * std::numbers::ln2 ? 1
                                                  : static_cast<int>(kInverseLn2 * x + 0.5);
  const double high = x - power * kLn2High;
  const double low = power * kLn2Low;
  const double rest = high - low;
  const double square = rest * rest;
  const double correction = rest - square * polynomial(square, kTerms);
  return power == 0 ? 1 - (rest * correction / (correction - 2) - rest)
                    : std::ldexp(1 - ((low - rest * correction / (2 - correction)) - high), power);
}

// Beyond these, e to the power has no other part that counts; does not fit; is more than twice what
// fits.
constexpr double kOneTermEnough = 22;
constexpr double kExpFits = 709.782712893384;
constexpr double kMost = 710.4758600739439;

// Half of e to the power, of kOneTermEnough or more.
double half_exp(double size) {
  if (size <= kExpFits) {
    return strict_exp(size) / 2;
  }
  const double root = strict_exp(size / 2);
  return root / 2 * root;
}

}  // namespace

double java_arc_sine(double x) {
  const double size = std::fabs(x);
  if (size >= 1 || std::isnan(x)) {
    return size == 1 ? x * kHalfPi + x * kHalfPiRest : std::numeric_limits<double>::quiet_NaN();
  }
  return size < 0.5 ? x + x * sine_quotient(x * x) : std::copysign(arc_sine_near_one(size), x);
}

double java_arc_cosine(double x) {
  const double size = std::fabs(x);
  if (size >= 1 || std::isnan(x)) {
    return x == 1 ? 0 : x == -1 ? kPi + 2 * kHalfPiRest : std::numeric_limits<double>::quiet_NaN();
  }
  if (size < 0.5) {
    return kHalfPi - (x - (kHalfPiRest - x * sine_quotient(x * x)));
  }
  const double half = (1 - size) * 0.5;
  const double root = std::sqrt(half);
  const double quotient = sine_quotient(half);
  if (x < 0) {
    return kPi - 2 * (root + (quotient * root - kHalfPiRest));
  }
  const double upper = upper_half(root);
  const double lower = (half - upper * upper) / (root + upper);
  return 2 * (upper + (quotient * root + lower));
}

double java_arc_tangent(double x) {
  constexpr double kStraightUp = 0x1p66;
  const double size = std::fabs(x);
  if (size < 0.4375 || std::isnan(x)) {
    return x - tangent_excess(x);
  }
  if (size >= kStraightUp) {
    return std::copysign(kHalfPi + kHalfPiRest, x);
  }
  const Angle angle = beside(size);
  const double rest = (tangent_excess(angle.tangent) - angle.low) - angle.tangent;
  return std::copysign(angle.high - rest, x);
}

double java_arc_tangent(double y, double x) {
  const bool on_an_axis = x == 0 || y == 0 || std::isinf(x) || std::isinf(y);
  if (on_an_axis || std::isnan(x) || std::isnan(y)) {
    return std::atan2(y, x);
  }
  // By so many powers of two one is longer than the other that it is the axis.
  constexpr int kFar = 60;
  const int longer = exponent_of(y) - exponent_of(x);
  const double angle = longer > kFar             ? kHalfPi + 0.5 * kPiRest
                       : x < 0 && longer < -kFar ? 0
                                                 : java_arc_tangent(std::fabs(y / x));
  return std::copysign(x < 0 ? kPi - (angle - kPiRest) : angle, y);
}

double java_hyperbolic_sine(double x) {
  const double size = std::fabs(x);
  if (size < kOneTermEnough || std::isnan(x)) {
    return std::sinh(x);
  }
  return size > kMost ? x * std::numeric_limits<double>::infinity()
                      : std::copysign(half_exp(size), x);
}

double java_hyperbolic_cosine(double x) {
  constexpr double kSmall = 0.34657359027997264;  // half of ln 2
  const double size = std::fabs(x);
  if (size < kSmall) {
    const double grown = std::expm1(size);
    const double power = 1 + grown;
    return 1 + grown * grown / (power + power);
  }
  if (size > kMost || std::isnan(size)) {
    return size + std::numeric_limits<double>::infinity();
  }
  if (size >= kOneTermEnough) {
    return half_exp(size);
  }
  const double power = strict_exp(size);
  return power / 2 + 0.5 / power;
}

double java_log_to_ten(double x) {
  return static_cast<double>(std::log10(static_cast<long double>(x)));
}

}  // namespace millrace::function

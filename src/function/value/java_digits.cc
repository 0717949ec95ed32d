// After Steele and White, "How to print floating-point numbers accurately", with the shortcuts that
// Java takes and that show in its results: integers keep digits up to the place that their last bit
// is worth, and there are two digits at least where an exponent is written.
//
// A number is B/S, half the distance to its neighbours is M/S. Digits come off B/S until what is
// left is within M.

#include "function/value/java_digits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace millrace::function {

namespace {

constexpr int kFractionBits = 52;
constexpr int kFloatFractionBits = 23;

// fraction / 2^52 * 2^exponent, of which the first bit is set; `significant` bits count.
struct Binary {
  uint64_t fraction;
  int exponent;
  int significant;
};

Binary parts_of(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const uint64_t fraction = bits & ((uint64_t{1} << kFractionBits) - 1);
  const int exponent = static_cast<int>(bits >> kFractionBits & 0x7ff);
  if (exponent != 0) {
    return {fraction | uint64_t{1} << kFractionBits, exponent - 1023, kFractionBits + 1};
  }
  const int zeros = std::countl_zero(fraction);
  const int shift = zeros - (63 - kFractionBits);
  return {fraction << shift, 1 - shift - 1023, 64 - zeros};
}

Binary parts_of(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t fraction = bits & ((uint32_t{1} << kFloatFractionBits) - 1);
  const int exponent = static_cast<int>(bits >> kFloatFractionBits & 0xff);
  constexpr int kWider = kFractionBits - kFloatFractionBits;
  if (exponent != 0) {
    const uint64_t whole = fraction | uint32_t{1} << kFloatFractionBits;
    return {whole << kWider, exponent - 127, kFloatFractionBits + 1};
  }
  const int zeros = std::countl_zero(fraction);
  const int shift = zeros - (31 - kFloatFractionBits);
  return {static_cast<uint64_t>(fraction << shift) << kWider, 1 - shift - 127, 32 - zeros};
}

// Numbers of up to 128 bits; nearly all that is ever printed.
class Small {
 public:
  explicit Small(uint64_t value) : value_(value) {}
  void multiply(uint32_t by) { value_ *= by; }
  void shift(int bits) { value_ <<= bits; }
  void subtract(const Small& other) { value_ -= other.value_; }
  static int compare(const Small& a, const Small& b) {
    return a.value_ < b.value_ ? -1 : a.value_ > b.value_ ? 1 : 0;
  }
  static int compare_sum(const Small& a, const Small& b, const Small& to) {
    return compare(Small(a.value_ + b.value_), to);
  }

 private:
  explicit Small(unsigned __int128 value) : value_(value) {}
  unsigned __int128 value_;
};

// Numbers of any size, 32 bits a word, the low ones first; no zeros at the end.
class Large {
 public:
  explicit Large(uint64_t value)
      : words_{static_cast<uint32_t>(value), static_cast<uint32_t>(value >> 32)} {
    trim();
  }
  void multiply(uint32_t by) {
    uint64_t carry = 0;
    for (uint32_t& word : words_) {
      carry += static_cast<uint64_t>(word) * by;
      word = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) {
      words_.push_back(static_cast<uint32_t>(carry));
    }
  }
  void shift(int bits) {
    words_.insert(words_.begin(), static_cast<size_t>(bits / 32), 0);
    multiply(uint32_t{1} << bits % 32);
  }
  void subtract(const Large& other) {
    int64_t carry = 0;
    for (size_t i = 0; i < words_.size(); ++i) {
      carry += static_cast<int64_t>(words_[i]) - other.word(i);
      words_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    trim();
  }
  static int compare(const Large& a, const Large& b) {
    for (size_t i = std::max(a.words_.size(), b.words_.size()); i-- > 0;) {
      if (a.word(i) != b.word(i)) {
        return a.word(i) < b.word(i) ? -1 : 1;
      }
    }
    return 0;
  }
  static int compare_sum(const Large& a, const Large& b, const Large& to) {
    Large sum = a;
    sum.words_.resize(std::max(a.words_.size(), b.words_.size()) + 1);
    uint64_t carry = 0;
    for (size_t i = 0; i < sum.words_.size(); ++i) {
      carry += static_cast<uint64_t>(sum.words_[i]) + b.word(i);
      sum.words_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    return compare(sum, to);
  }

 private:
  uint32_t word(size_t i) const { return i < words_.size() ? words_[i] : 0; }
  void trim() {
    while (!words_.empty() && words_.back() == 0) {
      words_.pop_back();
    }
  }
  std::vector<uint32_t> words_;
};

template <typename Number>
Number scaled(uint64_t value, int fives, int twos) {
  Number number(value);
  for (int i = 0; i < fives; ++i) {
    number.multiply(5);
  }
  number.shift(twos);
  return number;
}

// Powers of five and two that make B, S and M of a number.
struct Scaling {
  uint64_t fraction;
  int b5, b2, s5, s2, m2;

  // Where ten times any of them still has 128 bits at most.
  bool is_small() const {
    const auto bits = [](int fives) { return fives * 7 / 3 + 1; };
    return std::bit_width(fraction) + b2 + bits(b5) + 4 < 128 && s2 + bits(s5 + 1) + 4 < 128 &&
           m2 + bits(b5) + 4 < 128;
  }
};

void round_up(JavaDigits& number) {
  size_t last = number.digits.size() - 1;
  while (number.digits[last] == '9' && last > 0) {
    number.digits[last--] = '0';
  }
  if (number.digits[last] == '9') {
    number.digits[last] = '1';
    ++number.exponent;
  } else {
    ++number.digits[last];
  }
}

template <typename Number>
JavaDigits generate(const Scaling& scaling, int exponent) {
  Number b = scaled<Number>(scaling.fraction, scaling.b5, scaling.b2);
  const Number s = scaled<Number>(1, scaling.s5, scaling.s2);
  Number m = scaled<Number>(1, scaling.b5, scaling.m2);
  Number tens = s;
  tens.multiply(10);
  JavaDigits number;
  bool low = false;
  bool high = false;
  const auto next = [&] {
    char digit = '0';
    while (Number::compare(b, s) >= 0) {
      b.subtract(s);
      ++digit;
    }
    b.multiply(10);
    m.multiply(10);
    low = Number::compare(b, m) < 0;
    high = Number::compare_sum(b, m, tens) > 0;
    return digit;
  };
  const char first = next();
  if (first == '0' && !high) {
    --exponent;
  } else {
    number.digits += first;
  }
  if (exponent < -3 || exponent >= 8) {
    low = high = false;
  }
  while (!low && !high) {
    number.digits += next();
  }
  number.exponent = exponent + 1;
  Number twice = b;
  twice.multiply(2);
  const int half = Number::compare(twice, tens);
  const bool odd = (number.digits.back() - '0') % 2 != 0;
  if (high && (!low || half > 0 || (half == 0 && odd))) {
    round_up(number);
  }
  return number;
}

// An integer, of which the digits below the worth of its last bit are rounded away.
JavaDigits of_integer(uint64_t value, int bits_below) {
  JavaDigits number;
  const int dropped = bits_below > 1 ? static_cast<int>(bits_below * 0.30103) : 0;
  uint64_t unit = 1;
  for (int i = 0; i < dropped; ++i) {
    unit *= 10;
  }
  value = value / unit + (unit > 1 && value % unit >= unit / 2 ? 1 : 0);
  number.digits = std::to_string(value);
  number.exponent = static_cast<int32_t>(number.digits.size()) + dropped;
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  return number;
}

JavaDigits digits_of(const Binary& value) {
  const int zeros = std::countr_zero(value.fraction);
  const int bits = kFractionBits + 1 - zeros;
  const int behind_point = std::max(0, bits - value.exponent - 1);
  if (behind_point == 0 && value.exponent <= 62) {
    const int shift = value.exponent - kFractionBits;
    return of_integer(shift >= 0 ? value.fraction << shift : value.fraction >> -shift,
                      value.exponent - value.significant - 1);
  }
  // An estimate of the decimal exponent, one too large at times.
  const double first = std::ldexp(static_cast<double>(value.fraction), -kFractionBits);
  const int exponent = static_cast<int>(
      std::floor((first - 1.5) * 0.289529654 + 0.176091259 + value.exponent * 0.301029995663981));
  Scaling scaling{};
  scaling.fraction = value.fraction >> zeros;
  scaling.b5 = std::max(0, -exponent);
  scaling.s5 = std::max(0, exponent);
  scaling.b2 = scaling.b5 + behind_point + value.exponent;
  scaling.s2 = scaling.s5 + behind_point;
  scaling.m2 = scaling.b2 - value.significant;
  scaling.b2 -= bits - 1;
  const int common = std::min(scaling.b2, scaling.s2);
  scaling.b2 -= common;
  scaling.s2 -= common;
  scaling.m2 -= common;
  // The neighbour below a power of two is half as far away.
  scaling.m2 -= bits == 1 ? 1 : 0;
  if (scaling.m2 < 0) {
    scaling.b2 -= scaling.m2;
    scaling.s2 -= scaling.m2;
    scaling.m2 = 0;
  }
  return scaling.is_small() ? generate<Small>(scaling, exponent)
                            : generate<Large>(scaling, exponent);
}

}  // namespace

JavaDigits java_digits(double value) { return digits_of(parts_of(value)); }
JavaDigits java_digits(float value) { return digits_of(parts_of(value)); }

}  // namespace millrace::function

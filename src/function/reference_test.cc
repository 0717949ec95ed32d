// The trickiest kernels against slow, plain computations of the same, on random inputs.

#include <doctest/doctest.h>

#include <cstdlib>

#include "base/random.h"
#include "column/builder.h"
#include "function/evaluate.h"
#include "function/testing/expression_text.h"
#include "function/testing/schoolbook.h"
#include "function/types.h"

namespace millrace::function {

using testing::Digits;
using testing::value_of;

namespace {

struct Number {
  Digits unscaled;
  int precision;
  int scale;

  std::string sql() const {
    return "CAST('" + unscaled.text(scale) + "' AS " + Type::decimal(precision, scale).to_string() +
           ")";
  }
};

Number random_number(Random& random) {
  Number number;
  number.precision = 1 + static_cast<int>(random.below(38));
  number.scale = static_cast<int>(random.below(static_cast<uint64_t>(number.precision) + 1));
  std::string digits = random.one_in(2) ? "-" : "";
  const uint64_t length = 1 + random.below(static_cast<uint64_t>(number.precision));
  for (uint64_t i = 0; i < length; ++i) {
    digits += static_cast<char>('0' + random.below(10));
  }
  number.unscaled = Digits(digits);
  return number;
}

// As SQL shows it: NULL where the digits do not suffice.
std::string shown(const Digits& unscaled, const Type& type) {
  return unscaled.count() > static_cast<size_t>(type.precision) ? "NULL"
                                                                : unscaled.text(type.scale);
}

Type type_of(const Number& number) { return Type::decimal(number.precision, number.scale); }

// Whether both numbers can be written at the larger scale in 38 digits, which sums go through.
bool alignable(const Number& a, const Number& b) {
  const int scale = std::max(a.scale, b.scale);
  return a.unscaled.shifted(scale - a.scale).count() <= 38 &&
         b.unscaled.shifted(scale - b.scale).count() <= 38;
}

std::string two_digits(int number) {
  return std::string(number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

TEST_CASE("sums and differences of decimals are those of the schoolbook") {
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    const Number a = random_number(random);
    const Number b = random_number(random);
    if (!alignable(a, b)) {
      continue;
    }
    const int scale = std::max(a.scale, b.scale);
    const Type type = sum_of_decimals(type_of(a), type_of(b));
    const Digits x = a.unscaled.shifted(scale - a.scale);
    const Digits y = b.unscaled.shifted(scale - b.scale);
    const std::string sum = a.sql() + " + " + b.sql();
    CAPTURE(sum);
    CHECK(value_of(sum) == shown(x.plus(y).shifted(type.scale - scale), type));
    CHECK(value_of(a.sql() + " - " + b.sql()) ==
          shown(x.plus(y.negated()).shifted(type.scale - scale), type));
  }
}

TEST_CASE("products and quotients of decimals are those of the schoolbook") {
  Random random(2);
  for (int i = 0; i < 3000; ++i) {
    const Number a = random_number(random);
    const Number b = random_number(random);
    const Type product_type = product_of_decimals(type_of(a), type_of(b));
    const std::string product = a.sql() + " * " + b.sql();
    CAPTURE(product);
    const int dropped = a.scale + b.scale - product_type.scale;
    if (dropped <= 38) {  // beyond, digits go in two steps, and the last may be one off
      CHECK(value_of(product) ==
            shown(a.unscaled.times(b.unscaled).shifted(-dropped), product_type));
    }
    if (b.unscaled.is_zero()) {
      CHECK(value_of(a.sql() + " / " + b.sql()) == "error: division by zero");
      continue;
    }
    const Type type = quotient_of_decimals(type_of(a), type_of(b));
    const int extra = type.scale - a.scale + b.scale;
    if (extra < 0) {
      continue;
    }
    // A digit more, cut off, then rounded by that digit.
    const Digits quotient = a.unscaled.shifted(extra + 1).over(b.unscaled).shifted(-1);
    CHECK(value_of(a.sql() + " / " + b.sql()) == shown(quotient, type));
  }
}

TEST_CASE("casts among decimals and integers are those of the schoolbook") {
  Random random(3);
  for (int i = 0; i < 3000; ++i) {
    const Number number = random_number(random);
    const Number other = random_number(random);
    CAPTURE(number.sql());
    const Type to = type_of(other);
    CHECK(value_of("CAST(" + number.sql() + " AS " + to.to_string() + ")") ==
          shown(number.unscaled.shifted(to.scale - number.scale), to));
    const Digits whole = number.unscaled.cut(number.scale);
    if (whole.count() <= 18) {
      CHECK(value_of("CAST(" + number.sql() + " AS BIGINT)") == whole.text(0));
      CHECK(value_of("CAST(" + number.sql() + " AS INT)") ==
            std::to_string(static_cast<int32_t>(std::stoll(whole.text(0)))));
    }
  }
}

TEST_CASE("dates are those of a calendar counted day by day") {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int year = 1896;  // before a century without a leap day
  int month = 1;
  int day = 1;
  int64_t number = -27028;
  for (; year < 2104; ++number) {
    if (number % 7 == 0 || day == 1) {  // all of them take seconds
      const std::string text =
          std::to_string(year) + "-" + two_digits(month) + "-" + two_digits(day);
      CAPTURE(text);
      const std::string date = "CAST('" + text + "' AS DATE)";
      CHECK(value_of(date) == text);
      CHECK(value_of("TIMESTAMPDIFF('DAY', DATE '1970-01-01', " + date + ")") ==
            std::to_string(number));
      CHECK(value_of("EXTRACT('ISODOW', " + date + ")") ==
            std::to_string((number % 7 + 7 + 3) % 7 + 1));
    }
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const int length = kDays[month - 1] + (leap && month == 2 ? 1 : 0);
    if (++day > length) {
      day = 1;
      month = month % 12 + 1;
      year += month == 1 ? 1 : 0;
    }
  }
}

TEST_CASE("what is written of a double reads back as it, and as Java writes it") {
  Random random(4);
  for (int i = 0; i < 3000; ++i) {
    ColumnBuilder builder(Type::of(TypeKind::double_));
    const uint64_t bits = random.next();
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    if (value != value) {
      continue;
    }
    builder.add<double>(value);
    const std::string text = to_text(builder.finish(), 0);
    CAPTURE(text);
    CHECK(std::strtod(text.c_str(), nullptr) == value);
    CHECK(text.find('.') != std::string::npos);
    CHECK(text.find("E+") == std::string::npos);
    CHECK(value_of("CAST('" + text + "' AS DOUBLE)") == text);
  }
}

TEST_CASE("types of decimal arithmetic are Flink's") {
  const auto decimal = [](int precision, int scale) { return Type::decimal(precision, scale); };
  CHECK(quotient_of_decimals(decimal(32, 8), decimal(38, 8)).to_string() == "DECIMAL(38, 6)");
  CHECK(quotient_of_decimals(decimal(30, 20), decimal(30, 20)).to_string() == "DECIMAL(38, 8)");
  CHECK(quotient_of_decimals(decimal(2, 1), decimal(10, 0)).to_string() == "DECIMAL(13, 12)");
  CHECK(product_of_decimals(decimal(30, 10), decimal(30, 10)).to_string() == "DECIMAL(38, 6)");
  CHECK(product_of_decimals(decimal(30, 20), decimal(30, 20)).to_string() == "DECIMAL(38, 17)");
  CHECK(product_of_decimals(decimal(38, 2), decimal(38, 3)).to_string() == "DECIMAL(38, 5)");
  CHECK(remainder_of_decimals(decimal(30, 10), decimal(30, 10)).to_string() == "DECIMAL(30, 10)");
  CHECK(sum_of_decimals(decimal(5, 2), decimal(4, 1)).to_string() == "DECIMAL(6, 2)");
  CHECK(common_type(decimal(5, 2), Type::of(TypeKind::integer))->to_string() == "DECIMAL(12, 2)");
}

}  // namespace millrace::function

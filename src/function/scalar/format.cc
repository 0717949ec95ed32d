// PRINTF, by the rules of java.util.Formatter: %[argument$][flags][width][.precision]conversion,
// with the conversions b, c, d, e, f, g, o, s, x, n and %, and < for the argument of the one
// before. As in Flink a format that does not fit its arguments gives NULL, and decimals fit %s
// alone.

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "function/cast/casts.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/letter_case.h"
#include "function/value/time_text.h"

namespace millrace::function {

namespace {

struct Specifier {
  size_t argument = 0;  // from 1 on; 0 for the next one
  bool again = false;   // that of the one before
  std::string_view flags;
  size_t width = 0;
  std::optional<size_t> precision;
  char conversion = '%';

  bool has(char flag) const { return flags.find(flag) != std::string_view::npos; }
};

// A longer text than any screen: what a width asks for beyond it is a mistake of the format.
constexpr size_t kMostWidth = 1 << 20;

std::optional<size_t> read_number(std::string_view& text) {
  size_t number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || number > kMostWidth) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<size_t>(rest - text.data()));
  return number;
}

bool begins_with_digit(std::string_view text) {
  return !text.empty() && text.front() >= '1' && text.front() <= '9';
}

// Behind the percent sign.
std::optional<Specifier> read_specifier(std::string_view& text) {
  Specifier specifier;
  const size_t dollar = std::min(text.find_first_not_of("0123456789"), text.size());
  if (begins_with_digit(text) && dollar < text.size() && text[dollar] == '$') {
    specifier.argument = read_number(text).value_or(0);
    text.remove_prefix(1);
  }
  if (text.starts_with('<')) {
    specifier.again = true;
    text.remove_prefix(1);
  }
  const size_t flags = std::min(text.find_first_not_of("-#+ 0,("), text.size());
  specifier.flags = text.substr(0, flags);
  text.remove_prefix(flags);
  if (begins_with_digit(text)) {
    const auto width = read_number(text);
    if (!width) {
      return std::nullopt;
    }
    specifier.width = *width;
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    specifier.precision = read_number(text);
    if (!specifier.precision) {
      return std::nullopt;
    }
  }
  if (text.empty()) {
    return std::nullopt;
  }
  specifier.conversion = text.front();
  text.remove_prefix(1);
  return specifier;
}

std::string_view flags_of(char conversion) {
  switch (conversion) {
    case 'd': return "-+ 0,(";
    case 'e': return "-#+ 0(";
    case 'f': return "-#+ 0,(";
    case 'g': return "-+ 0,(";
    case 'o':
    case 'x': return "-#0";
    default: return "-";
  }
}

// Flags and numbers that the conversion, in small letters, does not go with are mistakes.
bool is_mistake(const Specifier& specifier) {
  const bool is_filled = specifier.has('-') || specifier.has('0');
  const bool is_whole =
      std::string_view("cdox").find(specifier.conversion) != std::string_view::npos;
  return specifier.flags.find_first_not_of(flags_of(specifier.conversion)) !=
             std::string_view::npos ||
         (is_filled && specifier.width == 0) || (specifier.has('-') && specifier.has('0')) ||
         (specifier.has('+') && specifier.has(' ')) || (is_whole && specifier.precision);
}

// A number without its sign: its digits, and how many of them stand behind the point.
struct Magnitude {
  std::string digits;
  int64_t scale = 0;
};

// Of a decimal text: digits, perhaps a point, perhaps an exponent.
Magnitude magnitude_of(std::string_view text) {
  Magnitude magnitude;
  const size_t exponent = std::min(text.find_first_of("eE"), text.size());
  bool behind_point = false;
  for (const char c : text.substr(0, exponent)) {
    behind_point = behind_point || c == '.';
    if (c != '.') {
      magnitude.digits += c;
      magnitude.scale += behind_point ? 1 : 0;
    }
  }
  if (exponent < text.size()) {
    int64_t power = 0;
    const std::string_view digits = text.substr(exponent + (text[exponent + 1] == '+' ? 2 : 1));
    std::from_chars(digits.data(), digits.data() + digits.size(), power);
    magnitude.scale -= power;
  }
  const size_t zeros = std::min(magnitude.digits.find_first_not_of('0'), magnitude.digits.size());
  magnitude.digits.erase(0, zeros);
  return magnitude;
}

// Half up, to so many digits behind the point.
void round_to(Magnitude& number, int64_t scale) {
  if (number.scale <= scale) {
    number.digits.append(number.digits.empty() ? 0 : static_cast<size_t>(scale - number.scale),
                         '0');
    number.scale = scale;
    return;
  }
  const auto dropped = static_cast<size_t>(number.scale - scale);
  const bool up =
      number.digits.size() >= dropped && number.digits[number.digits.size() - dropped] >= '5';
  number.digits.resize(number.digits.size() - std::min(dropped, number.digits.size()));
  number.scale = scale;
  if (!up) {
    return;
  }
  size_t at = number.digits.size();
  while (at > 0 && number.digits[at - 1] == '9') {
    number.digits[--at] = '0';
  }
  if (at > 0) {
    ++number.digits[at - 1];
  } else {
    number.digits.insert(0, 1, '1');
  }
}

std::string grouped(std::string whole) {
  for (size_t at = whole.size(); at > 3;) {
    at -= 3;
    whole.insert(at, 1, ',');
  }
  return whole;
}

std::string fixed_text(Magnitude number, const Specifier& specifier) {
  const size_t precision = specifier.precision.value_or(6);
  round_to(number, static_cast<int64_t>(precision));
  std::string& digits = number.digits;
  digits.insert(0, digits.size() <= precision ? precision + 1 - digits.size() : 0, '0');
  std::string whole = digits.substr(0, digits.size() - precision);
  const std::string fraction = digits.substr(whole.size());
  return (specifier.has(',') ? grouped(whole) : whole) +
         (precision > 0 || specifier.has('#') ? "." : "") + fraction;
}

std::string scientific_text(Magnitude number, const Specifier& specifier) {
  const size_t precision = specifier.precision.value_or(6);
  int64_t exponent = 0;
  if (!number.digits.empty()) {
    const auto first = [&] {
      return static_cast<int64_t>(number.digits.size()) - 1 - number.scale;
    };
    exponent = first();
    round_to(number, static_cast<int64_t>(precision) - exponent);
    exponent = first();  // 9.99 is rounded to 10
    number.digits.resize(precision + 1);
  } else {
    number.digits.assign(precision + 1, '0');
  }
  std::string text = number.digits.substr(0, 1) + (precision > 0 ? "." : "") +
                     number.digits.substr(1) + (exponent < 0 ? "e-" : "e+");
  const std::string power = std::to_string(std::abs(exponent));
  return text + (power.size() < 2 ? "0" : "") + power;
}

// Fixed where the number is from 0.0001 to below ten to the power of the precision.
std::string general_text(const Magnitude& number, Specifier specifier) {
  const auto precision = static_cast<int64_t>(std::max<size_t>(specifier.precision.value_or(6), 1));
  Magnitude rounded = number;
  int64_t exponent = static_cast<int64_t>(number.digits.size()) - 1 - number.scale;
  if (!number.digits.empty()) {
    round_to(rounded, precision - 1 - exponent);
    exponent = static_cast<int64_t>(rounded.digits.size()) - 1 - rounded.scale;
  }
  const bool is_fixed = number.digits.empty() || (exponent >= -4 && exponent < precision);
  const int64_t behind = number.digits.empty() ? precision - 1
                         : is_fixed            ? precision - 1 - exponent
                                               : precision - 1;
  specifier.precision = static_cast<size_t>(behind);
  return is_fixed ? fixed_text(number, specifier) : scientific_text(number, specifier);
}

std::string filled(std::string text, const Specifier& specifier) {
  size_t characters = 0;  // of UTF-16, which Java counts
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    characters += byte >= 0xF0 ? 2 : (byte & 0xC0) != 0x80 ? 1 : 0;
  }
  const size_t missing = specifier.width - std::min(specifier.width, characters);
  return specifier.has('-') ? text + std::string(missing, ' ') : std::string(missing, ' ') + text;
}

// The sign, the zeros between it and the number, and what stands for a sign behind it.
std::string signed_text(bool is_negative, const std::string& number, const Specifier& specifier) {
  const bool in_brackets = is_negative && specifier.has('(');
  const std::string sign = in_brackets          ? "("
                           : is_negative        ? "-"
                           : specifier.has('+') ? "+"
                           : specifier.has(' ') ? " "
                                                : "";
  const std::string end = in_brackets ? ")" : "";
  const size_t taken = sign.size() + number.size() + end.size();
  const size_t zeros = specifier.has('0') ? specifier.width - std::min(specifier.width, taken) : 0;
  return filled(sign + std::string(zeros, '0') + number + end, specifier);
}

// Dates, times of a day and intervals are the numbers that they are kept as.
bool is_counted(const Type& type) {
  return type.kind == TypeKind::date || type.kind == TypeKind::time ||
         type.kind == TypeKind::interval_ms || type.kind == TypeKind::interval_month;
}

int64_t count_at(const Column& column, size_t row) {
  return column.type().physical() == Physical::i64 ? View<int64_t>(column)[row]
                                                   : View<int32_t>(column)[row];
}

// As java.time writes a date with a time: without seconds where there are none, and with three, six
// or nine digits of a fraction.
std::string java_clock(const Moment& moment) {
  std::string text;
  append_iso_timestamp(moment, text);
  const size_t point = text.find('.');
  if (point != std::string::npos) {
    const size_t digits = text.size() - point - 1;
    text.append((3 - digits % 3) % 3, '0');
  } else if (text.ends_with(":00")) {
    text.resize(text.size() - 3);
  }
  return text;
}

std::string text_at(const Column& column, size_t row) {
  std::string text;
  append_text(column, row, text);
  return text;
}

// As Java writes it, which has small letters for a boolean.
std::string plain_text(const Column& column, size_t row) {
  if (column.is_null(row)) {
    return "null";
  }
  const Type& type = column.type();
  if (type.kind == TypeKind::boolean) {
    return View<uint8_t>(column)[row] != 0 ? "true" : "false";
  }
  if (is_counted(type)) {
    return std::to_string(count_at(column, row));
  }
  if (type.is_timestamp()) {
    return java_clock(moment_of(View<int64_t>(column)[row], type.timestamp_unit()));
  }
  return text_at(column, row);
}

// What a conversion makes of a value that is not NULL; nothing where it does not take the type.
std::optional<std::string> whole_number(const Column& column, size_t row,
                                        const Specifier& specifier) {
  if (!column.type().is_integer() && !is_counted(column.type())) {
    return std::nullopt;
  }
  const std::string text = plain_text(column, row);
  if (specifier.conversion == 'd') {
    const bool is_negative = text.starts_with('-');
    const std::string digits = text.substr(is_negative ? 1 : 0);
    return signed_text(is_negative, specifier.has(',') ? grouped(digits) : digits, specifier);
  }
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  const Physical physical = column.type().physical();
  const size_t bytes = physical == Physical::i8    ? 1
                       : physical == Physical::i16 ? 2
                       : physical == Physical::i32 ? 4
                                                   : 8;
  const uint64_t bits = static_cast<uint64_t>(value) & (~uint64_t{0} >> (64 - 8 * bytes));
  const bool is_octal = specifier.conversion == 'o';
  std::string digits(64, ' ');
  digits.resize(static_cast<size_t>(
      std::to_chars(digits.data(), digits.data() + digits.size(), bits, is_octal ? 8 : 16).ptr -
      digits.data()));
  return signed_text(false, (specifier.has('#') ? (is_octal ? "0" : "0x") : "") + digits,
                     specifier);
}

std::optional<std::string> real_number(const Column& column, size_t row,
                                       const Specifier& specifier) {
  if (column.type().kind != TypeKind::double_ && column.type().kind != TypeKind::float_) {
    return std::nullopt;
  }
  std::string text = text_at(column, row);
  const bool is_negative = text.starts_with('-');
  text.erase(0, is_negative ? 1 : 0);
  if (text == "NaN" || text == "Infinity") {
    Specifier blank = specifier;
    blank.flags = specifier.has('-') ? "-" : "";
    return filled((is_negative                           ? "-"
                   : specifier.has('+') && text != "NaN" ? "+"
                                                         : "") +
                      text,
                  blank);
  }
  const Magnitude number = magnitude_of(text);
  return signed_text(is_negative,
                     specifier.conversion == 'f'   ? fixed_text(number, specifier)
                     : specifier.conversion == 'e' ? scientific_text(number, specifier)
                                                   : general_text(number, specifier),
                     specifier);
}

std::optional<std::string> character(const Column& column, size_t row, const Specifier& specifier) {
  if (!column.type().is_integer() || column.type().kind == TypeKind::bigint) {
    return std::nullopt;
  }
  const std::string number = text_at(column, row);
  uint32_t code = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), code);
  constexpr uint32_t kMostAscii = 127;
  return read.ec == std::errc() && code <= kMostAscii
             ? std::optional(filled(std::string(1, static_cast<char>(code)), specifier))
             : std::nullopt;
}

std::string any_text(std::string text, const Specifier& specifier) {
  if (specifier.precision) {
    size_t end = 0;
    for (size_t count = 0; end < text.size(); ++end) {
      const bool is_start = (static_cast<uint8_t>(text[end]) & 0xC0) != 0x80;
      if (is_start && count++ == *specifier.precision) {
        break;
      }
    }
    text.resize(end);
  }
  return filled(std::move(text), specifier);
}

// Of a conversion in small letters.
std::optional<std::string> converted(const Column& column, size_t row, const Specifier& specifier) {
  const bool is_null = column.is_null(row);
  switch (specifier.conversion) {
    case 's': return any_text(plain_text(column, row), specifier);
    case 'b': {
      const bool is_boolean = column.type().kind == TypeKind::boolean;
      return any_text(is_null ? "false" : is_boolean ? plain_text(column, row) : "true", specifier);
    }
    case 'c': return is_null ? any_text("null", specifier) : character(column, row, specifier);
    case 'd':
    case 'o':
    case 'x': return is_null ? any_text("null", specifier) : whole_number(column, row, specifier);
    case 'e':
    case 'f':
    case 'g': return is_null ? any_text("null", specifier) : real_number(column, row, specifier);
    default: return std::nullopt;
  }
}

// With large letters where the conversion is one.
std::optional<std::string> converted_in_case(const Column& column, size_t row,
                                             Specifier specifier) {
  const bool is_upper = specifier.conversion >= 'A' && specifier.conversion <= 'Z';
  if (is_upper && std::string_view("BCEGSX").find(specifier.conversion) == std::string_view::npos) {
    return std::nullopt;
  }
  specifier.conversion = static_cast<char>(specifier.conversion | (is_upper ? 0x20 : 0));
  if (is_mistake(specifier)) {
    return std::nullopt;
  }
  std::optional<std::string> text = converted(column, row, specifier);
  if (text && is_upper) {
    std::string upper;
    append_upper(*text, upper);
    text = std::move(upper);
  }
  return text;
}

std::optional<std::string> formatted(std::string_view format, const KernelCall& call,
                                     uint32_t row) {
  std::string out;
  size_t next = 1;
  size_t last = 0;
  while (!format.empty()) {
    const size_t plain = std::min(format.find('%'), format.size());
    out += format.substr(0, plain);
    format.remove_prefix(plain);
    if (format.empty()) {
      break;
    }
    format.remove_prefix(1);
    const auto specifier = read_specifier(format);
    if (!specifier) {
      return std::nullopt;
    }
    if (std::string_view("aAhHtT").find(specifier->conversion) != std::string_view::npos) {
      call.context.fail(row, std::string("PRINTF has no conversion %") + specifier->conversion);
      return std::nullopt;
    }
    if (specifier->conversion == '%' || specifier->conversion == 'n') {
      out += specifier->conversion == 'n' ? "\n" : filled("%", *specifier);
      continue;
    }
    if (!specifier->again) {
      last = specifier->argument > 0 ? specifier->argument : next++;
    }
    if (last == 0 || last >= call.arguments.size()) {
      return std::nullopt;
    }
    const auto text = converted_in_case(call.arguments[last], row, *specifier);
    if (!text) {
      return std::nullopt;
    }
    out += *text;
  }
  return out;
}

Column print(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> format(call.arguments[0]);
  for_each(call.rows, [&](uint32_t row) {
    const auto text = format.is_null(row) ? std::nullopt : formatted(format[row].view(), call, row);
    if (text) {
      result.set(row, *text);
    } else {
      result.set_null(row);
    }
  });
  return result.finish();
}

std::optional<ScalarSignature> bind_printf(std::span<const Type> given) {
  if (given.empty() || !given[0].is_string()) {
    return std::nullopt;
  }
  std::vector<Type> arguments(given.begin(), given.end());
  for (Type& type : arguments) {
    const bool is_null = type.kind == TypeKind::null_;
    const bool has_format = type.is_numeric() || type.is_string() || is_counted(type) ||
                            type.is_timestamp() || type.kind == TypeKind::boolean ||
                            type.kind == TypeKind::bitmap;
    if (!is_null && !has_format) {
      return std::nullopt;
    }
    type = is_null ? Type::string() : type;
  }
  return ScalarSignature{"PRINTF", std::move(arguments), Type::string(), print};
}

constexpr ScalarFunction kFunctions[] = {
    {"PRINTF", "PRINTF(format, value, ...)",
     "The values by a format of Java's Formatter: %s, %d, %5.2f; NULL where it does not fit them.",
     bind_printf},
};

}  // namespace

std::span<const ScalarFunction> format_functions() { return kFunctions; }

}  // namespace millrace::function

// INET_ATON and INET_NTOA: IPv4 addresses as numbers and as text.

#include <charconv>

#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

// One to four bytes between points, of which the last one is the lowest: 127.1 is 127.0.0.1.
std::optional<int64_t> number_of(std::string_view address) {
  constexpr size_t kParts = 4;
  int64_t number = 0;
  for (size_t part = 0; part < kParts; ++part) {
    const size_t end = std::min(address.find('.'), address.size());
    const bool is_last = end == address.size();
    uint32_t value = 0;
    const auto [rest, failure] = std::from_chars(address.data(), address.data() + end, value);
    if (failure != std::errc() || rest != address.data() + end || value > UINT8_MAX) {
      return std::nullopt;
    }
    if (is_last) {
      return number | value;
    }
    number |= int64_t{value} << (8 * (kParts - 1 - part));
    address.remove_prefix(end + 1);
  }
  return std::nullopt;
}

Column to_number(const KernelCall& call) {
  return map_present<ResultValues<int64_t>, StringRef>(
      call, [](ResultValues<int64_t>& to, uint32_t row, const StringRef& text) {
        if (const auto number = number_of(text.view())) {
          to.set(row, *number);
        } else {
          to.set_null(row);
        }
      });
}

Column to_address(const KernelCall& call) {
  return map_present<ResultStrings, int64_t>(
      call, [](ResultStrings& to, uint32_t row, int64_t number) {
        if (number < 0 || number > UINT32_MAX) {
          return to.set_null(row);
        }
        std::string text;
        for (int shift = 24; shift >= 0; shift -= 8) {
          text += (text.empty() ? "" : ".") + std::to_string(number >> shift & 255);
        }
        to.set(row, text);
      });
}

using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"INET_ATON", "INET_ATON(string)", "The number of an IPv4 address; NULL of no such.",
     [](Types given) {
       const bool fits =
           given.size() == 1 && (given[0].is_string() || given[0].kind == TypeKind::null_);
       return fits ? partial("INET_ATON", fitted(given, {Accepts::text}, 1),
                             Type::of(TypeKind::bigint), to_number)
                   : std::nullopt;
     }},
    {"INET_NTOA", "INET_NTOA(number)", "The IPv4 address of a number; NULL where it has none.",
     [](Types given) {
       return partial("INET_NTOA", fitted(given, {Accepts::whole}, 1), Type::string(), to_address);
     }},
};

}  // namespace

std::span<const ScalarFunction> address_functions() { return kFunctions; }

}  // namespace millrace::function

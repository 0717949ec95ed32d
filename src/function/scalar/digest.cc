// Digests of strings and bytes, as hexadecimal text; and what Java says of a value in 32 bits.

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <type_traits>

#include "base/check.h"
#include "base/hex.h"
#include "column/physical.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/utf16.h"

namespace millrace::function {

namespace {

template <const EVP_MD* (*algorithm)()>
Column digest(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> text(call.arguments[0]);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
        unsigned int size = 0;
        const std::string_view input = text[row].view();
        check(EVP_Digest(input.data(), input.size(), bytes.data(), &size, algorithm(), nullptr) ==
              1);
        std::string hex;
        append_hex({reinterpret_cast<const char*>(bytes.data()), size}, hex);
        result.set(row, hex);
      },
      text);
  return result.finish();
}

std::optional<ScalarSignature> bind_digest(std::string_view name, std::span<const Type> given,
                                           int32_t length, Kernel kernel) {
  return strict(name, fitted(given, {Accepts::bytes}, 1),
                Type::with_length(TypeKind::char_, length), kernel);
}

// SHA2(string, bits).
Column digest_of_bits(const KernelCall& call) {
  const View<int64_t> bits(call.arguments[1]);
  const Column by_bits[] = {digest<EVP_sha224>(call), digest<EVP_sha256>(call),
                            digest<EVP_sha384>(call), digest<EVP_sha512>(call)};
  ResultStrings result(call);
  for_each(call.rows, [&](uint32_t row) {
    constexpr int64_t kBits[] = {224, 256, 384, 512};
    const auto* found =
        bits.is_null(row) ? std::end(kBits) : std::find(kBits, std::end(kBits), bits[row]);
    if (bits.is_null(row) || by_bits[0].is_null(row)) {
      result.set_null(row);
    } else if (found == std::end(kBits)) {
      result.fail(row, "Unsupported algorithm.");
    } else {
      result.set(row, View<StringRef>(by_bits[found - kBits])[row].view());
    }
  });
  return result.finish();
}

using Types = std::span<const Type>;

// --- HASH_CODE: Object.hashCode() of the value as Flink holds it ---

uint32_t folded(uint64_t bits) { return static_cast<uint32_t>(bits ^ bits >> 32); }

uint32_t java_hash(std::u16string_view codes) {
  uint32_t hash = 0;
  for (const char16_t code : codes) {
    hash = 31 * hash + code;
  }
  return hash;
}

// Of a BigDecimal: its digits as a BigInteger, and the scale.
uint32_t java_hash(__int128 unscaled, int32_t scale) {
  const bool negative = unscaled < 0;
  auto rest = static_cast<unsigned __int128>(unscaled);
  rest = negative ? -rest : rest;
  uint32_t hash = 0;
  for (int shift = 96; shift >= 0; shift -= 32) {
    hash = 31 * hash + static_cast<uint32_t>(rest >> shift);
  }
  return 31 * (negative ? -hash : hash) + static_cast<uint32_t>(scale);
}

uint32_t java_hash_of_timestamp(int64_t value, int64_t unit) {
  const int64_t per_ms = unit / 1000;
  const int64_t below = (value % per_ms + per_ms) % per_ms;
  const auto ms = static_cast<uint64_t>((value - below) / per_ms);
  return 31 * folded(ms) + static_cast<uint32_t>(below * (1'000'000 / per_ms));
}

template <typename T>
uint32_t java_hash(T value, const Type& type) {
  if constexpr (std::is_same_v<T, StringRef>) {
    const uint32_t hash = java_hash(to_utf16(value.view()));
    return static_cast<int32_t>(hash) < 0 ? 0 - hash : hash;  // Flink's is without a sign
  } else if constexpr (std::is_same_v<T, double>) {
    return folded(std::bit_cast<uint64_t>(std::isnan(value) ? std::nan("") : value));
  } else if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<uint32_t>(std::isnan(value) ? std::nanf("") : value);
  } else if constexpr (std::is_same_v<T, __int128>) {
    return java_hash(value, type.scale);
  } else {
    return type.kind == TypeKind::boolean     ? (value != 0 ? 1231 : 1237)
           : type.kind == TypeKind::decimal   ? java_hash(__int128{value}, type.scale)
           : type.kind == TypeKind::timestamp ? java_hash_of_timestamp(value, type.timestamp_unit())
           : type.kind == TypeKind::bigint    ? folded(static_cast<uint64_t>(int64_t{value}))
                                              : static_cast<uint32_t>(value);
  }
}

Column hash_codes(const KernelCall& call) {
  const Column& argument = call.arguments[0];
  return with_physical(argument.type().physical(), [&](auto zero) {
    using T = decltype(zero);
    return map_present<ResultValues<int32_t>, T>(
        call, [&](ResultValues<int32_t>& to, uint32_t row, const T& value) {
          to.set(row, static_cast<int32_t>(java_hash(value, argument.type())));
        });
  });
}

std::optional<ScalarSignature> bind_hash_code(Types given) {
  const auto takes = [](const Type& type) {
    return type.kind == TypeKind::boolean || type.is_numeric() || type.is_string() ||
           type.kind == TypeKind::date || type.kind == TypeKind::time ||
           type.kind == TypeKind::timestamp;
  };
  if (given.size() != 1 || !takes(given[0])) {
    return std::nullopt;
  }
  return strict("HASH_CODE", std::vector<Type>{given[0]}, Type::of(TypeKind::integer), hash_codes);
}

constexpr ScalarFunction kFunctions[] = {
    {"HASH_CODE", "HASH_CODE(value)",
     "Java's hash code of a boolean, a number, a string, a date, a time or a TIMESTAMP.",
     bind_hash_code},
    {"MD5", "MD5(string)", "The MD5 digest in hexadecimal.",
     [](Types given) { return bind_digest("MD5", given, 32, digest<EVP_md5>); }},
    {"SHA1", "SHA1(string)", "The SHA-1 digest in hexadecimal.",
     [](Types given) { return bind_digest("SHA1", given, 40, digest<EVP_sha1>); }},
    {"SHA2", "SHA2(string, bits)", "The SHA-2 digest of 224, 256, 384 or 512 bits.",
     [](Types given) {
       return strict("SHA2", fitted(given, {Accepts::bytes, Accepts::whole}, 2),
                     Type::with_length(TypeKind::varchar, 128), digest_of_bits);
     }},
    {"SHA224", "SHA224(string)", "The SHA-224 digest in hexadecimal.",
     [](Types given) { return bind_digest("SHA224", given, 56, digest<EVP_sha224>); }},
    {"SHA256", "SHA256(string)", "The SHA-256 digest in hexadecimal.",
     [](Types given) { return bind_digest("SHA256", given, 64, digest<EVP_sha256>); }},
    {"SHA384", "SHA384(string)", "The SHA-384 digest in hexadecimal.",
     [](Types given) { return bind_digest("SHA384", given, 96, digest<EVP_sha384>); }},
    {"SHA512", "SHA512(string)", "The SHA-512 digest in hexadecimal.",
     [](Types given) { return bind_digest("SHA512", given, 128, digest<EVP_sha512>); }},
};

}  // namespace

std::span<const ScalarFunction> digest_functions() { return kFunctions; }

}  // namespace millrace::function

// Digests of strings and bytes, as hexadecimal text.

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/hex.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"

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

constexpr ScalarFunction kFunctions[] = {
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

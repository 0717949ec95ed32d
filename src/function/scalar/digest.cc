// Digests of strings, as hexadecimal text.

#include <openssl/evp.h>

#include <array>

#include "base/check.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

template <const EVP_MD* (*algorithm)()>
Column digest(const KernelCall& call) {
  constexpr std::string_view kHex = "0123456789abcdef";
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
        for (unsigned int i = 0; i < size; ++i) {
          hex += kHex[bytes[i] >> 4];
          hex += kHex[bytes[i] & 15];
        }
        result.set(row, hex);
      },
      text);
  return result.finish();
}

std::optional<ScalarSignature> bind_digest(std::string_view name, std::span<const Type> given,
                                           Kernel kernel) {
  return strict(name, fitted(given, {Accepts::text}, 1), Type::string(), kernel);
}

using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"MD5", "MD5(string)", "The MD5 digest in hexadecimal.",
     [](Types given) { return bind_digest("MD5", given, digest<EVP_md5>); }},
    {"SHA1", "SHA1(string)", "The SHA-1 digest in hexadecimal.",
     [](Types given) { return bind_digest("SHA1", given, digest<EVP_sha1>); }},
    {"SHA256", "SHA256(string)", "The SHA-256 digest in hexadecimal.",
     [](Types given) { return bind_digest("SHA256", given, digest<EVP_sha256>); }},
    {"SHA512", "SHA512(string)", "The SHA-512 digest in hexadecimal.",
     [](Types given) { return bind_digest("SHA512", given, digest<EVP_sha512>); }},
};

}  // namespace

std::span<const ScalarFunction> digest_functions() { return kFunctions; }

}  // namespace millrace::function

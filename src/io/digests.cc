#include "io/digests.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace millrace::io {

namespace {

const EVP_MD* algorithm(Digest digest) {
  return digest == Digest::sha256 ? EVP_sha256() : EVP_sha512();
}

const unsigned char* unsigned_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* unsigned_of(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace

size_t size_of(Digest digest) { return digest == Digest::sha256 ? 32 : 64; }

std::string hash(Digest digest, std::string_view bytes) {
  std::string out(size_of(digest), '\0');
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), unsigned_of(out), nullptr, algorithm(digest), nullptr);
  check(done == 1, "hashing needs nothing but memory");
  return out;
}

std::string keyed_hash(Digest digest, std::string_view key, std::string_view bytes) {
  std::string out(size_of(digest), '\0');
  const auto* done = HMAC(algorithm(digest), key.data(), static_cast<int>(key.size()),
                          unsigned_of(bytes), bytes.size(), unsigned_of(out), nullptr);
  check(done != nullptr, "hashing needs nothing but memory");
  return out;
}

std::string stretched(Digest digest, std::string_view password, std::string_view salt,
                      int32_t iterations) {
  std::string out(size_of(digest), '\0');
  const int done =
      PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), unsigned_of(salt),
                        static_cast<int>(salt.size()), iterations, algorithm(digest),
                        static_cast<int>(out.size()), unsigned_of(out));
  check(done == 1, "hashing needs nothing but memory");
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(unsigned_of(text), unsigned_of(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(unsigned_of(bytes), unsigned_of(text), static_cast<int>(text.size()));
  if (size < 0) {
    return std::nullopt;
  }
  // Padding decodes to bytes that are not there.
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<size_t>(size) - padding);
  return bytes;
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_secret(size_t bytes) {
  std::string secret(bytes, '\0');
  const int done = RAND_bytes(unsigned_of(secret), static_cast<int>(bytes));
  check(done == 1, "the operating system has chance to give");
  return secret;
}

}  // namespace millrace::io

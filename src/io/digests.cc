#include "io/digests.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

#include "base/check.h"

namespace millrace::io {

namespace {

const EVP_MD* algorithm(Digest digest) {
  switch (digest) {
    case Digest::md5: return EVP_md5();
    case Digest::sha256: return EVP_sha256();
    case Digest::sha512: return EVP_sha512();
  }
  return nullptr;
}

const unsigned char* unsigned_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* unsigned_of(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// Of a character that is none of base64's: above the 24 bits that four of them make.
constexpr uint32_t kNoSextet = 1U << 31;

// What each character stands for.
struct Sextets {
  std::array<uint32_t, 256> of{};

  constexpr Sextets() {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    of.fill(kNoSextet);
    for (size_t i = 0; i < kAlphabet.size(); ++i) {
      of[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint32_t>(i);
    }
  }
  template <int by>
  uint32_t shifted(char c) const {
    const uint32_t sextet = of[static_cast<uint8_t>(c)];
    return (sextet << by) | (sextet & kNoSextet);
  }
};
constexpr Sextets kSextets;

void put_three(uint32_t four, char* to) {
  to[0] = static_cast<char>(four >> 16);
  to[1] = static_cast<char>(four >> 8);
  to[2] = static_cast<char>(four);
}

}  // namespace

size_t size_of(Digest digest) { return static_cast<size_t>(EVP_MD_get_size(algorithm(digest))); }

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

// OpenSSL's decoder passes over white space and takes padding anywhere, so two readers of one text
// could see two things.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string bytes(text.size() / 4 * 3, '\0');
  uint32_t seen = 0;
  uint32_t four = 0;
  const size_t full = text.size() - (padding > 0 ? 4 : 0);
  char* to = bytes.data();
  for (size_t i = 0; i < full; i += 4, to += 3) {
    four = kSextets.shifted<18>(text[i]) | kSextets.shifted<12>(text[i + 1]) |
           kSextets.shifted<6>(text[i + 2]) | kSextets.shifted<0>(text[i + 3]);
    seen |= four;
    put_three(four, to);
  }
  if (padding > 0) {
    four = kSextets.shifted<18>(text[full]) | kSextets.shifted<12>(text[full + 1]) |
           (padding == 1 ? kSextets.shifted<6>(text[full + 2]) : 0);
    seen |= four | ((four & (padding == 1 ? 0xFFU : 0xFFFFU)) != 0 ? kNoSextet : 0);
    put_three(four, to);
  }
  if ((seen & kNoSextet) != 0) {
    return std::nullopt;
  }
  bytes.resize(bytes.size() - padding);
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

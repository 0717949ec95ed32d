#include "io/digests.h"

#include <doctest/doctest.h>

#include "base/hex.h"

namespace millrace::io {

static std::string hex(std::string_view bytes) {
  std::string text;
  append_hex(bytes, text);
  return text;
}

TEST_CASE("hashes are those of FIPS 180-4 and RFC 4231") {
  CHECK(hex(hash(Digest::sha256, "abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(keyed_hash(Digest::sha256, "Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hash(Digest::md5, "abc")) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(hash(Digest::sha512, "abc").size() == size_of(Digest::sha512));
}

TEST_CASE("passwords are stretched as RFC 7914 section 11 has it") {
  CHECK(hex(stretched(Digest::sha256, "passwd", "salt", 1)) ==
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
}

TEST_CASE("base64 goes there and back, and what is none is refused") {
  for (const std::string_view text : {"", "f", "fo", "foo", "foob"}) {
    CHECK(from_base64(to_base64(text)) == text);
  }
  CHECK(to_base64("fo") == "Zm8=");
  CHECK_FALSE(from_base64("Zm8"));
  for (const std::string_view bad : {"Z!8=", " Zm8", "Zm8\n", "Z===", "====", "=m8=", "Zm=8",
                                     "Zm8=Zm8=", "Zm9=", "Zn==", "Zm-8", "\xC3\xA9m8"}) {
    CHECK_MESSAGE(!from_base64(bad), bad);
  }
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all.push_back(static_cast<char>(byte));
    CHECK(from_base64(to_base64(all)) == all);
  }
}

TEST_CASE("secrets are compared whole, and no two are alike") {
  CHECK(same_secret("abc", "abc"));
  CHECK_FALSE(same_secret("abc", "abd"));
  CHECK_FALSE(same_secret("abc", "ab"));
  CHECK(random_secret(18) != random_secret(18));
}

}  // namespace millrace::io

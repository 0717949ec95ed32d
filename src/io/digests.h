#pragma once

// Hashes, keyed hashes and secrets, over OpenSSL.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::io {

// MD5 spreads keys and guards nothing.
enum class Digest : uint8_t { md5, sha256, sha512 };

std::string hash(Digest digest, std::string_view bytes);
std::string keyed_hash(Digest digest, std::string_view key, std::string_view bytes);  // HMAC
// PBKDF2: as long as the digest.
std::string stretched(Digest digest, std::string_view password, std::string_view salt,
                      int32_t iterations);
size_t size_of(Digest digest);

std::string to_base64(std::string_view bytes);
// Nothing where the text is none: white space, padding elsewhere than at the end or missing there,
// and bits that stand for nothing are refused.
std::optional<std::string> from_base64(std::string_view text);

// Takes the same time wherever they differ.
bool same_secret(std::string_view a, std::string_view b);
// Of the operating system's chance, for secrets alone: io::World's is there to be replayed, and
// what can be replayed is no secret.
std::string random_secret(size_t bytes);

}  // namespace millrace::io

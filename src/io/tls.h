#pragma once

// TLS for the serving side of a connection, 1.2 and later, over OpenSSL. It knows no sockets: what
// it speaks over is a Connection as well.

#include <memory>
#include <string_view>

#include "io/event_loop.h"

struct ssl_ctx_st;

namespace millrace::io {

// What the reason of a connection's end begins with where the peer spoke none, or refused ours.
inline constexpr std::string_view kNoTls = "no TLS: ";

// What a server shows of itself to those who connect.
class Tls {
 public:
  // Both as PEM; the certificate with those between it and its authority behind it. Throws
  // Error(invalid_argument) where they are not, or do not belong together.
  Tls(std::string_view certificate, std::string_view key);

  // The same connection with TLS spoken on it. What a peer sends that is no TLS ends it.
  std::unique_ptr<Connection> over(std::unique_ptr<Connection> transport) const;

 private:
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace millrace::io

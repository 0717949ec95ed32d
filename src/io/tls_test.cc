#include "io/tls.h"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <string>
#include <utility>

#include "base/error.h"

namespace millrace::io {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

Key make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

std::string pem_of(const Key& key) {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(out);
}

std::string certificate_of(const Key& key) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(out, certificate.get());
  return text_of(out);
}

// What the server's side writes to, and what the test writes to it by.
struct Wire {
  Connection::Events events;
  std::string written;
  bool closing = false;
};

class WireConnection final : public Connection {
 public:
  explicit WireConnection(Wire& wire) : wire_(wire) {}
  void start(Events events) override { wire_.events = std::move(events); }
  void write(std::string bytes) override { wire_.written += bytes; }
  size_t unsent() const override { return wire_.written.size(); }
  void pause_reading() override {}
  void resume_reading() override {}
  // Nothing is unsent: it may end at once, as a socket does.
  void close_after_writes() override {
    wire_.closing = true;
    if (const auto on_close = std::exchange(wire_.events.on_close, nullptr)) {
      on_close("all was written");
    }
  }
  const std::string& peer() const override { return peer_; }

 private:
  Wire& wire_;
  const std::string peer_ = "127.0.0.1:1";
};

// A client that speaks TLS over the wire.
class Client {
 public:
  explicit Client(Wire& wire)
      : wire_(wire),
        context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        ssl_(SSL_new(context_.get()), SSL_free),
        incoming_(BIO_new(BIO_s_mem())),
        outgoing_(BIO_new(BIO_s_mem())) {
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    SSL_set_connect_state(ssl_.get());
  }
  // Sends, in pieces of `step` bytes.
  void send(std::string_view text, size_t step) {
    while (SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) <= 0) {
      exchange(step);
    }
    exchange(step);
  }
  std::string receive() {
    exchange(4096);
    std::string text(100, '\0');
    const int size = SSL_read(ssl_.get(), text.data(), static_cast<int>(text.size()));
    text.resize(size > 0 ? static_cast<size_t>(size) : 0);
    return text;
  }
  void say_goodbye() {
    SSL_shutdown(ssl_.get());
    exchange(4096);
  }

 private:
  void exchange(size_t step) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(outgoing_, &bytes);
    const std::string out(bytes, static_cast<size_t>(size));
    BIO_reset(outgoing_);
    for (size_t at = 0; at < out.size(); at += step) {
      wire_.events.on_data(std::string_view(out).substr(at, step));
    }
    BIO_write(incoming_, wire_.written.data(), static_cast<int>(wire_.written.size()));
    wire_.written.clear();
  }

  Wire& wire_;
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  BIO* const incoming_;
  BIO* const outgoing_;
};

struct Served {
  Served() {
    const Key key = make_key();
    const Tls tls(certificate_of(key), pem_of(key));
    connection = tls.over(std::make_unique<WireConnection>(wire));
    connection->start({[this](std::string_view bytes) { received += bytes; },
                       [this](std::string_view why) { closed = why; }, [] {}});
  }
  Wire wire;
  std::string received;
  std::string closed;
  std::unique_ptr<Connection> connection;
};

}  // namespace

TEST_CASE("both sides hear each other, however the bytes are cut, and nobody in between does") {
  for (const size_t step : {1, 7, 4096}) {
    Served served;
    Client client(served.wire);
    client.send("question", step);
    CHECK(served.received == "question");
    served.connection->write("answer");
    CHECK(served.wire.written.find("answer") == std::string::npos);
    CHECK(client.receive() == "answer");
    client.say_goodbye();
    CHECK(served.closed == "closed by the peer");
  }
}

TEST_CASE("what is no TLS ends the connection") {
  Served served;
  served.wire.events.on_data("GET / HTTP/1.1\r\n\r\n");
  CHECK(served.closed.starts_with("no TLS: "));
  CHECK(served.wire.closing);
  CHECK(served.received.empty());
}

TEST_CASE("a certificate and a key that do not belong together are refused") {
  const Key key = make_key();
  CHECK_THROWS_AS(Tls(certificate_of(key), pem_of(make_key())), Error);
  CHECK_THROWS_AS(Tls("nothing", pem_of(key)), Error);
  CHECK_THROWS_AS(Tls(certificate_of(key), "nothing"), Error);
}

}  // namespace millrace::io

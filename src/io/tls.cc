#include "io/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>

#include "base/check.h"
#include "base/error.h"

namespace millrace::io {

namespace {

constexpr int kRecordBytes = 16 * 1024;  // the most that one record of TLS holds

std::string last_failure() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

Bio reading(std::string_view pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
}

void require(bool done, const char* what) {
  if (!done) {
    throw Error(ErrorCode::invalid_argument, std::string(what) + ": " + last_failure());
  }
}

void use_certificate(SSL_CTX* context, std::string_view pem) {
  const Bio in = reading(pem);
  const std::unique_ptr<X509, decltype(&X509_free)> own(
      PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
  require(own != nullptr && SSL_CTX_use_certificate(context, own.get()) == 1,
          "the TLS certificate is not one in PEM");
  while (X509* next = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) {
    SSL_CTX_add0_chain_cert(context, next);
  }
  ERR_clear_error();  // the end of the text is one
}

void use_key(SSL_CTX* context, std::string_view pem) {
  const Bio in = reading(pem);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  require(key != nullptr, "the TLS key is not one in PEM without a password");
  require(SSL_CTX_use_PrivateKey(context, key.get()) == 1,
          "the TLS key does not belong to the certificate");
}

// OpenSSL works on two buffers: `incoming_` holds what the peer sent and it has not read,
// `outgoing_` what it wrote and the transport has not got.
class TlsConnection final : public Connection {
 public:
  TlsConnection(std::shared_ptr<SSL_CTX> context, std::unique_ptr<Connection> transport)
      : context_(std::move(context)),
        transport_(std::move(transport)),
        ssl_(SSL_new(context_.get()), SSL_free),
        incoming_(BIO_new(BIO_s_mem())),
        outgoing_(BIO_new(BIO_s_mem())) {
    check(ssl_ != nullptr && incoming_ != nullptr && outgoing_ != nullptr, "there is memory");
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);  // which owns them from now on
    SSL_set_accept_state(ssl_.get());
  }
  ~TlsConnection() override { *alive_ = false; }
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  void start(Events events) override {
    events_ = std::move(events);
    transport_->start({[this](std::string_view bytes) { receive(bytes); },
                       [this](std::string_view why) { close_with(why); },
                       [this] {
                         if (events_.on_drained) {
                           events_.on_drained();
                         }
                       }});
  }
  void write(std::string bytes) override {
    if (closed_ || bytes.empty()) {
      return;
    }
    const int written = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    check(written == static_cast<int>(bytes.size()), "memory takes all that is written");
    flush();
  }
  size_t unsent() const override { return transport_->unsent(); }
  // What came before and is not decrypted yet still arrives: at most what the transport reads at
  // once.
  void pause_reading() override { transport_->pause_reading(); }
  void resume_reading() override { transport_->resume_reading(); }
  void close_after_writes() override {
    if (!closed_ && SSL_is_init_finished(ssl_.get()) == 1) {
      SSL_shutdown(ssl_.get());
      flush();
    }
    transport_->close_after_writes();
  }
  const std::string& peer() const override { return transport_->peer(); }

 private:
  void receive(std::string_view bytes) {
    if (closed_) {
      return;
    }
    BIO_write(incoming_, bytes.data(), static_cast<int>(bytes.size()));
    const std::shared_ptr<bool> alive = alive_;
    std::array<char, kRecordBytes> plain;
    int size = 0;
    // The first reads shake hands.
    while (*alive && !closed_ && (size = SSL_read(ssl_.get(), plain.data(), kRecordBytes)) > 0) {
      // A copy, because the callback may destroy us and with us the function.
      const auto on_data = events_.on_data;
      on_data(std::string_view(plain.data(), static_cast<size_t>(size)));
    }
    if (*alive && !closed_) {
      stop_or_go_on(SSL_get_error(ssl_.get(), size));
    }
  }
  void stop_or_go_on(int why) {
    flush();
    if (why == SSL_ERROR_WANT_READ) {
      return;
    }
    const std::string reason =
        why == SSL_ERROR_ZERO_RETURN ? "closed by the peer" : std::string(kNoTls) + last_failure();
    // The transport may end at once. Its end is our doing, and not the reason.
    const auto on_close = std::exchange(events_.on_close, nullptr);
    transport_->close_after_writes();
    closed_ = true;
    if (on_close) {
      on_close(reason);
    }
  }
  void flush() {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(outgoing_, &bytes);
    if (size > 0) {
      std::string out(bytes, static_cast<size_t>(size));
      BIO_reset(outgoing_);
      transport_->write(std::move(out));
    }
  }
  void close_with(std::string_view why) {
    if (closed_) {
      return;
    }
    closed_ = true;
    if (const auto on_close = std::exchange(events_, {}).on_close) {
      on_close(why);
    }
  }

  const std::shared_ptr<SSL_CTX> context_;
  const std::unique_ptr<Connection> transport_;
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  BIO* const incoming_;
  BIO* const outgoing_;
  Events events_;
  bool closed_ = false;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

Tls::Tls(std::string_view certificate, std::string_view key)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
  require(context_ != nullptr && SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) == 1,
          "TLS cannot be spoken here");
  SSL_CTX_set_options(context_.get(), SSL_OP_NO_RENEGOTIATION);
  use_certificate(context_.get(), certificate);
  use_key(context_.get(), key);
}

std::unique_ptr<Connection> Tls::over(std::unique_ptr<Connection> transport) const {
  return std::make_unique<TlsConnection>(context_, std::move(transport));
}

}  // namespace millrace::io

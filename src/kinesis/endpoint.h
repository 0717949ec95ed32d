#pragma once

// The Kinesis API on a socket: HTTP on the event loop, calls on a thread of their own, one after
// the other. A call that waits for the disk's sync is parked, and lets the next one go on.
//
// Whoever connects may do what the broker's access rules let everybody do: signatures (SigV4) are
// taken and not checked, because checking one needs the secret, and what the broker keeps of a
// password checks it and is none.

#include <cstdint>
#include <memory>

#include "io/http/server.h"
#include "io/worker.h"
#include "kinesis/reply.h"
#include "kinesis/service.h"

namespace millrace {
class Histogram;
}

namespace millrace::kinesis {

struct CallDescription;

// What a request says, as far as it was understood on the loop.
struct Asked {
  const CallDescription* call = nullptr;
  Encoding encoding = Encoding::json;
  std::string body;
  std::string region;
  std::string host;  // of who asks
};

// Any thread: reads and carries out one call. Replies exactly once, perhaps later.
void carry_out(Service& service, const Asked& asked, const std::shared_ptr<Reply>& reply);

class Endpoint {
 public:
  // The largest body: 10 MiB of records in base64, with what stands around them.
  static constexpr size_t kMostBodyBytes = 16U << 20;

  // Listens at once, on the loop's thread. Throws Error(unavailable). `broker` outlives it.
  Endpoint(broker::Broker& broker, io::http::ServerOptions listen, const ServiceOptions& options);

  uint16_t port() const { return server_.port(); }
  // As io::http::Server::drain().
  void drain() { server_.drain(); }
  bool is_drained() const { return server_.connections() == 0; }

 private:
  void handle(io::http::Request request, const io::http::Server::Respond& respond);
  void run(Asked asked, const std::shared_ptr<Reply>& reply);

  broker::Broker& broker_;
  const std::string address_;
  Service service_;
  io::http::Server server_;
  size_t waiting_bytes_ = 0;  // of bodies whose call has not begun
  io::Worker worker_;         // ends first: its calls use the rest
};

}  // namespace millrace::kinesis

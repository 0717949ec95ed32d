#include "kinesis/endpoint.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "broker/broker.h"
#include "io/event_loop.h"
#include "io/http/origin.h"
#include "kinesis/calls.h"
#include "kinesis/cbor.h"

namespace millrace::kinesis {

using io::http::Request;
using io::http::Response;

namespace {

constexpr std::string_view kTargetPrefix = "Kinesis_20131202.";
constexpr std::string_view kEverybody = "User:ANONYMOUS";
constexpr std::string_view kOtherwiseRegion = "us-east-1";
// Of calls that wait for their turn; one is always taken.
constexpr size_t kMostWaitingBytes = 128U << 20;

std::optional<Encoding> encoding_of(const Request& request) {
  const std::string* type = request.header("content-type");
  const std::string_view said = type == nullptr ? "" : std::string_view(*type);
  const std::string_view plain = said.substr(0, said.find(';'));
  for (const Encoding encoding : {Encoding::json, Encoding::cbor}) {
    if (plain == content_type_of(encoding)) {
      return encoding;
    }
  }
  return plain == "application/json" || plain.empty() ? std::optional(Encoding::json)
                                                      : std::nullopt;
}

// The third part of "Credential=KEY/DATE/REGION/kinesis/aws4_request", where it looks like one.
std::string region_of(const Request& request) {
  const std::string* header = request.header("authorization");
  std::string_view text = header == nullptr ? "" : std::string_view(*header);
  const size_t at = text.find("Credential=");
  if (at == std::string_view::npos) {
    return std::string(kOtherwiseRegion);
  }
  text = text.substr(at, text.find(',', at) - at);
  for (int slashes = 0; slashes < 2; ++slashes) {
    const size_t slash = text.find('/');
    text = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  }
  const std::string_view region = text.substr(0, text.find('/'));
  return region.empty() || region.size() > 64 || !kNameRule.fits(region)
             ? std::string(kOtherwiseRegion)
             : std::string(region);
}

std::string request_id(Random& random) {
  char bytes[33];
  std::snprintf(bytes, sizeof(bytes), "%016lx%016lx", random.next(), random.next());
  const std::string_view hex(bytes, 32);
  std::string id;
  for (size_t i = 0; i < hex.size(); ++i) {
    id += (i == 8 || i == 12 || i == 16 || i == 20 ? "-" : "");
    id += hex[i];
  }
  return id;
}

Json members_of(const Asked& asked) {
  try {
    return asked.encoding == Encoding::json ? Json::parse(asked.body) : parse_cbor(asked.body);
  } catch (const Error& error) {
    // To say it by AWS's name.
    throw Refusal(Fault::serialization, error.message());
  }
}

}  // namespace

// The place where a call's errors end.
void carry_out(Service& service, const Asked& asked, const std::shared_ptr<Reply>& reply) {
  try {
    const Json members = members_of(asked);
    const Parameters in(members, asked.encoding);
    const Caller caller{
        broker::Access(service.broker().acls(), std::string(kEverybody), asked.host),
        std::string(kEverybody), asked.region};
    asked.call->serve({service, caller, in}, reply);
  } catch (const Refusal& refusal) {  // the client's fault, by AWS's name
    reply->refuse(refusal.fault(), refusal.message());
  } catch (const std::exception& error) {  // ours; memory may be what lacks
    service.broker().world().log->warning("kinesis", "call failed",
                                          {{"call", asked.call->name}, {"error", error.what()}});
    reply->refuse(Fault::internal_failure, error.what());
  }
}

Endpoint::Endpoint(broker::Broker& broker, io::http::ServerOptions listen,
                   const ServiceOptions& options)
    : broker_(broker),
      address_(listen.address),
      service_(broker, options),
      server_(broker.loop(), std::move(listen),
              [this](Request request, const io::http::Server::Respond& respond) {
                handle(std::move(request), respond);
              }) {
  worker_.start_thread();
}

void Endpoint::handle(Request request, const io::http::Server::Respond& respond) {
  const auto encoding = encoding_of(request);
  const auto reply = std::make_shared<Reply>(
      encoding.value_or(Encoding::json),
      [this, respond, id = request_id(*broker_.world().random)](Response response) {
        response.headers.push_back({"x-amzn-RequestId", id});
        broker_.loop().post([respond, response = std::move(response)] { respond(response); });
      });
  if (!is_trusted(request, address_)) {
    reply->refuse(Fault::access_denied,
                  "this server answers to the name localhost and its addresses alone, and to no "
                  "other page: give the client http://localhost:" +
                      std::to_string(port()) + " as its endpoint");
    return;
  }
  const std::string* target = request.header("x-amz-target");
  const CallDescription* call =
      target != nullptr && target->starts_with(kTargetPrefix) && request.method == "POST"
          ? find_call(std::string_view(*target).substr(kTargetPrefix.size()))
          : nullptr;
  if (call == nullptr) {
    reply->refuse(Fault::unknown_operation,
                  "a call of Kinesis is a POST with the header X-Amz-Target: " +
                      std::string(kTargetPrefix) + "NAME, and there is none of this name");
  } else if (!encoding) {
    reply->refuse(Fault::serialization,
                  "a request's Content-Type is application/x-amz-json-1.1 or -cbor-1.1");
  } else if (call->serve == nullptr) {
    reply->refuse(Fault::validation,
                  std::string(call->name) + " is not offered here: " + std::string(call->why_not));
  } else {
    run({call, *encoding, std::move(request.body), region_of(request),
         request.peer.substr(0, request.peer.rfind(':'))},
        reply);
  }
}

void Endpoint::run(Asked asked, const std::shared_ptr<Reply>& reply) {
  const size_t bytes = asked.body.size();
  if (waiting_bytes_ > 0 && waiting_bytes_ + bytes > kMostWaitingBytes) {
    reply->refuse(Fault::unavailable, "too many calls are waiting: try again in a moment");
    return;
  }
  waiting_bytes_ += bytes;
  worker_.post([this, bytes, asked = std::move(asked), reply] {
    carry_out(service_, asked, reply);
    broker_.loop().post([this, bytes] { waiting_bytes_ -= bytes; });
  });
}

}  // namespace millrace::kinesis

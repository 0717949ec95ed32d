#include "rehearsal/producer.h"

#include "base/error.h"
#include "kafka/header.h"
#include "kafka/messages/init_producer_id.h"
#include "kafka/messages/metadata.h"
#include "kafka/messages/produce.h"
#include "kafka/records.h"
#include "kafka/wire.h"

namespace millrace::rehearsal {

namespace {

template <typename Response, typename Request>
Response ask(const Exchange& exchange, const Request& request) {
  kafka::RequestHeader header;
  header.api_key = Request::kApiKey;
  header.api_version = Request::kMaxVersion;
  header.client_id = "rehearsal";
  kafka::Writer out;
  header.encode(out);
  request.encode(out, header.api_version);
  kafka::Reader in(exchange(SharedBytes::copy_of(out.take())));
  kafka::decode_response_header(header.api_key, header.api_version, in);
  return Response::decode(in, header.api_version);
}

void check_answer(kafka::ErrorCode code, const std::string& attempt) {
  if (code != kafka::ErrorCode::none) {
    throw Error(ErrorCode::unavailable, "cannot " + attempt + ": the broker answered error " +
                                            std::to_string(static_cast<int>(code)));
  }
}

// As clients do before they produce; makes the topic where there is none.
void ask_for_metadata(const Exchange& exchange, const std::string& topic) {
  kafka::MetadataRequest request;
  request.topics.emplace().emplace_back().name = topic;
  request.allow_auto_topic_creation = true;
  ask<kafka::MetadataResponse>(exchange, request);
}

}  // namespace

void Producer::ask_for_id(const Exchange& exchange) {
  const auto answer = ask<kafka::InitProducerIdResponse>(exchange, kafka::InitProducerIdRequest{});
  check_answer(answer.error_code, "get a producer id");
  id_ = answer.producer_id;
  epoch_ = answer.producer_epoch;
}

void Producer::send(const Exchange& exchange, const std::string& topic, uint64_t number,
                    const std::vector<std::string>& records, Timestamp now) {
  if (id_ < 0) {
    ask_for_id(exchange);
  }
  ask_for_metadata(exchange, topic);
  Sent& sent = topics_[topic];
  const auto [known, is_new] = sent.sequence_of.try_emplace(number, sent.next_sequence);
  if (is_new) {
    sent.next_sequence += static_cast<int32_t>(records.size());
  }
  kafka::BatchBuilder batch;
  for (const std::string& record : records) {
    batch.add(now, std::nullopt, record);
  }
  kafka::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 30'000;
  auto& to = request.topics.emplace_back();
  to.name = topic;
  to.partitions.emplace_back().records =
      SharedBytes::copy_of(batch.finish({id_, epoch_, known->second}));
  const auto answer = ask<kafka::ProduceResponse>(exchange, request);
  check_answer(answer.topics.at(0).partitions.at(0).error_code, "produce to '" + topic + "'");
}

}  // namespace millrace::rehearsal

#include "rehearsal/producer.h"

#include "base/error.h"
#include "kafka/header.h"
#include "kafka/messages/end_txn.h"
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

// The topic's, as clients ask for it before they produce; makes the topic where there is none.
kafka::Uuid ask_for_id_of(const Exchange& exchange, const std::string& topic) {
  kafka::MetadataRequest request;
  request.topics.emplace().emplace_back().name = topic;
  request.allow_auto_topic_creation = true;
  return ask<kafka::MetadataResponse>(exchange, request).topics.at(0).topic_id;
}

kafka::ProduceRequest produce_of(const kafka::Uuid& topic, const std::vector<std::string>& records,
                                 Timestamp now, kafka::BatchBuilder::Producer producer) {
  kafka::BatchBuilder batch;
  for (const std::string& record : records) {
    batch.add(now, std::nullopt, record);
  }
  kafka::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 30'000;
  auto& to = request.topics.emplace_back();
  to.topic_id = topic;
  to.partitions.emplace_back().records = SharedBytes::copy_of(batch.finish(producer));
  return request;
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
  const kafka::Uuid id = ask_for_id_of(exchange, topic);
  Sent& sent = topics_[topic];
  const auto [known, is_new] = sent.sequence_of.try_emplace(number, sent.next_sequence);
  if (is_new) {
    sent.next_sequence += static_cast<int32_t>(records.size());
  }
  const auto request = produce_of(id, records, now, {id_, epoch_, known->second});
  const auto answer = ask<kafka::ProduceResponse>(exchange, request);
  check_answer(answer.topics.at(0).partitions.at(0).error_code, "produce to '" + topic + "'");
}

void Producer::send_and_abort(const Exchange& exchange, const std::string& topic,
                              const std::vector<std::string>& records, Timestamp now) {
  static constexpr int kMostTries = 1000;
  const kafka::Uuid topic_id = ask_for_id_of(exchange, topic);
  kafka::InitProducerIdRequest begin;
  begin.transactional_id = "rehearsal-that-aborts";
  begin.transaction_timeout_ms = 60'000;
  auto id = ask<kafka::InitProducerIdResponse>(exchange, begin);
  // One that a crash cut off is aborted first.
  for (int i = 0; id.error_code == kafka::ErrorCode::concurrent_transactions && i < kMostTries;
       ++i) {
    id = ask<kafka::InitProducerIdResponse>(exchange, begin);
  }
  check_answer(id.error_code, "begin a transaction");
  auto request = produce_of(topic_id, records, now,
                            {id.producer_id, id.producer_epoch, 0, kafka::kTransactionalBit});
  request.transactional_id = begin.transactional_id;
  const auto answer = ask<kafka::ProduceResponse>(exchange, request);
  check_answer(answer.topics.at(0).partitions.at(0).error_code, "produce to '" + topic + "'");
  kafka::EndTxnRequest end;
  end.transactional_id = *begin.transactional_id;
  end.producer_id = id.producer_id;
  end.producer_epoch = id.producer_epoch;
  check_answer(ask<kafka::EndTxnResponse>(exchange, end).error_code, "abort a transaction");
}

}  // namespace millrace::rehearsal

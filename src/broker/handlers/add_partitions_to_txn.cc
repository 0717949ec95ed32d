// AddPartitionsToTxn: says which partitions a transaction is about to write to. From version 4 on
// for several transactions at once, as brokers among each other ask it.
// https://kafka.apache.org/protocol#The_Messages_AddPartitionsToTxn

#include "broker/handlers/add_partitions_to_txn.h"

#include "broker/broker.h"
#include "broker/transactions/transactions.h"

namespace millrace::broker {

using Request = kafka::AddPartitionsToTxnRequest;
using Response = kafka::AddPartitionsToTxnResponse;

namespace {

// A request for one transaction, whichever version it came in.
struct Wanted {
  std::string id;
  Transactions::Producer producer;
  bool verify_only = false;
  std::vector<TopicPlace> places;
};

template <typename Topics>
std::vector<TopicPlace> places_in(const Topics& topics) {
  std::vector<TopicPlace> places;
  for (const auto& topic : topics) {
    for (const int32_t partition : topic.partitions) {
      places.push_back({topic.name, partition});
    }
  }
  return places;
}

using Outcomes = std::vector<ErrorCode>;  // of the places, in their order

// Where one of them cannot be, none is added.
Outcomes faults_in(const Broker& broker, const Access& access, const Wanted& wanted) {
  const ErrorCode refusal = access.fault_at_transactional_id(Operation::write, wanted.id);
  if (refusal != ErrorCode::none) {
    return Outcomes(wanted.places.size(), refusal);
  }
  Outcomes faults;
  bool any = false;
  for (const TopicPlace& place : wanted.places) {
    ErrorCode fault = ErrorCode::none;
    broker.find(access, Operation::write, place.topic, place.partition, fault);
    any |= fault != ErrorCode::none;
    faults.push_back(fault == ErrorCode::none ? ErrorCode::operation_not_attempted : fault);
  }
  return any ? faults : Outcomes{};
}

void add(Broker& broker, const Access& access, const Wanted& wanted,
         const std::function<void(Outcomes)>& done) {
  Outcomes outcomes = faults_in(broker, access, wanted);
  if (!outcomes.empty()) {
    done(std::move(outcomes));
    return;
  }
  if (wanted.verify_only) {
    for (const TopicPlace& place : wanted.places) {
      outcomes.push_back(broker.transactions().verify(wanted.id, wanted.producer, place));
    }
    done(std::move(outcomes));
    return;
  }
  broker.transactions().add(
      wanted.id, wanted.producer, wanted.places,
      [done, count = wanted.places.size()](ErrorCode code) { done(Outcomes(count, code)); });
}

template <typename Results, typename Topics>
void fill(Results& results, const Topics& topics, const Outcomes& outcomes) {
  size_t next = 0;
  for (const auto& topic : topics) {
    auto& result = results.emplace_back();
    result.name = topic.name;
    for (const int32_t partition : topic.partitions) {
      result.partitions.push_back({partition, outcomes[next++]});
    }
  }
}

void add_one(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  const Wanted wanted{request.transactional_id,
                      {request.producer_id, request.producer_epoch},
                      false,
                      places_in(request.topics)};
  add(broker, caller.access, wanted,
      [answer, request, version = caller.version](Outcomes outcomes) {
        for (ErrorCode& code : outcomes) {
          if (code == ErrorCode::producer_fenced && version < 2) {
            code = ErrorCode::invalid_producer_epoch;  // what older clients know
          }
        }
        Response response;
        fill(response.topics, request.topics, outcomes);
        answer.send(response);
      });
}

// The answer that several transactions' outcomes come together in.
struct Batched {
  Request request;
  Response response;
  size_t left;
};

void add_several(Broker& broker, const Access& access, Request request, const Answer& answer) {
  const size_t count = request.transactions.size();
  const auto batched = std::make_shared<Batched>(Batched{std::move(request), {}, count});
  batched->response.transactions.resize(count);
  if (count == 0) {
    answer.send(batched->response);
  }
  for (size_t i = 0; i < count; ++i) {
    const auto& transaction = batched->request.transactions[i];
    const Wanted wanted{transaction.transactional_id,
                        {transaction.producer_id, transaction.producer_epoch},
                        transaction.verify_only,
                        places_in(transaction.topics)};
    add(broker, access, wanted, [batched, answer, i](const Outcomes& outcomes) {
      auto& result = batched->response.transactions[i];
      result.transactional_id = batched->request.transactions[i].transactional_id;
      fill(result.topics, batched->request.transactions[i].topics, outcomes);
      if (--batched->left == 0) {
        answer.send(batched->response);
      }
    });
  }
}

}  // namespace

void add_partitions_to_txn(Broker& broker, const Caller& caller, Request request,
                           const Answer& answer) {
  if (caller.version < 4) {
    add_one(broker, caller, std::move(request), answer);
  } else {
    add_several(broker, caller.access, std::move(request), answer);
  }
}

}  // namespace millrace::broker

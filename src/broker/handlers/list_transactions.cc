// ListTransactions: all transactional ids that are known.
// https://kafka.apache.org/protocol#The_Messages_ListTransactions

#include "broker/handlers/list_transactions.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/clock.h"
#include "broker/broker.h"
#include "broker/transactions/transactions.h"

namespace millrace::broker {

using Request = kafka::ListTransactionsRequest;
using Response = kafka::ListTransactionsResponse;

namespace {

constexpr TransactionState kStates[] = {TransactionState::empty,
                                        TransactionState::ongoing,
                                        TransactionState::prepare_commit,
                                        TransactionState::prepare_abort,
                                        TransactionState::complete_commit,
                                        TransactionState::complete_abort,
                                        TransactionState::dead};

bool is_state(std::string_view name) {
  return std::any_of(std::begin(kStates), std::end(kStates),
                     [name](TransactionState state) { return name_of(state) == name; });
}

template <typename Values, typename Value>
bool admits(const Values& filter, const Value& value) {
  return filter.empty() || std::find(filter.begin(), filter.end(), value) != filter.end();
}

bool is_wanted(const Transaction& transaction, const Request& request, Timestamp now) {
  const bool lasts_long =
      request.longer_than_ms < 0 || (transaction.state == TransactionState::ongoing &&
                                     (now - transaction.started).ms() > request.longer_than_ms);
  return lasts_long && admits(request.states, name_of(transaction.state)) &&
         admits(request.producer_ids, transaction.producer_id);
}

}  // namespace

Response list_transactions(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const std::string& state : request.states) {
    if (!is_state(state)) {
      response.unknown_states.push_back(state);
    }
  }
  const std::string pattern = request.id_pattern.value_or("");
  const RE2 ids(pattern, RE2::Quiet);
  if (!ids.ok()) {
    response.error_code = ErrorCode::invalid_regular_expression;
    return response;
  }
  const Timestamp now = broker.world().clock->now();
  for (const Transaction* transaction : broker.transactions().list()) {
    if (is_wanted(*transaction, request, now) &&
        caller.access.may(Operation::describe, ResourceType::transactional_id, transaction->id) &&
        (pattern.empty() || RE2::FullMatch(transaction->id, ids))) {
      response.transactions.push_back(
          {transaction->id, transaction->producer_id, std::string(name_of(transaction->state))});
    }
  }
  return response;
}

}  // namespace millrace::broker

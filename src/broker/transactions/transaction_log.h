#pragma once

// The transactions' own log: the topic __transaction_state, a record for every change of a
// transaction, the last one of an id counts. Layout: docs/formats/broker.md.
//
// Loop thread only.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "broker/coordinator_log.h"
#include "broker/transactions/transaction.h"
#include "kafka/error_code.h"

namespace millrace::broker {

class Broker;

class TransactionLog {
 public:
  using ById = std::map<std::string, Transaction, std::less<>>;

  // `broker` outlives it.
  explicit TransactionLog(Broker& broker);

  ById load() const;
  // Written, not yet durable.
  kafka::ErrorCode append(const Transaction& transaction);
  kafka::ErrorCode forget(const std::string& id);
  // Calls `done` on the loop when everything appended so far is durable as the policy says, perhaps
  // before this returns.
  void when_durable(std::function<void(kafka::ErrorCode)> done) {
    log_.when_durable(std::move(done));
  }

 private:
  kafka::ErrorCode append(const std::string& key, std::optional<std::string_view> value);

  Broker& broker_;
  CoordinatorLog log_;
};

}  // namespace millrace::broker

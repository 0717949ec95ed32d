#pragma once

// The coordinator of all transactions: gives producers their epochs, knows what each transaction
// wrote to, decides how it ends and tells the partitions.
// https://cwiki.apache.org/confluence/display/KAFKA/KIP-98 and KIP-360, KIP-890
//
// Invariants: a transaction's decision is durable before any partition is told, and the partitions
// are durable before it is complete; an epoch is durable before a producer gets it; where an epoch
// serves several transactions (version 0), what is added to one is durable before it is written to.
// What a crash of the machine loses besides is put right at start, by looking at which partitions
// have a transaction open (reconcile()): so none of them waits for a decision that never comes.
//
// Loop thread only.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/transactions/transaction.h"
#include "broker/transactions/transaction_log.h"
#include "kafka/error_code.h"

namespace millrace::io {
class Timer;
}
namespace millrace::topic {
class Partition;
}

namespace millrace::broker {

class Transactions {
 public:
  // A producer as a request names it.
  struct Producer {
    int64_t id = kafka::kNoProducerId;
    int16_t epoch = Transaction::kNoEpoch;
  };
  struct Outcome {
    kafka::ErrorCode error_code = kafka::ErrorCode::none;
    Producer producer;  // as it goes on
  };
  using Done = std::function<void(const Outcome&)>;

  static constexpr Duration kLongestTimeout = Duration::seconds(900);

  // Reads the log and puts right what a crash left. `broker` outlives it; its store and loop are
  // there already. Throws what the disk throws.
  explicit Transactions(Broker& broker);
  ~Transactions();
  Transactions(const Transactions&) = delete;
  Transactions& operator=(const Transactions&) = delete;

  // A producer begins, or goes on after an error as `expected`. Shuts out whoever had the id
  // before, and aborts what that one left open.
  void begin_producer(const std::string& id, Duration timeout,
                      const std::optional<Producer>& expected, Done done);
  // The transaction, begun where there is none, is about to write to these. Not durable yet: for
  // clients that take an epoch for each transaction.
  kafka::ErrorCode add_implicitly(const std::string& id, const Producer& producer,
                                  const std::vector<TopicPlace>& places);
  // The same, for a client that has one epoch for many transactions: calls back when durable.
  void add(const std::string& id, const Producer& producer, const std::vector<TopicPlace>& places,
           std::function<void(kafka::ErrorCode)> done);
  // May this producer write to `place`? transaction_abortable where the place was not added.
  kafka::ErrorCode verify(const std::string& id, const Producer& producer,
                          const TopicPlace& place) const;
  // `version` is the client's, see Transaction. Calls back when every partition has been told.
  void end(const std::string& id, const Producer& producer, kafka::TransactionResult result,
           int16_t version, Done done);

  const Transaction* find(std::string_view id) const;  // nullptr where there is none
  std::vector<const Transaction*> list() const;

 private:
  // A transaction, and whether a change of it is under way: then all others wait.
  struct Entry {
    Transaction transaction;
    bool is_changing = false;
  };
  enum class Ender : uint8_t { client, coordinator };

  kafka::ErrorCode add(const std::string& id, const Producer& producer,
                       const std::vector<TopicPlace>& places, int16_t version);
  kafka::ErrorCode fault_in(const std::string& id, const Producer& producer) const;
  void raise_epoch(Entry& entry, Duration timeout, const std::optional<Producer>& expected,
                   const Done& done);
  kafka::ErrorCode fault_in_end(const Transaction& transaction, const Producer& producer,
                                kafka::TransactionResult result, int16_t version) const;
  void prepare(Entry& entry, kafka::TransactionResult result, int16_t version, Ender ender,
               Done done);
  void tell_when_decided(const std::string& id, const Done& done);
  void tell_partitions(const std::string& id, const Done& done);
  kafka::ErrorCode tell(const Transaction& transaction,
                        std::vector<std::shared_ptr<topic::Partition>>& told);
  void complete(const std::string& id, kafka::ErrorCode outcome, const Done& done);
  std::optional<int64_t> new_producer_id();
  void reconcile();
  void abort_unknown(const TopicPlace& place, topic::Partition& log);
  void sweep();
  void sweep_later(Duration pause);

  Broker& broker_;
  TransactionLog log_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::unique_ptr<io::Timer> sweep_;
};

}  // namespace millrace::broker

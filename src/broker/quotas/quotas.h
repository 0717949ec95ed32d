#pragma once

// How much users and clients may use: quotas.json, docs/formats/broker.md; and how much they did of
// late. https://kafka.apache.org/documentation/#design_quotas
//
// change() and all() are for any thread, the rest for the loop.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "broker/quotas/rate.h"
#include "io/world.h"

namespace millrace::broker {

// Whom a quota is for, by kind: "user", "client-id" or both; no name stands for all who have no
// quota of their own.
using QuotaEntity = std::map<std::string, std::optional<std::string>, std::less<>>;
constexpr std::string_view kUserEntity = "user";
constexpr std::string_view kClientEntity = "client-id";

enum class Quota : uint8_t { producer_bytes, consumer_bytes, request_percentage };
std::string_view name_of(Quota quota);  // "producer_byte_rate"
std::optional<Quota> quota_named(std::string_view name);

// Why Kafka would refuse them; empty for good ones.
std::string fault_in(const QuotaEntity& entity);
std::string fault_in(Quota quota, double limit);

class Quotas {
 public:
  using Limits = std::map<Quota, double>;  // a second
  using Table = std::map<QuotaEntity, Limits>;
  struct Change {
    QuotaEntity entity;
    std::map<Quota, std::optional<double>> limits;  // nothing: no longer
  };
  // Who asks: the user's name, and what the client calls itself.
  struct Client {
    std::string_view user;
    std::string_view id;
  };

  // Reads the file in `directory` where there is one. Throws Error(corrupt) where it cannot be read
  // as one.
  Quotas(io::World world, const std::string& directory);

  std::shared_ptr<const Table> all() const;
  // Durable when it returns. Throws what the disk throws, and Error(invalid_argument) where there
  // would be too many; then nothing changed.
  void change(const std::vector<Change>& changes);

  // True where nobody has any, so that nothing need be counted.
  bool are_none() const { return none_; }
  // Of the first that fits: user and client, user, or client, each before its default.
  std::optional<double> limit(Quota quota, const Client& client) const;
  // Counts a use, and says for how long this client is to be left alone.
  Duration use(Quota quota, const Client& client, double amount);
  // Whose uses it remembers: a bounded number.
  size_t remembered() const { return rates_.size(); }

 private:
  // Whose uses count together: all clients of a user, or this one alone, as the quota says.
  using Sharer = std::tuple<Quota, std::optional<std::string>, std::optional<std::string>>;
  struct Found {
    double limit;
    Sharer sharer;
  };

  std::optional<Found> find(Quota quota, const Client& client) const;
  void forget_rates(Instant now);

  const io::World world_;
  const std::string path_;
  std::mutex changing_;       // held while the disk is written
  mutable std::mutex mutex_;  // guards table_
  std::shared_ptr<const Table> table_;
  std::atomic<bool> none_ = true;
  std::map<Sharer, Rate> rates_;
};

}  // namespace millrace::broker

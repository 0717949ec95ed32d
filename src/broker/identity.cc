#include "broker/identity.h"

#include "base/check.h"
#include "base/error.h"
#include "base/json.h"
#include "base/random.h"
#include "io/files.h"

namespace millrace::broker {

namespace {

constexpr int64_t kBlock = 1000;

// 22 characters as Kafka's ids have, of those that base64 for addresses uses.
std::string make_cluster_id(Random& random) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string id;
  for (int i = 0; i < 22; ++i) {
    id.push_back(kDigits[random.below(kDigits.size())]);
  }
  return id;
}

}  // namespace

Identity::Identity(io::World world, const std::string& directory)
    : world_(world), path_(io::join(directory, "broker.json")) {
  world_.files->make_directories(directory);
  if (!world_.files->exists(path_)) {
    cluster_id_ = make_cluster_id(*world_.random);
    write();
    return;
  }
  const Json json = Json::parse(world_.files->read_all(path_));
  if (json.at("format").as_int() != 1) {
    throw Error(ErrorCode::corrupt, "'" + path_ + "' is not of format 1");
  }
  cluster_id_ = json.at("cluster_id").as_string();
  next_producer_id_ = reserved_until_ = json.at("next_producer_id").as_int();
}

void Identity::write() {
  const Json json = Json::object(
      {{"format", 1}, {"cluster_id", cluster_id_}, {"next_producer_id", reserved_until_}});
  world_.files->replace(path_, json.dump_pretty());
}

int64_t Identity::next_producer_id() {
  if (next_producer_id_ == reserved_until_) {
    reserved_until_ += kBlock;
    try {
      write();
    } catch (const Error&) {
      // Nothing was reserved, so the next producer has to try again; this one hears why.
      reserved_until_ -= kBlock;
      throw;
    }
  }
  check(next_producer_id_ < reserved_until_, "producer ids come from a reserved block");
  return next_producer_id_++;
}

}  // namespace millrace::broker

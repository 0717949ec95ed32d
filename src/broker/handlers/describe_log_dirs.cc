// DescribeLogDirs: how large partitions are on disk. There is one directory of logs.
// https://kafka.apache.org/protocol#The_Messages_DescribeLogDirs

#include "broker/handlers/describe_log_dirs.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::DescribeLogDirsRequest;
using Response = kafka::DescribeLogDirsResponse;

namespace {

using Directory = Response::Directory;

// What is not there, or damaged, has no size: it is left out, as Kafka leaves it out.
void add_partition(const topic::Topic& topic, int32_t index, Directory::Topic& sizes) {
  if (const auto log = topic.find(PartitionIndex(index))) {
    sizes.partitions.push_back({index, static_cast<int64_t>(log->size_bytes()), 0, false});
  }
}

void add_all(const topic::Topic& topic, Directory& directory) {
  Directory::Topic& sizes = directory.topics.emplace_back();
  sizes.name = topic.name;
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    add_partition(topic, static_cast<int32_t>(i), sizes);
  }
}

}  // namespace

Response describe_log_dirs(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  response.error_code = caller.access.fault_at_cluster(Operation::describe);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  Directory& directory = response.results.emplace_back();
  directory.path = broker.store().directory();
  if (!request.topics) {
    for (const auto& topic : broker.store().list()) {
      add_all(*topic, directory);
    }
    return response;
  }
  for (const Request::Topic& wanted : *request.topics) {
    if (const auto topic = broker.store().find(wanted.name)) {
      Directory::Topic& sizes = directory.topics.emplace_back();
      sizes.name = wanted.name;
      for (const int32_t index : wanted.partitions) {
        add_partition(*topic, index, sizes);
      }
    }
  }
  return response;
}

}  // namespace millrace::broker

// AlterReplicaLogDirs: there is one directory of logs, so a log may be moved to where it is.
// https://kafka.apache.org/protocol#The_Messages_AlterReplicaLogDirs

#include "broker/handlers/alter_replica_log_dirs.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::AlterReplicaLogDirsRequest;
using Response = kafka::AlterReplicaLogDirsResponse;

static ErrorCode fault_in(const Broker& broker, const Caller& caller, const std::string& path,
                          const std::string& topic, int32_t partition) {
  ErrorCode fault = caller.access.fault_at_cluster(Operation::alter);
  if (fault == ErrorCode::none && path != broker.store().directory()) {
    fault = ErrorCode::log_dir_not_found;
  }
  if (fault == ErrorCode::none) {
    broker.find(topic, partition, fault);
  }
  return fault;
}

Response alter_replica_log_dirs(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const Request::Directory& directory : request.dirs) {
    for (const Request::Directory::Topic& topic : directory.topics) {
      Response::Topic& result = response.results.emplace_back();
      result.name = topic.name;
      for (const int32_t partition : topic.partitions) {
        result.partitions.push_back(
            {partition, fault_in(broker, caller, directory.path, topic.name, partition)});
      }
    }
  }
  return response;
}

}  // namespace millrace::broker

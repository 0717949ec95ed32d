// WriteTxnMarkers: ends transactions in single partitions, past their coordinator. A tool asks this
// about one that nobody ends.
// https://kafka.apache.org/protocol#The_Messages_WriteTxnMarkers

#include "broker/handlers/write_txn_markers.h"

#include "broker/broker.h"
#include "broker/groups/offsets.h"

namespace millrace::broker {

using Request = kafka::WriteTxnMarkersRequest;
using Response = kafka::WriteTxnMarkersResponse;

static ErrorCode write(Broker& broker, const Access& access, const kafka::EndMarker& marker,
                       const std::string& topic, int32_t index) {
  ErrorCode error = access.fault_at_cluster(Operation::cluster_action);
  if (error != ErrorCode::none) {
    error = access.fault_at_cluster(Operation::alter);
  }
  if (error != ErrorCode::none) {
    return error;
  }
  const auto partition = broker.find(topic, index, error);
  if (partition == nullptr) {
    return error;
  }
  error = partition->append(marker).error_code;
  if (error == ErrorCode::none && topic == kOffsetsTopic) {
    broker.offsets().end_transaction(marker.producer_id, marker.result);
  }
  return error;
}

Response write_txn_markers(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const Request::Marker& wanted : request.markers) {
    const kafka::EndMarker marker{
        wanted.producer_id, wanted.producer_epoch, wanted.coordinator_epoch,
        wanted.committed ? kafka::TransactionResult::commit : kafka::TransactionResult::abort};
    Response::Marker& result = response.markers.emplace_back();
    result.producer_id = wanted.producer_id;
    for (const Request::Marker::Topic& topic : wanted.topics) {
      Response::Marker::Topic& results = result.topics.emplace_back();
      results.name = topic.name;
      for (const int32_t partition : topic.partitions) {
        results.partitions.push_back(
            {partition, write(broker, caller.access, marker, topic.name, partition)});
      }
    }
  }
  return response;
}

}  // namespace millrace::broker

#include "kafka/error_code.h"

#include "base/check.h"

namespace millrace::kafka {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::unknown_server_error: return "UNKNOWN_SERVER_ERROR";
    case ErrorCode::none: return "NONE";
    case ErrorCode::offset_out_of_range: return "OFFSET_OUT_OF_RANGE";
    case ErrorCode::corrupt_message: return "CORRUPT_MESSAGE";
    case ErrorCode::unknown_topic_or_partition: return "UNKNOWN_TOPIC_OR_PARTITION";
    case ErrorCode::invalid_fetch_size: return "INVALID_FETCH_SIZE";
    case ErrorCode::leader_not_available: return "LEADER_NOT_AVAILABLE";
    case ErrorCode::not_leader_or_follower: return "NOT_LEADER_OR_FOLLOWER";
    case ErrorCode::request_timed_out: return "REQUEST_TIMED_OUT";
    case ErrorCode::message_too_large: return "MESSAGE_TOO_LARGE";
    case ErrorCode::offset_metadata_too_large: return "OFFSET_METADATA_TOO_LARGE";
    case ErrorCode::coordinator_load_in_progress: return "COORDINATOR_LOAD_IN_PROGRESS";
    case ErrorCode::coordinator_not_available: return "COORDINATOR_NOT_AVAILABLE";
    case ErrorCode::not_coordinator: return "NOT_COORDINATOR";
    case ErrorCode::invalid_topic: return "INVALID_TOPIC";
    case ErrorCode::record_list_too_large: return "RECORD_LIST_TOO_LARGE";
    case ErrorCode::not_enough_replicas: return "NOT_ENOUGH_REPLICAS";
    case ErrorCode::invalid_required_acks: return "INVALID_REQUIRED_ACKS";
    case ErrorCode::illegal_generation: return "ILLEGAL_GENERATION";
    case ErrorCode::inconsistent_group_protocol: return "INCONSISTENT_GROUP_PROTOCOL";
    case ErrorCode::invalid_group_id: return "INVALID_GROUP_ID";
    case ErrorCode::unknown_member_id: return "UNKNOWN_MEMBER_ID";
    case ErrorCode::invalid_session_timeout: return "INVALID_SESSION_TIMEOUT";
    case ErrorCode::rebalance_in_progress: return "REBALANCE_IN_PROGRESS";
    case ErrorCode::invalid_commit_offset_size: return "INVALID_COMMIT_OFFSET_SIZE";
    case ErrorCode::topic_authorization_failed: return "TOPIC_AUTHORIZATION_FAILED";
    case ErrorCode::group_authorization_failed: return "GROUP_AUTHORIZATION_FAILED";
    case ErrorCode::cluster_authorization_failed: return "CLUSTER_AUTHORIZATION_FAILED";
    case ErrorCode::invalid_timestamp: return "INVALID_TIMESTAMP";
    case ErrorCode::unsupported_sasl_mechanism: return "UNSUPPORTED_SASL_MECHANISM";
    case ErrorCode::illegal_sasl_state: return "ILLEGAL_SASL_STATE";
    case ErrorCode::unsupported_version: return "UNSUPPORTED_VERSION";
    case ErrorCode::topic_already_exists: return "TOPIC_ALREADY_EXISTS";
    case ErrorCode::invalid_partitions: return "INVALID_PARTITIONS";
    case ErrorCode::invalid_replication_factor: return "INVALID_REPLICATION_FACTOR";
    case ErrorCode::invalid_replica_assignment: return "INVALID_REPLICA_ASSIGNMENT";
    case ErrorCode::invalid_config: return "INVALID_CONFIG";
    case ErrorCode::not_controller: return "NOT_CONTROLLER";
    case ErrorCode::invalid_request: return "INVALID_REQUEST";
    case ErrorCode::unsupported_for_message_format: return "UNSUPPORTED_FOR_MESSAGE_FORMAT";
    case ErrorCode::policy_violation: return "POLICY_VIOLATION";
    case ErrorCode::out_of_order_sequence_number: return "OUT_OF_ORDER_SEQUENCE_NUMBER";
    case ErrorCode::duplicate_sequence_number: return "DUPLICATE_SEQUENCE_NUMBER";
    case ErrorCode::invalid_producer_epoch: return "INVALID_PRODUCER_EPOCH";
    case ErrorCode::invalid_txn_state: return "INVALID_TXN_STATE";
    case ErrorCode::invalid_producer_id_mapping: return "INVALID_PRODUCER_ID_MAPPING";
    case ErrorCode::invalid_transaction_timeout: return "INVALID_TRANSACTION_TIMEOUT";
    case ErrorCode::concurrent_transactions: return "CONCURRENT_TRANSACTIONS";
    case ErrorCode::transaction_coordinator_fenced: return "TRANSACTION_COORDINATOR_FENCED";
    case ErrorCode::transactional_id_authorization_failed:
      return "TRANSACTIONAL_ID_AUTHORIZATION_FAILED";
    case ErrorCode::security_disabled: return "SECURITY_DISABLED";
    case ErrorCode::operation_not_attempted: return "OPERATION_NOT_ATTEMPTED";
    case ErrorCode::kafka_storage_error: return "KAFKA_STORAGE_ERROR";
    case ErrorCode::log_dir_not_found: return "LOG_DIR_NOT_FOUND";
    case ErrorCode::sasl_authentication_failed: return "SASL_AUTHENTICATION_FAILED";
    case ErrorCode::unknown_producer_id: return "UNKNOWN_PRODUCER_ID";
    case ErrorCode::non_empty_group: return "NON_EMPTY_GROUP";
    case ErrorCode::group_id_not_found: return "GROUP_ID_NOT_FOUND";
    case ErrorCode::fetch_session_id_not_found: return "FETCH_SESSION_ID_NOT_FOUND";
    case ErrorCode::invalid_fetch_session_epoch: return "INVALID_FETCH_SESSION_EPOCH";
    case ErrorCode::fenced_leader_epoch: return "FENCED_LEADER_EPOCH";
    case ErrorCode::unknown_leader_epoch: return "UNKNOWN_LEADER_EPOCH";
    case ErrorCode::unsupported_compression_type: return "UNSUPPORTED_COMPRESSION_TYPE";
    case ErrorCode::member_id_required: return "MEMBER_ID_REQUIRED";
    case ErrorCode::group_max_size_reached: return "GROUP_MAX_SIZE_REACHED";
    case ErrorCode::fenced_instance_id: return "FENCED_INSTANCE_ID";
    case ErrorCode::election_not_needed: return "ELECTION_NOT_NEEDED";
    case ErrorCode::no_reassignment_in_progress: return "NO_REASSIGNMENT_IN_PROGRESS";
    case ErrorCode::throttling_quota_exceeded: return "THROTTLING_QUOTA_EXCEEDED";
    case ErrorCode::group_subscribed_to_topic: return "GROUP_SUBSCRIBED_TO_TOPIC";
    case ErrorCode::invalid_record: return "INVALID_RECORD";
    case ErrorCode::unstable_offset_commit: return "UNSTABLE_OFFSET_COMMIT";
    case ErrorCode::producer_fenced: return "PRODUCER_FENCED";
    case ErrorCode::resource_not_found: return "RESOURCE_NOT_FOUND";
    case ErrorCode::duplicate_resource: return "DUPLICATE_RESOURCE";
    case ErrorCode::invalid_update_version: return "INVALID_UPDATE_VERSION";
    case ErrorCode::unacceptable_credential: return "UNACCEPTABLE_CREDENTIAL";
    case ErrorCode::unknown_topic_id: return "UNKNOWN_TOPIC_ID";
    case ErrorCode::transactional_id_not_found: return "TRANSACTIONAL_ID_NOT_FOUND";
    case ErrorCode::fenced_member_epoch: return "FENCED_MEMBER_EPOCH";
    case ErrorCode::unreleased_instance_id: return "UNRELEASED_INSTANCE_ID";
    case ErrorCode::unsupported_assignor: return "UNSUPPORTED_ASSIGNOR";
    case ErrorCode::stale_member_epoch: return "STALE_MEMBER_EPOCH";
    case ErrorCode::mismatched_endpoint_type: return "MISMATCHED_ENDPOINT_TYPE";
    case ErrorCode::unsupported_endpoint_type: return "UNSUPPORTED_ENDPOINT_TYPE";
    case ErrorCode::transaction_abortable: return "TRANSACTION_ABORTABLE";
    case ErrorCode::invalid_regular_expression: return "INVALID_REGULAR_EXPRESSION";
  }
  return "UNKNOWN_SERVER_ERROR";
}

ErrorCode to_kafka(millrace::ErrorCode code) {
  switch (code) {
    case millrace::ErrorCode::invalid_argument:
    case millrace::ErrorCode::syntax:
    case millrace::ErrorCode::type_mismatch: return ErrorCode::invalid_request;
    case millrace::ErrorCode::not_found: return ErrorCode::unknown_topic_or_partition;
    case millrace::ErrorCode::already_exists: return ErrorCode::topic_already_exists;
    case millrace::ErrorCode::unsupported: return ErrorCode::unsupported_version;
    case millrace::ErrorCode::io:
    case millrace::ErrorCode::disk_full: return ErrorCode::kafka_storage_error;
    case millrace::ErrorCode::corrupt: return ErrorCode::corrupt_message;
    case millrace::ErrorCode::timeout: return ErrorCode::request_timed_out;
    case millrace::ErrorCode::unavailable: return ErrorCode::coordinator_not_available;
    case millrace::ErrorCode::unauthorized:
    case millrace::ErrorCode::forbidden: return ErrorCode::cluster_authorization_failed;
    case millrace::ErrorCode::conflict:
    case millrace::ErrorCode::cancelled:
    case millrace::ErrorCode::internal: return ErrorCode::unknown_server_error;
  }
  check(false, "error code outside the enumeration");
  return ErrorCode::unknown_server_error;
}

}  // namespace millrace::kafka

#include "broker/handlers.h"

#include "broker/broker.h"
#include "broker/handlers/add_offsets_to_txn.h"
#include "broker/handlers/add_partitions_to_txn.h"
#include "broker/handlers/alter_client_quotas.h"
#include "broker/handlers/alter_configs.h"
#include "broker/handlers/alter_partition_reassignments.h"
#include "broker/handlers/alter_replica_log_dirs.h"
#include "broker/handlers/alter_user_scram_credentials.h"
#include "broker/handlers/api_versions.h"
#include "broker/handlers/consumer_group_describe.h"
#include "broker/handlers/consumer_group_heartbeat.h"
#include "broker/handlers/create_acls.h"
#include "broker/handlers/create_partitions.h"
#include "broker/handlers/create_topics.h"
#include "broker/handlers/delete_acls.h"
#include "broker/handlers/delete_groups.h"
#include "broker/handlers/delete_records.h"
#include "broker/handlers/delete_topics.h"
#include "broker/handlers/describe_acls.h"
#include "broker/handlers/describe_client_quotas.h"
#include "broker/handlers/describe_cluster.h"
#include "broker/handlers/describe_configs.h"
#include "broker/handlers/describe_groups.h"
#include "broker/handlers/describe_log_dirs.h"
#include "broker/handlers/describe_producers.h"
#include "broker/handlers/describe_quorum.h"
#include "broker/handlers/describe_topic_partitions.h"
#include "broker/handlers/describe_transactions.h"
#include "broker/handlers/describe_user_scram_credentials.h"
#include "broker/handlers/elect_leaders.h"
#include "broker/handlers/end_txn.h"
#include "broker/handlers/fetch.h"
#include "broker/handlers/find_coordinator.h"
#include "broker/handlers/heartbeat.h"
#include "broker/handlers/incremental_alter_configs.h"
#include "broker/handlers/init_producer_id.h"
#include "broker/handlers/join_group.h"
#include "broker/handlers/leave_group.h"
#include "broker/handlers/list_config_resources.h"
#include "broker/handlers/list_groups.h"
#include "broker/handlers/list_offsets.h"
#include "broker/handlers/list_partition_reassignments.h"
#include "broker/handlers/list_transactions.h"
#include "broker/handlers/metadata.h"
#include "broker/handlers/offset_commit.h"
#include "broker/handlers/offset_delete.h"
#include "broker/handlers/offset_fetch.h"
#include "broker/handlers/offset_for_leader_epoch.h"
#include "broker/handlers/produce.h"
#include "broker/handlers/sasl_authenticate.h"
#include "broker/handlers/sasl_handshake.h"
#include "broker/handlers/sync_group.h"
#include "broker/handlers/txn_offset_commit.h"
#include "broker/handlers/update_features.h"
#include "broker/handlers/write_txn_markers.h"

namespace millrace::broker {

namespace {

// A handler is one of these: it answers at once, or takes the answer's place with it, or waits for
// the disk and is called off the loop, with what it may touch there (broker.h).
template <typename Message, typename Response>
void run(Response (*handle)(Broker&, const Message&), Broker& broker, const Caller& caller,
         kafka::Reader& body, const Answer& answer) {
  answer.send(handle(broker, Message::decode(body, caller.version)));
}
template <typename Message, typename Response>
void run(Response (*handle)(Broker&, const Caller&, const Message&), Broker& broker,
         const Caller& caller, kafka::Reader& body, const Answer& answer) {
  answer.send(handle(broker, caller, Message::decode(body, caller.version)));
}
template <typename Message>
void run(void (*handle)(Broker&, const Caller&, Message, const Answer&), Broker& broker,
         const Caller& caller, kafka::Reader& body, const Answer& answer) {
  handle(broker, caller, Message::decode(body, caller.version), answer);
}

template <typename Message, typename Response>
void run(Response (*handle)(Broker&, const Access&, const Message&), Broker& broker,
         const Caller& caller, kafka::Reader& body, const Answer& answer) {
  const auto response = std::make_shared<Response>();
  broker.off_loop(
      answer,
      [handle, &broker, access = caller.access, response,
       request = Message::decode(body, caller.version)] {
        *response = handle(broker, access, request);
      },
      [answer, response] { answer.send(*response); });
}

template <auto handle>
void serve(Broker& broker, const Caller& caller, kafka::Reader& body, const Answer& answer) {
  run(handle, broker, caller, body, answer);
}

using kafka::ApiKey;

constexpr Handler kHandlers[] = {
    {ApiKey::produce, 3, 13, serve<produce>},
    {ApiKey::fetch, 4, 18, serve<fetch>},
    {ApiKey::list_offsets, 1, 11, serve<list_offsets>},
    {ApiKey::metadata, 0, 13, serve<metadata>},
    {ApiKey::offset_commit, 2, 10, serve<offset_commit>},
    {ApiKey::offset_fetch, 1, 10, serve<offset_fetch>},
    {ApiKey::find_coordinator, 0, 6, serve<find_coordinator>},
    {ApiKey::join_group, 0, 9, serve<join_group>},
    {ApiKey::heartbeat, 0, 4, serve<heartbeat>},
    {ApiKey::leave_group, 0, 5, serve<leave_group>},
    {ApiKey::sync_group, 0, 5, serve<sync_group>},
    {ApiKey::describe_groups, 0, 6, serve<describe_groups>},
    {ApiKey::list_groups, 0, 5, serve<list_groups>},
    {ApiKey::sasl_handshake, 0, 1, serve<sasl_handshake>},
    {ApiKey::api_versions, 0, 4, serve<api_versions>},
    {ApiKey::create_topics, 2, 7, serve<create_topics>},
    {ApiKey::delete_topics, 1, 6, serve<delete_topics>},
    {ApiKey::delete_records, 0, 2, serve<delete_records>},
    {ApiKey::init_producer_id, 0, 5, serve<init_producer_id>},
    {ApiKey::offset_for_leader_epoch, 2, 4, serve<offset_for_leader_epoch>},
    {ApiKey::add_partitions_to_txn, 0, 5, serve<add_partitions_to_txn>},
    {ApiKey::add_offsets_to_txn, 0, 4, serve<add_offsets_to_txn>},
    {ApiKey::end_txn, 0, 5, serve<end_txn>},
    {ApiKey::write_txn_markers, 1, 2, serve<write_txn_markers>},
    {ApiKey::txn_offset_commit, 0, 5, serve<txn_offset_commit>},
    {ApiKey::describe_acls, 1, 3, serve<describe_acls>},
    {ApiKey::create_acls, 1, 3, serve<create_acls>},
    {ApiKey::delete_acls, 1, 3, serve<delete_acls>},
    {ApiKey::describe_configs, 1, 4, serve<describe_configs>},
    {ApiKey::alter_configs, 0, 2, serve<alter_configs>},
    {ApiKey::alter_replica_log_dirs, 1, 2, serve<alter_replica_log_dirs>},
    {ApiKey::describe_log_dirs, 1, 5, serve<describe_log_dirs>},
    {ApiKey::sasl_authenticate, 0, 2, serve<sasl_authenticate>},
    {ApiKey::create_partitions, 0, 3, serve<create_partitions>},
    {ApiKey::incremental_alter_configs, 0, 1, serve<incremental_alter_configs>},
    {ApiKey::describe_user_scram_credentials, 0, 0, serve<describe_user_scram_credentials>},
    {ApiKey::alter_user_scram_credentials, 0, 0, serve<alter_user_scram_credentials>},
    {ApiKey::update_features, 0, 2, serve<update_features>},
    {ApiKey::describe_quorum, 0, 2, serve<describe_quorum>},
    {ApiKey::describe_cluster, 0, 2, serve<describe_cluster>},
    {ApiKey::elect_leaders, 0, 2, serve<elect_leaders>},
    {ApiKey::alter_partition_reassignments, 0, 1, serve<alter_partition_reassignments>},
    {ApiKey::list_partition_reassignments, 0, 0, serve<list_partition_reassignments>},
    {ApiKey::describe_client_quotas, 0, 1, serve<describe_client_quotas>},
    {ApiKey::alter_client_quotas, 0, 1, serve<alter_client_quotas>},
    {ApiKey::list_config_resources, 0, 1, serve<list_config_resources>},
    {ApiKey::delete_groups, 0, 2, serve<delete_groups>},
    {ApiKey::offset_delete, 0, 0, serve<offset_delete>},
    {ApiKey::describe_producers, 0, 0, serve<describe_producers>},
    {ApiKey::describe_transactions, 0, 0, serve<describe_transactions>},
    {ApiKey::list_transactions, 0, 2, serve<list_transactions>},
    {ApiKey::consumer_group_heartbeat, 0, 1, serve<consumer_group_heartbeat>},
    {ApiKey::consumer_group_describe, 0, 1, serve<consumer_group_describe>},
    {ApiKey::describe_topic_partitions, 0, 0, serve<describe_topic_partitions>},
};

// What clients may rely on beyond versions of messages: name and greatest level, all in force.
struct Feature {
  std::string_view name;
  int16_t level;
};
constexpr Feature kFeatures[] = {
    {"transaction.version", 2},  // an epoch per transaction: KIP-890
    {"group.version", 1},        // the broker shares partitions out: KIP-848
};

}  // namespace

std::span<const Handler> all_handlers() { return kHandlers; }

const Handler* find_handler(ApiKey key) {
  for (const Handler& handler : kHandlers) {
    if (handler.key == key) {
      return &handler;
    }
  }
  return nullptr;
}

kafka::ApiVersionsResponse api_versions_answer() {
  kafka::ApiVersionsResponse response;
  response.supported_features.emplace();
  response.finalized_features.emplace();
  response.finalized_features_epoch = 0;
  for (const Feature& feature : kFeatures) {
    response.supported_features->push_back({std::string(feature.name), 0, feature.level});
    response.finalized_features->push_back(
        {std::string(feature.name), feature.level, feature.level});
  }
  for (const Handler& handler : kHandlers) {
    // Kafka says so too, and refuses 0 to 2 as well: old versions of librdkafka conclude from them
    // what a broker can do.
    const int16_t least = handler.key == ApiKey::produce ? int16_t{0} : handler.min_version;
    response.api_keys.push_back({static_cast<int16_t>(handler.key), least, handler.max_version});
  }
  return response;
}

}  // namespace millrace::broker

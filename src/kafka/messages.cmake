# The messages' codecs are made at build time from their descriptions. A new API is a file in
# messages/ and its name here.

set(MESSAGES
  create_acls delete_acls describe_acls
  add_offsets_to_txn add_partitions_to_txn alter_configs delete_records incremental_alter_configs
  api_versions create_partitions create_topics
  delete_groups delete_topics describe_cluster describe_configs describe_log_dirs
  describe_topic_partitions offset_for_leader_epoch describe_groups describe_producers
  describe_transactions end_txn fetch find_coordinator heartbeat init_producer_id join_group
  leave_group list_groups list_offsets list_transactions metadata offset_commit offset_delete offset_fetch produce
  consumer_group_describe consumer_group_heartbeat sasl_authenticate sasl_handshake alter_user_scram_credentials describe_user_scram_credentials
  alter_replica_log_dirs describe_quorum elect_leaders alter_partition_reassignments list_partition_reassignments list_config_resources
  describe_client_quotas alter_client_quotas
  sync_group txn_offset_commit update_features write_txn_markers)

set(GENERATOR ${PROJECT_SOURCE_DIR}/scripts/generate_kafka_messages.py)
set(GENERATED ${PROJECT_BINARY_DIR}/generated)
list(TRANSFORM MESSAGES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/kafka/messages/ OUTPUT_VARIABLE DESCRIPTIONS)
list(TRANSFORM DESCRIPTIONS APPEND .txt)
list(TRANSFORM MESSAGES PREPEND ${GENERATED}/kafka/messages/ OUTPUT_VARIABLE STEMS)
list(APPEND STEMS ${GENERATED}/kafka/messages/api_key)
list(TRANSFORM STEMS APPEND .cc OUTPUT_VARIABLE MESSAGE_SOURCES)
list(TRANSFORM STEMS APPEND .h OUTPUT_VARIABLE MESSAGE_HEADERS)

# The generator leaves files alone that would not change, so one edited description recompiles one codec.
add_custom_command(
  OUTPUT ${GENERATED}/kafka/messages/stamp
  BYPRODUCTS ${MESSAGE_SOURCES} ${MESSAGE_HEADERS}
  COMMAND python3 ${GENERATOR} ${GENERATED} ${DESCRIPTIONS}
  DEPENDS ${GENERATOR} ${DESCRIPTIONS}
  COMMENT "Generating Kafka's messages")
add_custom_target(kafka_messages DEPENDS ${GENERATED}/kafka/messages/stamp)

target_sources(millrace_kafka PRIVATE ${MESSAGE_SOURCES} ${MESSAGE_HEADERS})
target_include_directories(millrace_kafka PUBLIC ${GENERATED})
add_dependencies(millrace_kafka kafka_messages)

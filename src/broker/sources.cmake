set(SOURCES
  assignors.cc consumer_group.cc topic_pattern.cc handlers/consumer_group_describe.cc
  handlers/consumer_group_heartbeat.cc authentication.cc credentials.cc login.cc scram.cc
  handlers/alter_user_scram_credentials.cc handlers/describe_user_scram_credentials.cc
  handlers/sasl_authenticate.cc handlers/sasl_handshake.cc
  access.cc acl.cc acl_rules.cc acls.cc broker.cc change_settings.cc coordinator_log.cc durability.cc frames.cc group.cc group_admin.cc
  group_records.cc groups.cc handlers.cc identity.cc metrics.cc offset_records.cc offsets.cc
  server.cc session.cc subscription.cc transaction_log.cc transactions.cc
  handlers/alter_configs.cc handlers/create_acls.cc handlers/delete_acls.cc handlers/describe_acls.cc
  handlers/delete_records.cc handlers/incremental_alter_configs.cc
  handlers/add_offsets_to_txn.cc handlers/add_partitions_to_txn.cc handlers/api_versions.cc
  handlers/create_partitions.cc handlers/create_topics.cc handlers/delete_groups.cc handlers/delete_topics.cc
  handlers/describe_cluster.cc handlers/describe_configs.cc handlers/describe_groups.cc
  handlers/describe_log_dirs.cc handlers/describe_topic_partitions.cc
  handlers/offset_for_leader_epoch.cc
  handlers/describe_producers.cc handlers/describe_transactions.cc handlers/end_txn.cc
  handlers/fetch.cc handlers/find_coordinator.cc handlers/heartbeat.cc handlers/init_producer_id.cc
  handlers/join_group.cc handlers/leave_group.cc handlers/list_groups.cc handlers/list_offsets.cc
  handlers/list_transactions.cc handlers/metadata.cc handlers/offset_commit.cc
  handlers/offset_delete.cc handlers/offset_fetch.cc handlers/produce.cc handlers/sync_group.cc handlers/txn_offset_commit.cc
  handlers/write_txn_markers.cc)
set(TESTS acls_test.cc assignors_test.cc consumer_group_test.cc broker_test.cc describe_test.cc frames_test.cc group_test.cc history_test.cc login_test.cc settings_test.cc transactions_test.cc)

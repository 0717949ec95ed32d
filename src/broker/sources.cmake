# The connections and what they share, then a folder for each of its three states: who may do what,
# the groups of consumers, the transactions. handlers/ is an API each.
set(SOURCES
  broker.cc broker_settings.cc change_settings.cc changed_settings.cc coordinator_log.cc durability.cc frames.cc handlers.cc identity.cc metrics.cc server.cc session.cc
  access/access.cc access/acl.cc access/acl_rules.cc access/acls.cc access/authentication.cc
  access/credentials.cc access/login.cc access/scram.cc
  groups/assignors.cc groups/consumer_group.cc groups/group.cc groups/group_admin.cc
  groups/group_records.cc groups/groups.cc groups/offset_records.cc groups/offsets.cc groups/subscription.cc
  groups/topic_pattern.cc
  quotas/quotas.cc quotas/rate.cc
  transactions/transaction_log.cc transactions/transactions.cc
  handlers/add_offsets_to_txn.cc handlers/add_partitions_to_txn.cc handlers/alter_configs.cc
  handlers/alter_user_scram_credentials.cc handlers/api_versions.cc handlers/consumer_group_describe.cc
  handlers/consumer_group_heartbeat.cc handlers/create_acls.cc handlers/create_partitions.cc
  handlers/create_topics.cc handlers/delete_acls.cc handlers/delete_groups.cc handlers/delete_records.cc
  handlers/delete_topics.cc handlers/describe_acls.cc handlers/describe_cluster.cc
  handlers/describe_configs.cc handlers/describe_groups.cc handlers/describe_log_dirs.cc
  handlers/describe_producers.cc handlers/describe_topic_partitions.cc handlers/describe_transactions.cc
  handlers/describe_user_scram_credentials.cc handlers/end_txn.cc handlers/fetch.cc
  handlers/find_coordinator.cc handlers/heartbeat.cc handlers/incremental_alter_configs.cc
  handlers/init_producer_id.cc handlers/join_group.cc handlers/leave_group.cc handlers/list_groups.cc
  handlers/list_offsets.cc handlers/list_transactions.cc handlers/metadata.cc handlers/offset_commit.cc
  handlers/offset_delete.cc handlers/offset_fetch.cc handlers/offset_for_leader_epoch.cc handlers/produce.cc
  handlers/alter_client_quotas.cc handlers/describe_client_quotas.cc
  handlers/alter_replica_log_dirs.cc handlers/describe_quorum.cc
  handlers/alter_partition_reassignments.cc handlers/elect_leaders.cc handlers/list_config_resources.cc
  handlers/list_partition_reassignments.cc
  handlers/sasl_authenticate.cc handlers/sasl_handshake.cc handlers/sync_group.cc
  handlers/txn_offset_commit.cc handlers/update_features.cc handlers/write_txn_markers.cc)
set(TESTS
  access/acls_test.cc access/login_test.cc broker_test.cc describe_test.cc frames_test.cc
  groups/assignors_test.cc groups/consumer_group_test.cc groups/group_test.cc history_test.cc one_broker_test.cc quotas/quotas_test.cc refusals_test.cc settings_test.cc
  transactions/transactions_test.cc)

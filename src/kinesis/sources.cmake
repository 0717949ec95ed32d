set(SOURCES
  calls.cc cbor.cc endpoint.cc hash_key.cc parameters.cc put.cc refusal.cc reply.cc service.cc shard.cc
  shard_limits.cc stream_description.cc stream_notes.cc tokens.cc writer.cc
  calls/change_retention.cc calls/create_stream.cc calls/delete_stream.cc calls/describe_limits.cc
  calls/describe_stream.cc calls/describe_stream_summary.cc calls/get_records.cc
  calls/get_shard_iterator.cc calls/list_shards.cc calls/list_stream_consumers.cc
  calls/list_streams.cc calls/put_record.cc calls/put_records.cc calls/tags.cc
  calls/update_max_record_size.cc calls/update_stream_mode.cc)
set(TESTS calls_test.cc cbor_test.cc hash_key_test.cc shard_limits_test.cc)

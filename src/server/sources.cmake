set(SOURCES
  api_access.cc
  change_request.cc
  command_line.cc
  commands.cc
  commands/acl.cc
  commands/demo.cc
  commands/explain.cc
  commands/generate.cc
  commands/group.cc
  commands/group_reset.cc
  commands/pipeline.cc
  commands/pipeline_change.cc
  commands/pipeline_why.cc
  commands/quota.cc
  commands/run.cc
  commands/server.cc
  commands/settings.cc
  commands/sql.cc
  commands/submit.cc
  commands/table.cc
  commands/test.cc
  commands/topic.cc
  commands/topic_change.cc
  commands/topic_consume.cc
  commands/topic_produce.cc
  commands/topic_settings.cc
  commands/topic_settings_list.cc
  commands/user.cc
  commands/version.cc
  data_directory.cc
  demo/load.cc
  demo/made_up_records.cc
  demo/recipe_file.cc
  demo/systems.cc
  flink/check.cc
  flink/gateway.cc
  flink/portability.cc
  flink/portable_plans.cc
  group_offsets.cc
  log_sink.cc
  node.cc
  own_addresses.cc
  pipeline_change.cc
  pipeline_changes.cc
  pipelines.cc
  ports_file.cc
  print.cc
  server_run.cc
  settings.cc
  settings_file.cc
  version.cc)
set(TESTS
  demo/made_up_records_test.cc
  flink/check_test.cc
  flink/flink_test.cc
  server_test.cc)
set_source_files_properties(${dir}/version.cc PROPERTIES
  COMPILE_DEFINITIONS MILLRACE_VERSION="${PROJECT_VERSION}")
# The systems' files that demo/systems.cc embeds.
file(GLOB system_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/systems/*/pipeline.sql
  ${PROJECT_SOURCE_DIR}/systems/*/generator.toml ${PROJECT_SOURCE_DIR}/systems/*/dims/*/*.csv)
set_source_files_properties(${dir}/demo/systems.cc PROPERTIES
  OBJECT_DEPENDS "${system_files}" COMPILE_OPTIONS -Wa,-I${PROJECT_SOURCE_DIR})

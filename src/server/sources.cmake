set(SOURCES
  api_access.cc command_line.cc commands.cc data_directory.cc log_sink.cc node.cc pipelines.cc ports_file.cc
  print.cc server_run.cc settings.cc settings_file.cc version.cc
  demo/load.cc demo/telecom_events.cc
  commands/demo.cc commands/explain.cc commands/pipeline.cc commands/run.cc commands/server.cc commands/settings.cc commands/sql.cc commands/table.cc commands/test.cc commands/topic.cc commands/topic_consume.cc
  commands/topic_produce.cc commands/version.cc)
set(TESTS demo/telecom_events_test.cc server_test.cc)
set_source_files_properties(${dir}/version.cc PROPERTIES
  COMPILE_DEFINITIONS MILLRACE_VERSION="${PROJECT_VERSION}")
# The system's files that demo/telecom_events.cc embeds.
set_source_files_properties(${dir}/demo/telecom_events.cc PROPERTIES
  OBJECT_DEPENDS "${PROJECT_SOURCE_DIR}/systems/telecom-events/pipeline.sql;${PROJECT_SOURCE_DIR}/systems/telecom-events/generator.toml"
  COMPILE_OPTIONS -Wa,-I${PROJECT_SOURCE_DIR})

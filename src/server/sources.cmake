set(SOURCES
  api_access.cc command_line.cc commands.cc data_directory.cc log_sink.cc node.cc ports_file.cc
  print.cc settings.cc settings_file.cc version.cc
  commands/server.cc commands/settings.cc commands/topic.cc commands/topic_consume.cc
  commands/topic_produce.cc commands/version.cc)
set(TESTS server_test.cc)
set_source_files_properties(${dir}/version.cc PROPERTIES
  COMPILE_DEFINITIONS MILLRACE_VERSION="${PROJECT_VERSION}")

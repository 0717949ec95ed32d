set(SOURCES
  acls.cc
  endpoint.cc
  groups.cc
  health.cc
  openapi.cc
  pipeline_changes.cc
  pipelines.cc
  quotas.cc
  records.cc
  router.cc
  routes.cc
  statements.cc
  tables.cc
  topic_changes.cc
  topics.cc
  users.cc
  workers.cc)
set(TESTS api_test.cc)
# The description that openapi.cc embeds.
set_source_files_properties(${dir}/openapi.cc PROPERTIES
  OBJECT_DEPENDS ${dir}/openapi.json COMPILE_OPTIONS -Wa,-I${PROJECT_SOURCE_DIR}/src)

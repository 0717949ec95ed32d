# The target `duckdb`: the shared library and the C header that scripts/bootstrap unpacked. The
# library is copied into the build folder, where the program looks for it ($ORIGIN/lib).

set(DUCKDB_DIR ${PROJECT_SOURCE_DIR}/.deps/duckdb)
if(NOT EXISTS ${DUCKDB_DIR}/installed.lock)
  message(FATAL_ERROR "DuckDB is missing: run scripts/bootstrap build")
endif()

file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
file(COPY_FILE ${DUCKDB_DIR}/libduckdb.so ${CMAKE_BINARY_DIR}/lib/libduckdb.so ONLY_IF_DIFFERENT)

add_library(duckdb SHARED IMPORTED GLOBAL)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION ${CMAKE_BINARY_DIR}/lib/libduckdb.so
  IMPORTED_SONAME libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_DIR})

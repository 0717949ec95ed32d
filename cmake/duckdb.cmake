# The target `duckdb`: the C header that scripts/bootstrap unpacked. The shared library is copied into
# the build folder, where programs look for it ($ORIGIN/lib) when they first need it: none is linked
# to it (src/codec/duckdb/library.h says why).

set(DUCKDB_DIR ${PROJECT_SOURCE_DIR}/.deps/duckdb)
if(NOT EXISTS ${DUCKDB_DIR}/installed.lock)
  message(FATAL_ERROR "DuckDB is missing: run scripts/bootstrap build")
endif()

file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
file(COPY_FILE ${DUCKDB_DIR}/libduckdb.so ${CMAKE_BINARY_DIR}/lib/libduckdb.so ONLY_IF_DIFFERENT)

add_library(duckdb INTERFACE)
target_include_directories(duckdb SYSTEM INTERFACE ${DUCKDB_DIR})

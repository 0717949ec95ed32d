#include "codec/duckdb/library.h"

#include <dlfcn.h>

#include <string>

#include "base/error.h"

namespace millrace::codec {

static void* open_library() {
  constexpr const char* kName = "libduckdb.so";
  void* opened = dlopen(kName, RTLD_LAZY | RTLD_LOCAL);
  if (opened == nullptr) {
    throw Error(ErrorCode::unsupported,
                "cannot load DuckDB: " + std::string(dlerror()) + "; " + kName +
                    " belongs into the folder 'lib' beside the program, where the build puts it");
  }
  return opened;
}

void* find_in_duckdb(const char* name) {
  static void* library = open_library();  // for the life of the process
  void* found = dlsym(library, name);
  if (found == nullptr) {
    throw Error(ErrorCode::unsupported, "DuckDB's library has no '" + std::string(name) + "'");
  }
  return found;
}

}  // namespace millrace::codec

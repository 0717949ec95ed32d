// /openapi.json: the description of this API, kept by hand beside this file and embedded.

#include "api/route.h"

asm(R"(
  .section .rodata
  .global millrace_openapi_begin
  .global millrace_openapi_end
millrace_openapi_begin:
  .incbin "api/openapi.json"
millrace_openapi_end:
  .byte 0
  .previous
)");

extern "C" const char millrace_openapi_begin[];
extern "C" const char millrace_openapi_end[];

namespace millrace::api {

io::http::Response openapi(const Call&) {
  return {.status = 200,
          .content_type = "application/json",
          .body = std::string(millrace_openapi_begin, millrace_openapi_end),
          .headers = {}};
}

}  // namespace millrace::api

#include "function/foreign/library.h"

#include <dlfcn.h>

#include <algorithm>

#include "function/kernel.h"
#include "millrace/function.h"

namespace millrace::function {

// A path without a slash is one of the working directory, not of the system's libraries.
static std::string as_path(const std::string& path) {
  return path.find('/') == std::string::npos ? "./" + path : path;
}

static std::string loader_message() {
  const char* message = dlerror();
  return message == nullptr ? "unknown reason" : message;
}

ForeignFunction load_function(const std::string& path, const std::string& symbol,
                              const Position& path_at, const Position& symbol_at) {
  void* opened = dlopen(as_path(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) {
    throw Error(ErrorCode::not_found, "cannot load library '" + path + "': " + loader_message(),
                path_at);
  }
  ForeignFunction found;
  found.library = std::shared_ptr<void>(opened, [](void* library) { dlclose(library); });
  const auto* described = static_cast<const millrace_function*>(dlsym(opened, symbol.c_str()));
  if (described == nullptr) {
    throw Error(ErrorCode::not_found,
                "library '" + path + "' has no '" + symbol + "': " + loader_message(), symbol_at);
  }
  if (described->abi != MILLRACE_FUNCTION_ABI) {
    throw Error(ErrorCode::unsupported,
                "'" + symbol + "' of '" + path + "' is of version " +
                    std::to_string(described->abi) + " of the interface, or no function; this is " +
                    "version " + std::to_string(MILLRACE_FUNCTION_ABI),
                symbol_at);
  }
  constexpr uint32_t kKnown = MILLRACE_NULL_IN_NULL_OUT | MILLRACE_VOLATILE;
  if (described->call == nullptr || described->parameters == nullptr ||
      described->result == nullptr || (described->flags & ~kKnown) != 0) {
    throw Error(ErrorCode::invalid_argument,
                "'" + symbol + "' of '" + path + "' is not filled in as millrace/function.h says",
                symbol_at);
  }
  found.parameters = described->parameters;
  found.result = described->result;
  found.null_in_null_out = (described->flags & MILLRACE_NULL_IN_NULL_OUT) != 0;
  found.is_volatile = (described->flags & MILLRACE_VOLATILE) != 0;
  found.call = described->call;
  return found;
}

bool crosses_over(const Type& type) {
  if (type.is_string() || type.is_binary()) {
    return type.kind != TypeKind::char_ && type.kind != TypeKind::binary &&
           type.precision == Type::kMaxLength;
  }
  const Physical physical = type.physical();
  return physical != Physical::i128 && physical != Physical::nested &&
         physical != Physical::string && type.kind != TypeKind::null_ &&
         type.kind != TypeKind::interval_month && type.kind != TypeKind::interval_ms;
}

ScalarSignature signature_of(std::string name, std::vector<Type> arguments, const Type& result,
                             ForeignFunction found) {
  ScalarSignature signature;
  signature.name = std::move(name);
  signature.result = found.null_in_null_out ? nullable_by(result, arguments) : result;
  signature.arguments = std::move(arguments);
  signature.kernel = call_foreign;
  signature.volatility = found.is_volatile ? Volatility::per_row : Volatility::immutable;
  signature.foreign = std::make_shared<const ForeignFunction>(std::move(found));
  return signature;
}

}  // namespace millrace::function

#include "function/foreign/library.h"

#include <dlfcn.h>

#include <cstring>

#include "function/kernel.h"
#include "millrace/aggregate_function.h"
#include "millrace/table_function.h"

namespace millrace::function {

// A path without a slash is one of the working directory, not of the system's libraries.
static std::string as_path(const std::string& path) {
  return path.find('/') == std::string::npos ? "./" + path : path;
}

static std::string loader_message() {
  const char* message = dlerror();
  return message == nullptr ? "unknown reason" : message;
}

namespace {

constexpr uint32_t kKnownFlags = MILLRACE_NULL_IN_NULL_OUT | MILLRACE_VOLATILE;

// What each kind says of itself; nothing where it is not filled in as its header says.
bool read(const millrace_function& described, ForeignFunction& found) {
  found.kind = ForeignFunction::Kind::scalar;
  found.result = described.result == nullptr ? "" : described.result;
  found.call = described.call;
  return described.call != nullptr && described.result != nullptr;
}

bool read(const millrace_table_function& described, ForeignFunction& found) {
  found.kind = ForeignFunction::Kind::table;
  found.result = described.columns == nullptr ? "" : described.columns;
  found.table_call = described.call;
  return described.call != nullptr && described.columns != nullptr;
}

bool read(const millrace_aggregate_function& described, ForeignFunction& found) {
  found.kind = ForeignFunction::Kind::aggregate;
  found.result = described.result == nullptr ? "" : described.result;
  found.aggregate = &described;
  const bool owns = described.destroy != nullptr;
  return described.accumulate != nullptr && described.get != nullptr &&
         described.result != nullptr && (described.save != nullptr) == owns &&
         (described.load != nullptr) == owns;
}

// What all kinds begin with.
template <typename Described>
bool read_all(const void* symbol, ForeignFunction& found) {
  const auto& described = *static_cast<const Described*>(symbol);
  found.parameters = described.parameters == nullptr ? "" : described.parameters;
  found.null_in_null_out = (described.flags & MILLRACE_NULL_IN_NULL_OUT) != 0;
  found.is_volatile = (described.flags & MILLRACE_VOLATILE) != 0;
  const bool is_read = read(described, found);
  return is_read && described.parameters != nullptr && (described.flags & ~kKnownFlags) == 0;
}

const char* header_of(ForeignFunction::Kind kind) {
  switch (kind) {
    case ForeignFunction::Kind::scalar: break;
    case ForeignFunction::Kind::table: return "millrace/table_function.h";
    case ForeignFunction::Kind::aggregate: return "millrace/aggregate_function.h";
  }
  return "millrace/function.h";
}

[[noreturn]] void refuse_version(const std::string& what, uint32_t abi, const Position& at) {
  throw Error(ErrorCode::unsupported,
              what + " is of version " + std::to_string(abi) +
                  " of the interface, or no function; this is version " +
                  std::to_string(MILLRACE_FUNCTION_ABI) + ", for table functions " +
                  std::to_string(MILLRACE_TABLE_FUNCTION_ABI) + ", for aggregate functions " +
                  std::to_string(MILLRACE_AGGREGATE_FUNCTION_ABI),
              at);
}

}  // namespace

ForeignFunction load_function(const std::string& path, const std::string& symbol,
                              const Position& path_at, const Position& symbol_at) {
  void* opened = dlopen(as_path(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) {
    throw Error(ErrorCode::not_found, "cannot load library '" + path + "': " + loader_message(),
                path_at);
  }
  ForeignFunction found;
  found.library = std::shared_ptr<void>(opened, [](void* library) { dlclose(library); });
  const void* described = dlsym(opened, symbol.c_str());
  if (described == nullptr) {
    throw Error(ErrorCode::not_found,
                "library '" + path + "' has no '" + symbol + "': " + loader_message(), symbol_at);
  }
  found.name = "'" + symbol + "' of '" + path + "'";
  uint32_t abi = 0;
  std::memcpy(&abi, described, sizeof(abi));
  bool is_filled_in = false;
  switch (abi) {
    case MILLRACE_FUNCTION_ABI: is_filled_in = read_all<millrace_function>(described, found); break;
    case MILLRACE_TABLE_FUNCTION_ABI:
      is_filled_in = read_all<millrace_table_function>(described, found);
      break;
    case MILLRACE_AGGREGATE_FUNCTION_ABI:
      is_filled_in = read_all<millrace_aggregate_function>(described, found);
      break;
    default: refuse_version(found.name, abi, symbol_at);
  }
  if (!is_filled_in) {
    throw Error(ErrorCode::invalid_argument,
                found.name + " is not filled in as " + header_of(found.kind) +
                    " says: a text or a function that must be there is null, or a flag is none",
                symbol_at);
  }
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
  const bool is_table = found.kind == ForeignFunction::Kind::table;
  signature.result = found.null_in_null_out && !is_table ? nullable_by(result, arguments) : result;
  signature.arguments = std::move(arguments);
  signature.kernel = is_table ? call_foreign_table : call_foreign;
  signature.volatility = found.is_volatile ? Volatility::per_row : Volatility::immutable;
  signature.foreign = std::make_shared<const ForeignFunction>(std::move(found));
  return signature;
}

}  // namespace millrace::function

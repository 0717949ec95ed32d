#pragma once

// Functions of shared libraries, through the C interface of include/millrace/function.h.

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "function/scalar.h"

struct millrace_call;

namespace millrace::function {

struct ForeignFunction {
  std::shared_ptr<void> library;  // stays open as long as anybody may call
  std::string parameters;         // types in SQL
  std::string result;
  bool null_in_null_out = false;
  bool is_volatile = false;
  void (*call)(const ::millrace_call* call) = nullptr;
};

// Opens the library and finds what it exports under `symbol`. Throws Error at the place of the path
// or of the symbol.
ForeignFunction load_function(const std::string& path, const std::string& symbol,
                              const Position& path_at, const Position& symbol_at);

// Whether the interface has a C type for it.
bool crosses_over(const Type& type);

ScalarSignature signature_of(std::string name, std::vector<Type> arguments, const Type& result,
                             ForeignFunction found);

// The kernel of such signatures (call.cc).
Column call_foreign(const KernelCall& call);

}  // namespace millrace::function

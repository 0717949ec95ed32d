#pragma once

// Functions of shared libraries, through the C interfaces of include/millrace.

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "function/aggregate.h"
#include "function/scalar.h"

struct millrace_call;
struct millrace_table_call;
struct millrace_aggregate_function;

namespace millrace::function {

struct ForeignFunction {
  enum class Kind : uint8_t { scalar, table, aggregate };

  std::shared_ptr<void> library;  // stays open as long as anybody may call
  std::string name;               // "'symbol' of 'path'", for messages
  Kind kind = Kind::scalar;
  std::string parameters;  // types in SQL, with names but for scalar functions
  std::string result;      // a type; of a table function names and types of its columns
  bool null_in_null_out = false;
  bool is_volatile = false;
  // By kind.
  void (*call)(const ::millrace_call* call) = nullptr;
  void (*table_call)(const ::millrace_table_call* call) = nullptr;
  const ::millrace_aggregate_function* aggregate = nullptr;
};

// Opens the library and finds what it exports under `symbol`. Throws Error at the place of the path
// or of the symbol.
ForeignFunction load_function(const std::string& path, const std::string& symbol,
                              const Position& path_at, const Position& symbol_at);

// Whether the interface has a C type for it.
bool crosses_over(const Type& type);

// Of a scalar function; of a table function, whose result is an ARRAY of ROWs.
ScalarSignature signature_of(std::string name, std::vector<Type> arguments, const Type& result,
                             ForeignFunction found);
// Of an aggregate function (aggregate.cc).
AggregateSignature aggregate_of(std::string name, std::vector<Type> arguments, const Type& result,
                                ForeignFunction found);

// The kernels of such signatures (call.cc, table_call.cc).
Column call_foreign(const KernelCall& call);
Column call_foreign_table(const KernelCall& call);

}  // namespace millrace::function

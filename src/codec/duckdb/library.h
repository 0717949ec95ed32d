#pragma once

// DuckDB's functions, by their own names, each looked up in its library when it is first called.
// The library is loaded with the first of them: linked to the program, its tens of thousands of
// symbols would cost every start ten milliseconds of processor time, most of which never need it.

#include <atomic>

namespace millrace::codec {

// Throws Error(unsupported) where the library is not to be had or knows no such function.
void* find_in_duckdb(const char* name);

template <typename Function>
class DuckCall;

template <typename Result, typename... Arguments>
class DuckCall<Result(Arguments...)> {
 public:
  explicit constexpr DuckCall(const char* name) : name_(name) {}

  Result operator()(Arguments... arguments) const {
    auto* found = function_.load(std::memory_order_acquire);
    if (found == nullptr) [[unlikely]] {
      found = reinterpret_cast<Function*>(find_in_duckdb(name_));
      function_.store(found, std::memory_order_release);
    }
    return found(arguments...);
  }

 private:
  using Function = Result(Arguments...);

  const char* name_;
  mutable std::atomic<Function*> function_ = nullptr;
};

}  // namespace millrace::codec

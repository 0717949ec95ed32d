#pragma once

// An outcome on which the caller branches: a poll that may find nothing, a commit that may lose a
// race. What the caller cannot act on is thrown as Error instead.

#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace millrace {

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return held_.index() == 0; }
  const Error& error() const {
    check(!ok(), "error() of a good result");
    return std::get<1>(held_);
  }
  T& operator*() {
    check(ok(), "value of a failed result");
    return std::get<0>(held_);
  }
  const T& operator*() const {
    check(ok(), "value of a failed result");
    return std::get<0>(held_);
  }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

 private:
  std::variant<T, Error> held_;
};

}  // namespace millrace

#pragma once

// The casts by what they read and write. Each gives the kernel from one type to another, or null
// where there is none; cast.cc asks them all.

#include <string>

#include "function/kernel.h"

namespace millrace::function {

struct CastCall : KernelCall {
  bool null_on_failure;

  const Column& from() const { return arguments[0]; }
  // The value cannot be cast: NULL for TRY_CAST, else the row fails.
  template <typename Result>
  void refuse(uint32_t row, Result& to, const std::string& value) const {
    if (null_on_failure) {
      to.set_null(row);
    } else {
      to.fail(row, "cannot cast '" + value + "' to " + result.as_nullable().to_string());
    }
  }
};

using CastKernel = Column (*)(const CastCall& call);

CastKernel find_number_cast(const Type& from, const Type& to);  // numbers and booleans
CastKernel find_time_cast(const Type& from, const Type& to);    // dates, times, timestamps
CastKernel find_to_text_cast(const Type& from, const Type& to);
CastKernel find_nested_cast(const Type& from, const Type& to);  // part by part
CastKernel find_from_text_cast(const Type& from, const Type& to);

// What a TIME's last digit is worth in milliseconds, of which there are no parts.
int32_t kept_ms(const Type& time);

// Appends a value that is not NULL, as CAST(x AS STRING) writes it.
void append_text(const Column& column, size_t row, std::string& out);

}  // namespace millrace::function

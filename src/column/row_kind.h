#pragma once

// What a row does to the table that a stream describes.

#include <cstdint>
#include <string_view>

namespace millrace {

enum class RowKind : uint8_t { insert, update_before, update_after, delete_ };

// It puts a row into the table; the others take one out.
constexpr bool is_addition(RowKind kind) {
  return kind == RowKind::insert || kind == RowKind::update_after;
}

// As it is written for people: "+I", "-U", "+U", "-D".
std::string_view sign_of(RowKind kind);

}  // namespace millrace

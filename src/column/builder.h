#pragma once

// Builds a flat column row by row. Strings are copied into an arena of the builder's, unless they
// are added as borrowed from an owner that the builder is told to keep.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "column/column.h"

namespace millrace {

// Bump allocation for string bytes; addresses never move.
class StringArena {
 public:
  // Room for `size` bytes, to be written by the caller.
  char* reserve(size_t size);
  StringRef copy(std::string_view text);
  size_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kBlock = 32 * 1024;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t left_ = 0;
  char* next_ = nullptr;
  size_t bytes_ = 0;
};

// A typed buffer with room for NULLs: what kernels and decoders write into.
template <typename T>
class FlatBuffer {
 public:
  explicit FlatBuffer(size_t size) : values_(std::make_shared<std::vector<T>>(size)) {}

  T* data() { return values_->data(); }
  T& operator[](size_t row) { return (*values_)[row]; }
  size_t size() const { return values_->size(); }
  void set_null(size_t row) {
    if (!validity_) {
      validity_ = std::make_shared<Validity>(size());
    }
    validity_->set_null(row);
  }
  void set_validity(std::shared_ptr<Validity> validity) { validity_ = std::move(validity); }
  Column finish(Type type, Owners owners = {}) {
    const std::shared_ptr<const void> data(values_, values_->data());
    return Column::flat(std::move(type), size(), data, validity_, std::move(owners));
  }

 private:
  std::shared_ptr<std::vector<T>> values_;
  std::shared_ptr<Validity> validity_;
};

// Row by row, where speed does not matter: literals, tests, results, system tables. add<T> takes
// the physical type of the column's type; strings go through add_string.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(Type type);

  template <typename T>
  void add(T value);
  void add_string(std::string_view text);
  void add_null();
  size_t size() const { return size_; }
  Column finish();

 private:
  Type type_;
  size_t width_;
  size_t size_ = 0;
  std::shared_ptr<std::vector<char>> bytes_;
  std::vector<size_t> null_rows_;
  std::shared_ptr<StringArena> arena_;
};

}  // namespace millrace

#include "function/value/nested_equality.h"

#include "column/physical.h"

namespace millrace::function {

namespace {

struct Range {
  size_t begin;
  size_t end;
  size_t size() const { return end - begin; }
};

Range range_of(const Column& list, size_t position) {
  return {(*list.offsets())[position], (*list.offsets())[position + 1]};
}

class NestedEquality {
 public:
  explicit NestedEquality(NullElements nulls) : nulls_(nulls) {}

  bool operator()(const Column& a, size_t row_a, const Column& b, size_t row_b) const {
    const bool null_a = a.is_null(row_a);
    const bool null_b = b.is_null(row_b);
    if (null_a || null_b) {
      return null_a && null_b;
    }
    if (a.type().physical() == Physical::nested) {
      return nested(a, a.position_of(row_a), b, b.position_of(row_b));
    }
    return with_physical(a.type().physical(), [&](auto zero) {
      using T = decltype(zero);
      return View<T>(a)[row_a] == View<T>(b)[row_b];
    });
  }

 private:
  bool nested(const Column& a, size_t at_a, const Column& b, size_t at_b) const {
    if (a.offsets() == nullptr) {
      return rows(a, at_a, b, at_b);
    }
    const Range in_a = range_of(a, at_a);
    const Range in_b = range_of(b, at_b);
    if (in_a.size() != in_b.size()) {
      return false;
    }
    return a.children().size() == 1 ? arrays(a, in_a, b, in_b) : maps(a, in_a, b, in_b);
  }

  bool rows(const Column& a, size_t at_a, const Column& b, size_t at_b) const {
    for (size_t i = 0; i < a.children().size(); ++i) {
      if (!(*this)(a.children()[i], at_a, b.children()[i], at_b)) {
        return false;
      }
    }
    return true;
  }

  bool arrays(const Column& a, const Range& in_a, const Column& b, const Range& in_b) const {
    for (size_t i = 0; i < in_a.size(); ++i) {
      if (!elements(a.children()[0], in_a.begin + i, b.children()[0], in_b.begin + i)) {
        return false;
      }
    }
    return true;
  }

  // Maps, and multisets with their counts.
  bool maps(const Column& a, const Range& in_a, const Column& b, const Range& in_b) const {
    for (size_t i = in_a.begin; i < in_a.end; ++i) {
      size_t j = in_b.begin;
      while (j < in_b.end && !(*this)(a.children()[0], i, b.children()[0], j)) {
        ++j;
      }
      if (j == in_b.end || !elements(a.children()[1], i, b.children()[1], j)) {
        return false;
      }
    }
    return true;
  }

  bool elements(const Column& a, size_t row_a, const Column& b, size_t row_b) const {
    return (nulls_ == NullElements::equal || !a.is_null(row_a)) && (*this)(a, row_a, b, row_b);
  }

  NullElements nulls_;
};

}  // namespace

bool equal_values(const Column& a, size_t row_a, const Column& b, size_t row_b,
                  NullElements nulls) {
  return NestedEquality(nulls)(a, row_a, b, row_b);
}

}  // namespace millrace::function

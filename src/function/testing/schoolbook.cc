#include "function/testing/schoolbook.h"

#include <algorithm>

namespace millrace::function::testing {

Digits::Digits(const std::string& text) {
  for (const char c : text) {
    if (c == '-') {
      negative_ = true;
    } else {
      digits_.insert(digits_.begin(), c - '0');
    }
  }
  trim(digits_);
}

void Digits::trim(std::vector<int>& digits) {
  while (!digits.empty() && digits.back() == 0) {
    digits.pop_back();
  }
}

Digits Digits::make(std::vector<int> digits, bool negative) {
  Digits result;
  trim(digits);
  result.digits_ = std::move(digits);
  result.negative_ = negative;
  return result;
}

int Digits::compare(const std::vector<int>& a, const std::vector<int>& b) {
  if (a.size() != b.size()) {
    return a.size() < b.size() ? -1 : 1;
  }
  for (size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) {
      return a[i] < b[i] ? -1 : 1;
    }
  }
  return 0;
}

std::vector<int> Digits::sum(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<int> result;
  int carry = 0;
  for (size_t i = 0; i < std::max(a.size(), b.size()) || carry > 0; ++i) {
    const int digit = (i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0) + carry;
    result.push_back(digit % 10);
    carry = digit / 10;
  }
  return result;
}

std::vector<int> Digits::difference(const std::vector<int>& large, const std::vector<int>& small) {
  std::vector<int> result = large;
  for (size_t i = 0; i < result.size(); ++i) {
    result[i] -= i < small.size() ? small[i] : 0;
    if (result[i] < 0) {
      result[i] += 10;
      --result[i + 1];
    }
  }
  trim(result);
  return result;
}

Digits Digits::negated() const { return make(digits_, !negative_); }

Digits Digits::plus(const Digits& other) const {
  if (negative_ == other.negative_) {
    return make(sum(digits_, other.digits_), negative_);
  }
  return compare(digits_, other.digits_) >= 0
             ? make(difference(digits_, other.digits_), negative_)
             : make(difference(other.digits_, digits_), other.negative_);
}

Digits Digits::times(const Digits& other) const {
  std::vector<int> result;
  for (size_t i = 0; i < other.digits_.size(); ++i) {
    std::vector<int> shifted(i, 0);
    shifted.insert(shifted.end(), digits_.begin(), digits_.end());
    for (int n = 0; n < other.digits_[i]; ++n) {
      result = sum(result, shifted);
    }
  }
  return make(std::move(result), negative_ != other.negative_);
}

Digits Digits::over(const Digits& other) const {
  std::vector<int> quotient;
  std::vector<int> rest;
  for (size_t i = digits_.size(); i-- > 0;) {
    rest.insert(rest.begin(), digits_[i]);
    trim(rest);
    int digit = 0;
    while (compare(rest, other.digits_) >= 0) {
      rest = difference(rest, other.digits_);
      ++digit;
    }
    quotient.insert(quotient.begin(), digit);
  }
  return make(std::move(quotient), negative_ != other.negative_);
}

Digits Digits::shifted(int digits) const {
  std::vector<int> result = digits_;
  if (digits >= 0) {
    result.insert(result.begin(), static_cast<size_t>(digits), 0);
    return make(std::move(result), negative_);
  }
  const auto dropped = static_cast<size_t>(-digits);
  const bool up = dropped <= result.size() && result[dropped - 1] >= 5;
  Digits cut_off = cut(-digits);
  return up ? make(sum(cut_off.digits_, {1}), negative_) : cut_off;
}

Digits Digits::cut(int digits) const {
  const auto dropped = std::min(static_cast<size_t>(digits), digits_.size());
  return make({digits_.begin() + static_cast<std::ptrdiff_t>(dropped), digits_.end()}, negative_);
}

std::string Digits::text(int scale) const {
  std::vector<int> padded = digits_;
  padded.resize(std::max(padded.size(), static_cast<size_t>(scale) + 1));
  std::string text = negative_ && !is_zero() ? "-" : "";
  for (size_t i = padded.size(); i-- > 0;) {
    text += static_cast<char>('0' + padded[i]);
    text += i == static_cast<size_t>(scale) && scale > 0 ? "." : "";
  }
  return text;
}

}  // namespace millrace::function::testing

#pragma once

// Decimal arithmetic as it is taught at school: digit by digit, of any length, slowly. The kernels
// are tested against it.

#include <string>
#include <vector>

namespace millrace::function::testing {

// An integer as its decimal digits, the lowest first, without zeros at the top.
class Digits {
 public:
  Digits() = default;
  explicit Digits(const std::string& text);  // digits with an optional '-'

  bool negative() const { return negative_; }
  bool is_zero() const { return digits_.empty(); }
  size_t count() const { return digits_.size(); }

  Digits plus(const Digits& other) const;
  Digits times(const Digits& other) const;
  Digits over(const Digits& other) const;  // cut off towards zero
  Digits negated() const;
  Digits shifted(int digits) const;   // times 10^digits; a negative count rounds half up
  Digits cut(int digits) const;       // over 10^digits, cut off
  std::string text(int scale) const;  // with a point before the last `scale` digits

 private:
  static int compare(const std::vector<int>& a, const std::vector<int>& b);
  static std::vector<int> sum(const std::vector<int>& a, const std::vector<int>& b);
  static std::vector<int> difference(const std::vector<int>& large, const std::vector<int>& small);
  static void trim(std::vector<int>& digits);
  static Digits make(std::vector<int> digits, bool negative);

  std::vector<int> digits_;
  bool negative_ = false;
};

}  // namespace millrace::function::testing

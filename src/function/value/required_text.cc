#include "function/value/required_text.h"

namespace millrace::function {

namespace {

constexpr size_t kLongestCharacter = 4;  // in UTF-8

class Reader {
 public:
  explicit Reader(std::string_view pattern) : pattern_(pattern) {}

  RequiredText read() {
    for (const char* difficult : {"\\", "{", "(?", "[:", "&&"}) {
      if (pattern_.find(difficult) != std::string_view::npos) {
        return {};
      }
    }
    for (; at_ < pattern_.size(); ++at_) {
      if (!take(pattern_[at_])) {
        return {};
      }
    }
    end_run();
    return longest_;
  }

 private:
  // False where nothing is required of the whole expression.
  bool take(char c) {
    if (c == '|' && depth_ == 0) {
      return false;
    }
    if (c == '[') {
      return take_class();
    }
    if (c == '*' || c == '?') {
      run_.text.resize(run_.text.empty() ? 0 : run_.text.size() - 1);  // it may be missing
      end_run();
    } else if (std::string_view("()+.^$|").find(c) != std::string_view::npos) {
      depth_ += c == '(' ? 1 : 0;
      depth_ -= c == ')' && depth_ > 0 ? 1 : 0;
      end_run();
      add_width(c == '.' ? kLongestCharacter : 0);
    } else {
      take_plain(c);
    }
    if (c == '*' || c == '+') {
      width_.reset();
    }
    return true;
  }

  bool take_class() {
    const size_t first = at_ + (pattern_.substr(at_).starts_with("[^") ? 2 : 1);
    at_ = pattern_.find(']', first + 1);  // a bracket at the front stands for itself
    end_run();
    add_width(kLongestCharacter);
    // A class may stand in another one.
    return at_ != std::string_view::npos && pattern_.find('[', first) > at_;
  }

  void take_plain(char c) {
    if (depth_ > 0 || static_cast<unsigned char>(c) >= 0x80) {
      end_run();
    } else {
      if (run_.text.empty()) {
        run_.most_before = width_;
      }
      run_.text += c;
    }
    add_width(1);
  }

  // Of alternatives all count, which is more than any of them has.
  void add_width(size_t bytes) {
    if (width_) {
      *width_ += bytes;
    }
  }

  void end_run() {
    if (run_.text.size() > longest_.text.size()) {
      longest_ = run_;
    }
    run_.text.clear();
  }

  std::string_view pattern_;
  size_t at_ = 0;
  size_t depth_ = 0;
  std::optional<size_t> width_ = 0;  // what was read may fit, at most
  RequiredText run_;
  RequiredText longest_;
};

}  // namespace

RequiredText required_text(std::string_view pattern) { return Reader(pattern).read(); }

}  // namespace millrace::function

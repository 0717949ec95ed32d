#include "function/value/backtracking.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "base/error.h"

namespace millrace::function {

namespace {

// About a tenth of a second. The expressions that people mean need a few thousand for a text.
constexpr uint32_t kMostSteps = 1'000'000;
constexpr uint32_t kMostMemoryKib = 64 << 10;

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};

using Code = std::unique_ptr<pcre2_code, Release<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Release<pcre2_match_data_free>>;
using Limits = std::unique_ptr<pcre2_match_context, Release<pcre2_match_context_free>>;

std::string message_of(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

PCRE2_SPTR bytes_of(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data() == nullptr ? "" : text.data());
}

}  // namespace

struct Backtracking::Compiled {
  Code code;
  Limits limits;
  // Where the last match was written, for the next one, on whatever thread: null while one uses it.
  std::atomic<pcre2_match_data*> spare = nullptr;

  ~Compiled() { pcre2_match_data_free(spare.load()); }
};

// Room for a match, which making anew would take as long as finding one in a short text.
class Backtracking::Borrowed {
 public:
  explicit Borrowed(Compiled& of) : of_(of), data_(of.spare.exchange(nullptr)) {
    if (data_ == nullptr) {
      data_.reset(pcre2_match_data_create_from_pattern(of.code.get(), nullptr));
    }
  }
  ~Borrowed() { data_.reset(of_.spare.exchange(data_.release())); }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  pcre2_match_data* get() const { return data_.get(); }

 private:
  Compiled& of_;
  MatchData data_;
};

Backtracking::Backtracking(const std::string& expression, std::string_view written)
    : written_(written), compiled_(std::make_unique<Compiled>()) {
  int error = 0;
  size_t place = 0;
  compiled_->code.reset(pcre2_compile(bytes_of(expression), expression.size(),
                                      PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY,
                                      &error, &place, nullptr));
  if (compiled_->code == nullptr) {
    throw Error(ErrorCode::unsupported,
                "cannot use the regular expression '" + written_ + "': " + message_of(error));
  }
  pcre2_jit_compile(compiled_->code.get(), PCRE2_JIT_COMPLETE);  // where the machine allows it
  compiled_->limits.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(compiled_->limits.get(), kMostSteps);
  pcre2_set_heap_limit(compiled_->limits.get(), kMostMemoryKib);
}

Backtracking::~Backtracking() = default;

size_t Backtracking::groups() const {
  uint32_t count = 0;
  pcre2_pattern_info(compiled_->code.get(), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

bool Backtracking::match(std::string_view text, size_t from, uint32_t options,
                         std::span<std::string_view> parts) const {
  const Borrowed data(*compiled_);
  const auto run = [&](uint32_t how) {
    return pcre2_match(compiled_->code.get(), bytes_of(text), text.size(), from, options | how,
                       data.get(), compiled_->limits.get());
  };
  int count = run(0);
  if (count == PCRE2_ERROR_JIT_STACKLIMIT) {  // of 32 KiB; what interprets has the heap
    count = run(PCRE2_NO_JIT);
  }
  if (count == PCRE2_ERROR_NOMATCH) {
    return false;
  }
  if (count < 0) {
    throw Error(ErrorCode::timeout,
                "the regular expression '" + written_ + "' takes too long for a text of " +
                    std::to_string(text.size()) + " bytes: " + message_of(count));
  }
  const size_t* places = pcre2_get_ovector_pointer(data.get());
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool took_part = i < static_cast<size_t>(count) && places[2 * i] != PCRE2_UNSET;
    parts[i] = took_part
                   ? std::string_view(reinterpret_cast<const char*>(bytes_of(text)) + places[2 * i],
                                      places[2 * i + 1] - places[2 * i])
                   : std::string_view();
  }
  return true;
}

bool Backtracking::fits_whole(std::string_view text) const {
  return match(text, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, {});
}

bool Backtracking::find(std::string_view text, size_t from, bool anchored,
                        std::span<std::string_view> parts) const {
  return match(text, from, anchored ? PCRE2_ANCHORED : 0, parts);
}

}  // namespace millrace::function

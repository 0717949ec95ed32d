// Made-up strings and bytes.

#include <algorithm>

#include "base/ascii_case.h"
#include "base/random.h"
#include "column/builder.h"
#include "connector/datagen/generator.h"

namespace millrace::connector {

namespace {

constexpr int64_t kEndlessLength = 100;  // of STRING and BYTES, where nothing is said

enum class Length : uint8_t { same, varying };  // of all values

class Text final : public Generator {
 public:
  Text(const Type& type, int64_t longest, Length length, double null_rate)
      : type_(type), longest_(longest), length_(length), null_rate_(null_rate) {}

  Column make(const Draws& draws) override {
    const auto arena = std::make_shared<StringArena>();
    FlatBuffer<StringRef> values(draws.size());
    std::string text;
    for (size_t i = 0; i < draws.size(); ++i) {
      if (is_drawn_null(draws.seeds[i], null_rate_)) {
        values.set_null(i);
        continue;
      }
      Random chance(draws.seeds[i]);
      fill(chance, text);
      values[i] = arena->copy(text);
    }
    return values.finish(type_, {arena});
  }
  double value_bytes() const override { return sizeof(StringRef) + static_cast<double>(longest_); }

 private:
  // Hexadecimal digits, as Flink makes them, or any bytes.
  void fill(Random& chance, std::string& text) const {
    const int64_t length =
        length_ == Length::same
            ? longest_
            : 1 + static_cast<int64_t>(chance.below(static_cast<uint64_t>(longest_)));
    text.resize(static_cast<size_t>(length));
    const bool is_binary = type_.is_binary();
    for (char& c : text) {
      const uint64_t draw = chance.next();
      c = is_binary ? static_cast<char>(draw) : "0123456789abcdef"[draw % 16];
    }
  }

  Type type_;
  int64_t longest_;
  Length length_;
  double null_rate_;
};

}  // namespace

std::unique_ptr<Generator> make_text(const Type& type, const FieldOptions& options) {
  const bool fixed = type.kind == TypeKind::char_ || type.kind == TypeKind::binary;
  const bool endless = !fixed && type.precision == Type::kMaxLength;
  const int64_t length =
      options.integer("length", endless ? kEndlessLength : int64_t{type.precision}, 1);
  if (fixed && length != type.precision) {
    options.refuse("length", type.to_string() + " has its length");
  }
  constexpr int64_t kLongest = 1 << 20;
  if (length > std::min<int64_t>(type.precision, kLongest)) {
    options.refuse("length", "it is longer than " +
                                 std::to_string(std::min<int64_t>(type.precision, kLongest)));
  }
  const std::string varies = lower_case(options.text("var-len", "false"));
  if ((varies != "true" && varies != "false") || (fixed && varies == "true")) {
    options.refuse("var-len", fixed ? type.to_string() + " has its length" : "expected a boolean");
  }
  return std::make_unique<Text>(type, length, varies == "true" ? Length::varying : Length::same,
                                null_rate_of(type, options));
}

}  // namespace millrace::connector

#include "connector/datagen/sequence.h"

#include "column/builder.h"
#include "function/evaluate.h"

namespace millrace::connector {

namespace {

class Sequence final : public Generator {
 public:
  Sequence(const Type& type, int64_t start, int64_t end) : type_(type), start_(start), end_(end) {}

  Column make(const Draws& draws) override {
    FlatBuffer<int64_t> numbers(draws.size());
    for (size_t i = 0; i < draws.size(); ++i) {
      numbers[i] = start_ + draws.first_row + static_cast<int64_t>(i);
    }
    function::EvaluationContext context(draws.now);
    return function::cast(numbers.finish(Type::of(TypeKind::bigint, false)), type_,
                          Rows(draws.size()), false, context);
  }
  double value_bytes() const override { return sizeof(__int128); }
  std::optional<int64_t> most_rows() const override { return end_ - start_ + 1; }

 private:
  Type type_;
  int64_t start_;
  int64_t end_;
};

}  // namespace

std::unique_ptr<Generator> make_sequence(const Type& type, const FieldOptions& options) {
  if (!type.is_numeric() && !type.is_string()) {
    options.refuse("kind", "there is no sequence of " + type.to_string());
  }
  const Type number = Type::of(TypeKind::bigint);
  const int64_t start = options.value("start", number).values<int64_t>()[0];
  const int64_t end = options.value("end", number).values<int64_t>()[0];
  constexpr int64_t kFarthest = int64_t{1} << 62;
  if (start > end || start < -kFarthest || end > kFarthest) {
    options.refuse("end", "a sequence goes up from 'start'");
  }
  // Both ends fit, and so does what is between them.
  if (type.is_numeric()) {
    static_cast<void>(options.value("start", type));
    static_cast<void>(options.value("end", type));
  }
  return std::make_unique<Sequence>(type, start, end);
}

}  // namespace millrace::connector

#include "connector/datagen/nested.h"

#include "base/hash.h"

namespace millrace::connector {

namespace {

using Generators = std::vector<std::unique_ptr<Generator>>;

constexpr int64_t kLength = 3;  // of an array, where nothing is said
constexpr int64_t kMostElements = 10'000;

std::shared_ptr<Validity> validity_of(const Draws& draws, double null_rate) {
  if (null_rate <= 0) {
    return nullptr;
  }
  auto validity = std::make_shared<Validity>(draws.size());
  for (size_t i = 0; i < draws.size(); ++i) {
    if (is_drawn_null(draws.seeds[i], null_rate)) {
      validity->set_null(i);
    }
  }
  return validity;
}

class MadeRows final : public Generator {
 public:
  MadeRows(const Type& type, Generators fields, double null_rate)
      : type_(type), fields_(std::move(fields)), null_rate_(null_rate) {}

  Column make(const Draws& draws) override {
    std::vector<Column> columns;
    for (size_t i = 0; i < fields_.size(); ++i) {
      Draws of_field = draws;
      for (uint64_t& seed : of_field.seeds) {
        seed = mix(seed, i);
      }
      columns.push_back(fields_[i]->make(of_field));
    }
    return Column::row(type_, draws.size(), std::move(columns), validity_of(draws, null_rate_));
  }
  double value_bytes() const override {
    double bytes = 0;
    for (const auto& field : fields_) {
      bytes += field->value_bytes();
    }
    return bytes;
  }
  std::optional<int64_t> most_rows() const override {
    std::optional<int64_t> least;
    for (const auto& field : fields_) {
      if (const auto most = field->most_rows(); most && (!least || *most < *least)) {
        least = most;
      }
    }
    return least;
  }

 private:
  Type type_;
  Generators fields_;
  double null_rate_;
};

class MadeArrays final : public Generator {
 public:
  MadeArrays(const Type& type, std::unique_ptr<Generator> element, size_t length, double null_rate)
      : type_(type), element_(std::move(element)), length_(length), null_rate_(null_rate) {}

  Column make(const Draws& draws) override {
    const auto validity = validity_of(draws, null_rate_);
    const auto offsets = std::make_shared<std::vector<uint32_t>>(1, 0);
    Draws of_elements{{}, draws.first_row, draws.now};
    for (size_t i = 0; i < draws.size(); ++i) {
      for (size_t k = 0; k < length_ && (!validity || validity->get(i)); ++k) {
        of_elements.seeds.push_back(mix(draws.seeds[i], k));
      }
      offsets->push_back(static_cast<uint32_t>(of_elements.size()));
    }
    return Column::list(type_, draws.size(), offsets, {element_->make(of_elements)}, validity);
  }
  double value_bytes() const override {
    constexpr double kOffset = sizeof(uint32_t);
    return kOffset + static_cast<double>(length_) * element_->value_bytes();
  }

 private:
  Type type_;
  std::unique_ptr<Generator> element_;
  size_t length_;
  double null_rate_;
};

}  // namespace

std::unique_ptr<Generator> make_nested(const Type& type, const FieldOptions& options) {
  const double null_rate = null_rate_of(type, options);
  if (type.kind == TypeKind::row) {
    Generators fields;
    for (const Field& field : *type.children) {
      fields.push_back(make_generator(field.type, options.part(field.name)));
    }
    return std::make_unique<MadeRows>(type, std::move(fields), null_rate);
  }
  const FieldOptions of_element = options.part("element");
  auto element = make_generator(type.children->front().type, of_element);
  if (element->most_rows()) {
    of_element.refuse("kind", "there are no sequences in arrays");
  }
  const int64_t length = options.integer("length", kLength, 0);
  if (length > kMostElements) {
    options.refuse("length", "it is longer than " + std::to_string(kMostElements));
  }
  return std::make_unique<MadeArrays>(type, std::move(element), static_cast<size_t>(length),
                                      null_rate);
}

}  // namespace millrace::connector

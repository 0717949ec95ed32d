#include "function/memberships.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/check.h"
#include "base/hash.h"
#include "column/nested.h"
#include "column/physical.h"
#include "function/kernel.h"
#include "function/scalar.h"

namespace millrace::function {

namespace {

// Fewer are as quick one by one.
constexpr size_t kFewest = 4;

template <typename T>
uint64_t hash_of(const T& value) {
  if constexpr (std::is_same_v<T, StringRef>) {
    return value.hash();
  } else if constexpr (std::is_same_v<T, double>) {
    return mix(std::bit_cast<uint64_t>(value + 0.0), 0);  // -0 is 0
  } else if constexpr (std::is_same_v<T, float>) {
    return mix(std::bit_cast<uint32_t>(value + 0.0F), 0);
  } else if constexpr (std::is_same_v<T, __int128>) {
    return mix(static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64));
  } else {
    return mix(static_cast<uint64_t>(value), 0);
  }
}

// Values that are there once and for all, equal as = has it.
template <typename T>
class Members final : public KernelMemory {
 public:
  explicit Members(Column values)
      : values_(std::move(values)), places_(std::bit_ceil(2 * values_.size())) {
    const View<T> view(values_);
    for (size_t i = 0; i < values_.size(); ++i) {
      if (view.is_null(i)) {
        has_null_ = true;
      } else {
        Place& place = places_[place_of(view[i])];
        place = {view[i], true};
      }
    }
  }

  bool has(const T& value) const { return places_[place_of(value)].taken; }
  bool has_null() const { return has_null_; }

 private:
  struct Place {
    T value = {};
    bool taken = false;
  };

  // Where the value is, or would be.
  size_t place_of(const T& value) const {
    const size_t mask = places_.size() - 1;
    size_t at = hash_of(value) & mask;
    while (places_[at].taken && !(places_[at].value == value)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  Column values_;              // whose bytes the texts among the places lie in
  std::vector<Place> places_;  // a power of two of them, at most half taken
  bool has_null_ = false;
};

template <typename T>
Column look_up(const KernelCall& call) {
  const auto& members = static_cast<const Members<T>&>(*call.memory);
  ResultValues<uint8_t> result(call);
  const View<T> values(call.arguments[0]);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const bool is_member = members.has(values[row]);
        result.set(row, is_member);
        if (!is_member && members.has_null()) {
          result.set_null(row);
        }
      },
      values);
  return result.finish();
}

// value IN (constants), where NULL may be one of them. The list is an argument as well, as an
// ARRAY, by which two memberships are told apart.
Expression membership(Expression value, const std::vector<Column>& constants) {
  const Column members = concatenated(value.type.as_nullable(), constants);
  const Type list = Type::array(members.type());
  auto signature = std::make_shared<ScalarSignature>();
  signature->name = "IN";
  signature->arguments = {value.type, list};
  signature->result = Type::of(TypeKind::boolean, value.type.nullable || members.may_have_nulls());
  with_physical(value.type.physical(), [&](auto zero) {
    signature->kernel = look_up<decltype(zero)>;
    signature->memory = std::make_shared<Members<decltype(zero)>>(members);
  });
  const auto ends = std::make_shared<const std::vector<uint32_t>>(
      std::vector<uint32_t>{0, static_cast<uint32_t>(members.size())});
  std::vector<Expression> arguments;
  arguments.push_back(std::move(value));
  arguments.push_back(Expression::of_literal(Column::list(list, 1, ends, {members})));
  return Expression::of_call(std::move(signature), std::move(arguments));
}

Expression negated(Expression condition) {
  const auto signature = find_scalar("NOT")->bind({&condition.type, 1});
  std::vector<Expression> arguments;
  arguments.push_back(std::move(condition));
  return Expression::of_call(std::make_shared<const ScalarSignature>(*signature),
                             std::move(arguments));
}

// The number of the argument that is a constant, where the other one is none.
std::optional<size_t> constant_side(const Expression& part, Predicate comparison) {
  if (part.kind != ExpressionKind::call || part.signature->predicate != comparison ||
      part.arguments[0].type.physical() == Physical::nested) {
    return std::nullopt;
  }
  const bool left = part.arguments[0].kind == ExpressionKind::literal;
  const bool right = part.arguments[1].kind == ExpressionKind::literal;
  return left == right ? std::nullopt : std::optional<size_t>(left ? 0 : 1);
}

// The parts that compare the same with constants.
struct Comparisons {
  const Expression* value;
  std::vector<size_t> parts;  // by number
  std::vector<Column> constants;
};

std::vector<Comparisons> comparisons_in(const std::vector<Expression>& parts,
                                        Predicate comparison) {
  std::vector<Comparisons> found;
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::optional<size_t> side = constant_side(parts[i], comparison);
    if (!side) {
      continue;
    }
    const Expression& value = parts[i].arguments[1 - *side];
    auto same = std::find_if(found.begin(), found.end(), [&](const Comparisons& others) {
      return others.value->equals(value);
    });
    if (same == found.end()) {
      same = found.insert(found.end(), {&value, {}, {}});
    }
    same->parts.push_back(i);
    same->constants.push_back(parts[i].arguments[*side].literal);
  }
  return found;
}

// A membership stands where the first of its comparisons stood.
std::vector<Expression> gathered(const std::vector<Expression>& parts, ExpressionKind kind) {
  const bool any = kind == ExpressionKind::or_;
  std::vector<std::optional<Expression>> left(parts.begin(), parts.end());
  for (const Comparisons& same :
       comparisons_in(parts, any ? Predicate::equal : Predicate::not_equal)) {
    if (same.parts.size() < kFewest) {
      continue;
    }
    for (const size_t part : same.parts) {
      left[part].reset();
    }
    Expression one = membership(*same.value, same.constants);
    left[same.parts.front()] = any ? std::move(one) : negated(std::move(one));
  }
  std::vector<Expression> result;
  for (std::optional<Expression>& part : left) {
    if (part) {
      result.push_back(*std::move(part));
    }
  }
  return result;
}

}  // namespace

Expression with_memberships(Expression expression) {
  for (Expression& argument : expression.arguments) {
    argument = with_memberships(std::move(argument));
  }
  if (expression.kind != ExpressionKind::or_ && expression.kind != ExpressionKind::and_) {
    return expression;
  }
  expression.arguments = gathered(expression.arguments, expression.kind);
  return expression.arguments.size() == 1 ? std::move(expression.arguments.front())
                                          : std::move(expression);
}

}  // namespace millrace::function

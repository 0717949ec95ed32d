// PERCENTILE: the value below which a fraction of the others lies, between two of them in
// proportion. A row may count several times, by its frequency.

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/gathered.h"
#include "function/evaluate.h"

namespace millrace::function {

namespace {

// How many rows: as many as there are, each as often as its BIGINT says.
using Number = __int128;

struct Values {
  CountedMap<double, Number> numbers;  // no NaN is kept, which lies nowhere
  CountedVector<double> fractions;     // as the last row said

  void change(double value, Number by) {
    const auto found = numbers.emplace(value, 0).first;
    found->second += by;
    if (found->second == 0) {
      numbers.erase(found);
    }
  }
  void append(const Values& later) {
    for (const auto& [value, number] : later.numbers) {
      change(value, number);
    }
    fractions = later.fractions;
  }
  void save(ByteWriter& out) const {
    out.write_varint(numbers.size());
    for (const auto& [value, number] : numbers) {
      save_value(value, out);
      save_value(number, out);
    }
    out.write_varint(fractions.size());
    for (const double fraction : fractions) {
      save_value(fraction, out);
    }
  }
  void load(ByteReader& in) {
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      const double value = load_value<double>(in);
      numbers.emplace(value, load_value<Number>(in));
    }
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      fractions.push_back(load_value<double>(in));
    }
  }

  Number count() const {
    Number count = 0;
    for (const auto& [value, number] : numbers) {
      count += std::max<Number>(number, 0);
    }
    return count;
  }
  // Of at least one value, numbered from 1.
  double value_at(Number position) const {
    double last = 0;
    for (const auto& [value, number] : numbers) {
      last = value;
      position -= std::max<Number>(number, 0);
      if (position <= 0) {
        break;
      }
    }
    return last;
  }
  // Positions count from 1 and both neighbours are weighed, since the digits in which that rounds
  // are those of Flink.
  double value_at_fraction(double fraction, Number count) const {
    const double position = static_cast<double>(count - 1) * fraction + 1;
    const double below = std::floor(position);
    const double above = std::ceil(position);
    const double least = value_at(static_cast<Number>(below));
    const double greatest = value_at(static_cast<Number>(above));
    return least == greatest ? least : (above - position) * least + (position - below) * greatest;
  }
};

using State = Owned<Values>;

enum class Fractions : uint8_t { one, several };

CountedVector<double> fractions_at(const Column& column, uint32_t row) {
  if (column.offsets() == nullptr) {
    return {View<double>(column)[row]};
  }
  const size_t at = column.position_of(row);
  const View<double> elements(column.children()[0]);
  CountedVector<double> fractions;
  for (uint32_t i = (*column.offsets())[at]; i < (*column.offsets())[at + 1]; ++i) {
    fractions.push_back(elements.is_null(i) ? -1 : elements[i]);
  }
  return fractions;
}

void check_fraction(double fraction) {
  if (!(fraction >= 0 && fraction <= 1)) {
    throw Error(ErrorCode::invalid_argument,
                "Percentage of PERCENTILE should be between [0.0, 1.0], but was: " +
                    std::to_string(fraction));
  }
}

auto changing(std::span<const Column> arguments) {
  return [arguments](State& state, uint32_t row, bool leaves) {
    for (const Column& argument : arguments) {
      if (argument.is_null(row)) {
        return;
      }
    }
    const double value = View<double>(arguments[0])[row];
    const int64_t times = arguments.size() > 2 ? View<int64_t>(arguments[2])[row] : 1;
    if (times < 0) {
      throw Error(ErrorCode::invalid_argument,
                  "Negative frequency found: " + std::to_string(times));
    }
    Values& held = state.get();
    held.fractions = fractions_at(arguments[1], row);
    std::for_each(held.fractions.begin(), held.fractions.end(), check_fraction);
    if (!std::isnan(value) && times != 0) {
      held.change(value, leaves ? -Number{times} : Number{times});
    }
  };
}

std::optional<double> value_of(const State& state) {
  const Number count = state.held == nullptr ? 0 : state.held->count();
  return count == 0 ? std::nullopt
                    : std::optional(state.held->value_at_fraction(state.held->fractions[0], count));
}

// Of several fractions: NULL, or a value a fraction.
class Arrays {
 public:
  void put(const State& state) {
    const Number count = state.held == nullptr ? 0 : state.held->count();
    if (count == 0) {
      null_rows_.push_back(offsets_->size() - 1);
    } else {
      for (const double fraction : state.held->fractions) {
        values_.add(state.held->value_at_fraction(fraction, count));
      }
    }
    offsets_->push_back(static_cast<uint32_t>(values_.size()));
  }
  Column finish(const Type& result) {
    const size_t size = offsets_->size() - 1;
    const auto validity = std::make_shared<Validity>(size);
    for (const size_t row : null_rows_) {
      validity->set_null(row);
    }
    return Column::list(result, size, offsets_, {values_.finish()},
                        null_rows_.empty() ? nullptr : validity);
  }

 private:
  std::shared_ptr<std::vector<uint32_t>> offsets_ =
      std::make_shared<std::vector<uint32_t>>(1, uint32_t{0});
  ColumnBuilder values_ = ColumnBuilder(Type::of(TypeKind::double_));
  std::vector<size_t> null_rows_;
};

void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_rows<State>(states, rows, kinds, changing(arguments));
}

template <Fractions fractions>
Column finish(char* const* states, size_t count, const Type& result) {
  if constexpr (fractions == Fractions::one) {
    return finish_each<State, double>(states, count, result, value_of);
  } else {
    Arrays arrays;
    for (size_t i = 0; i < count; ++i) {
      arrays.put(state_at<const State>(states[i]));
    }
    return arrays.finish(result);
  }
}

template <Fractions fractions>
Column trace(char* const* states, const Additions& additions, const Type& result) {
  const auto change = changing(additions.arguments);
  if constexpr (fractions == Fractions::one) {
    return trace_rows<State, double>(states, additions, result, change, value_of);
  } else {
    Arrays arrays;
    trace_states<State>(states, additions, change, [&](const State& state) { arrays.put(state); });
    return arrays.finish(result);
  }
}

template <Fractions fractions>
AggregateSignature signature_of(const Type& fraction, const Type& result) {
  AggregateSignature signature = owned_signature<Values>();
  signature.name = "PERCENTILE";
  signature.arguments = {Type::of(TypeKind::double_), fraction};
  signature.result = result;
  signature.retracts = true;
  signature.update = update;
  signature.trace = trace<fractions>;
  signature.finish = finish<fractions>;
  signature.merge = merge_owned<Values>;
  return signature;
}

std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() < 2 || given.size() > 3 || !given[0].is_numeric() ||
      (given.size() == 3 && !given[2].is_integer())) {
    return std::nullopt;
  }
  const Type number = Type::of(TypeKind::double_);
  const bool several = given[1].kind == TypeKind::array;
  if (!(several ? (*given[1].children)[0].type : given[1]).is_numeric()) {
    return std::nullopt;
  }
  const Type array = Type::array(number);
  AggregateSignature signature = several ? signature_of<Fractions::several>(array, array)
                                         : signature_of<Fractions::one>(number, number);
  if (given.size() == 3) {
    signature.arguments.push_back(Type::of(TypeKind::bigint));
  }
  return signature;
}

bool is_beyond(const Column& fraction) {
  if (!fraction.type().is_numeric() || fraction.is_null(0)) {
    return false;
  }
  EvaluationContext context(Timestamp{});
  const Column number = cast(fraction, Type::of(TypeKind::double_), Rows(1), true, context);
  const double value = number.values<double>()[0];
  return !(value >= 0 && value <= 1);
}

std::optional<WrongArgument> check(std::span<const Expression> arguments) {
  if (arguments.size() < 2) {
    return std::nullopt;
  }
  const Expression& fraction = arguments[1];
  bool reads_column = false;
  fraction.visit_columns([&](size_t) { reads_column = true; });
  if (reads_column) {
    return WrongArgument{1,
                         "the fraction of PERCENTILE is the same for all rows: it reads no column"};
  }
  if (fraction.kind == ExpressionKind::literal && is_beyond(fraction.literal)) {
    return WrongArgument{1, "the fraction of PERCENTILE is a number from 0 to 1"};
  }
  return std::nullopt;
}

constexpr AggregateFunction kFunctions[] = {
    {"PERCENTILE", "PERCENTILE(number, fraction [, frequency])",
     "The value below which the fraction, from 0 to 1, of all values lies; of an array of "
     "fractions "
     "an array.",
     bind, check},
};

}  // namespace

std::span<const AggregateFunction> percentile_functions() { return kFunctions; }

}  // namespace millrace::function

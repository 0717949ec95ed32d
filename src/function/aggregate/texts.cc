// LISTAGG: the values that are not NULL, as one text, in the order of arrival. Its type is the
// value's, as in Flink, however long the text becomes.

#include "function/aggregate/aggregates.h"
#include "function/aggregate/gathered.h"
#include "function/expression.h"

namespace millrace::function {

namespace {

struct Texts {
  Gathered<StringRef> texts;
  CountedText separator = ",";

  void append(const Texts& later) {
    texts.append(later.texts);
    separator = later.separator;
  }
  size_t shown() const { return texts.shown() + texts.values.size() * separator.size(); }
  void save(ByteWriter& out) const {
    texts.save(out);
    save_value(separator, out);
  }
  void load(ByteReader& in) {
    texts.load(in);
    separator = load_value<CountedText>(in);
  }
};

using State = Owned<Texts>;

// Reads the arguments: the value, and the separator where there is one.
class Change {
 public:
  explicit Change(std::span<const Column> arguments) : values_(arguments[0]) {
    if (arguments.size() > 1) {
      separators_.emplace(arguments[1]);
    }
  }

  void operator()(State& state, uint32_t row, bool leaves) const {
    if (values_.is_null(row)) {
      return;
    }
    Texts& held = state.get();
    if (separators_ && !separators_->is_null(row)) {
      held.separator = (*separators_)[row].view();
    }
    if (leaves) {
      held.texts.take_back(stored_value(values_, row));
    } else {
      held.texts.add(stored_value(values_, row));
    }
  }

 private:
  View<StringRef> values_;
  std::optional<View<StringRef>> separators_;
};

// The text is good until the next one is asked for.
class TextOf {
 public:
  std::optional<std::string_view> operator()(const State& state) {
    if (state.held == nullptr || state.held->texts.values.empty()) {
      return std::nullopt;
    }
    text_.clear();
    for (const auto& value : state.held->texts.values) {
      text_ += text_.empty() && &value == &state.held->texts.values.front()
                   ? std::string_view()
                   : std::string_view(state.held->separator);
      text_ += *value;
    }
    return text_;
  }

 private:
  std::string text_;
};

void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_rows<State>(states, rows, kinds, Change(arguments));
}

Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_rows<State, std::string_view>(states, rows, result, Change(rows.arguments),
                                             TextOf());
}

Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<State, std::string_view>(states, count, result, TextOf());
}

std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.empty() || given.size() > 2 ||
      !std::all_of(given.begin(), given.end(), [](const Type& type) { return type.is_string(); })) {
    return std::nullopt;
  }
  AggregateSignature signature = owned_signature<Texts>();
  signature.name = "LISTAGG";
  for (const Type& type : given) {
    signature.arguments.push_back(Type::string(type.nullable));
  }
  signature.result = given[0];
  signature.retracts = true;
  signature.entries = AggregateSignature::Entries::one_of_insertions;
  signature.null_as_argument = true;
  signature.update = update;
  signature.trace = trace;
  signature.finish = finish;
  signature.merge = merge_owned<Texts>;
  signature.shown = shown_of_owned<Texts>;
  return signature;
}

std::optional<WrongArgument> check(std::span<const Expression> arguments) {
  if (arguments.size() < 2 || arguments[1].kind == ExpressionKind::literal) {
    return std::nullopt;
  }
  return WrongArgument{1, "the separator of LISTAGG must be a literal: write it as '...'"};
}

constexpr AggregateFunction kFunctions[] = {
    {"LISTAGG", "LISTAGG(string [, separator])",
     "The values that are not NULL, as one text, with commas or the separator between them.", bind,
     check},
};

}  // namespace

std::span<const AggregateFunction> text_aggregates() { return kFunctions; }

}  // namespace millrace::function

// BITMAP_BUILD_AGG, BITMAP_AND_AGG, BITMAP_OR_AGG, BITMAP_XOR_AGG, and those which give how many
// numbers are in the set instead of it. NULLs are passed over; of no value the result is NULL.
//
// Where rows only come the set itself is kept. Where rows are taken back it is kept how often each
// number is there, and of how many sets.

#include "base/error.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/counted_values.h"
#include "function/aggregate/gathered.h"
#include "function/aggregate/owned.h"
#include "function/value/bitmap.h"

namespace millrace::function {

namespace {

enum class Gathers : uint8_t { build, and_, or_, xor_ };
enum class Gives : uint8_t { set, count };

// --- What is kept ---

struct Kept {
  Bitmap bitmap;
  bool is_any = false;

  void add(const Bitmap& other, Bitmap::Operation operation) {
    is_any ? bitmap.combine(other, operation) : bitmap.combine(other, Bitmap::Operation::or_);
    is_any = true;
  }
  void save(ByteWriter& out) const {
    out.write<uint8_t>(is_any ? 1 : 0);
    save_value(bitmap.to_bytes(), out);
  }
  void load(ByteReader& in) {
    is_any = in.read<uint8_t>() != 0;
    bitmap = Bitmap::of_value(load_value<std::string>(in));
  }
};

struct Counted {
  CountedValues<int32_t> numbers;
  int64_t sets = 0;

  void save(ByteWriter& out) const {
    out.write_signed_varint(sets);
    numbers.save(out);
  }
  void load(ByteReader& in) {
    sets = in.read_signed_varint();
    numbers.load(in);
  }
};

template <Gathers gathers>
constexpr Bitmap::Operation operation_of() {
  return gathers == Gathers::and_   ? Bitmap::Operation::and_
         : gathers == Gathers::xor_ ? Bitmap::Operation::xor_
                                    : Bitmap::Operation::or_;
}

// --- A row that comes, or leaves ---

// Each takes some tens of bytes, which nobody looks at ahead of the next one.
constexpr uint64_t kMostCounted = uint64_t{1} << 24;

template <Gathers gathers>
using ArgumentOf = std::conditional_t<gathers == Gathers::build, int32_t, StringRef>;

template <Gathers gathers>
class Change {
 public:
  explicit Change(std::span<const Column> arguments) : values_(arguments[0]) {}

  void operator()(Owned<Kept>& state, uint32_t row, bool leaves) const {
    check(!leaves, "a row is taken back from a bitmap that keeps no counts");
    if (values_.is_null(row)) {
      return;
    }
    if constexpr (gathers == Gathers::build) {
      state.get().bitmap.add(static_cast<uint32_t>(values_[row]));
      state.get().is_any = true;
    } else {
      state.get().add(Bitmap::of_value(values_[row].view()), operation_of<gathers>());
    }
  }

  void operator()(Owned<Counted>& state, uint32_t row, bool leaves) const {
    if (values_.is_null(row)) {
      return;
    }
    Counted& counted = state.get();
    counted.sets += leaves ? -1 : 1;
    const auto change = [&](int32_t number) {
      leaves ? counted.numbers.take_back(number) : counted.numbers.add(number);
    };
    if constexpr (gathers == Gathers::build) {
      change(values_[row]);
    } else {
      const Bitmap bitmap = Bitmap::of_value(values_[row].view());
      if (bitmap.count() > kMostCounted) {
        throw Error(ErrorCode::invalid_argument,
                    "a bitmap of " + std::to_string(bitmap.count()) +
                        " numbers is too large for an aggregate of rows that are taken back, which "
                        "counts each of them: " +
                        std::to_string(kMostCounted) + " at most");
      }
      bitmap.each([&](uint32_t number) { change(static_cast<int32_t>(number)); });
    }
  }

 private:
  View<ArgumentOf<gathers>> values_;
};

// --- The set ---

template <Gathers gathers>
const Bitmap* set_of(const Owned<Kept>& state) {
  return state.held != nullptr && state.held->is_any ? &state.held->bitmap : nullptr;
}

// Of counts that are there: all of them, those of every set, or those of an odd number of sets.
template <Gathers gathers>
std::optional<Bitmap> set_of(const Owned<Counted>& state) {
  if (state.held == nullptr || state.held->sets <= 0) {
    return std::nullopt;
  }
  Bitmap bitmap;
  for (const auto& [number, count] : state.held->numbers.numbers) {
    const bool is_in = gathers == Gathers::and_   ? count == state.held->sets
                       : gathers == Gathers::xor_ ? count % 2 != 0
                                                  : count > 0;
    if (is_in) {
      bitmap.add(static_cast<uint32_t>(number));
    }
  }
  return bitmap;
}

// The bytes are good until the next ones are asked for.
template <Gathers gathers, Gives gives, typename State>
class ResultOf {
 public:
  using Result = std::conditional_t<gives == Gives::set, std::string_view, int64_t>;

  std::optional<Result> operator()(const State& state) {
    const auto set = set_of<gathers>(state);
    if (!set) {
      return std::nullopt;
    }
    if constexpr (gives == Gives::set) {
      bytes_ = set->to_bytes();
      return bytes_;
    } else {
      return static_cast<int64_t>(set->count());
    }
  }

 private:
  std::string bytes_;
};

// --- The functions ---

template <Gathers gathers, Gives gives, typename Held>
struct Functions {
  using State = Owned<Held>;
  using Tell = ResultOf<gathers, gives, State>;

  static void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
                     std::span<const RowKind> kinds) {
    change_rows<State>(states, rows, kinds, Change<gathers>(arguments));
  }
  static Column trace(char* const* states, const Additions& rows, const Type& result) {
    return trace_rows<State, typename Tell::Result>(states, rows, result,
                                                    Change<gathers>(rows.arguments), Tell());
  }
  static Column finish(char* const* states, size_t count, const Type& result) {
    return finish_each<State, typename Tell::Result>(states, count, result, Tell());
  }
  static void merge(char* into, const char* from) {
    const Held* other = state_at<State>(from).held;
    if (other == nullptr) {
      return;
    }
    Held& held = state_at<State>(into).get();
    if constexpr (std::is_same_v<Held, Kept>) {
      if (other->is_any) {
        held.add(other->bitmap, operation_of<gathers>());
      }
    } else {
      held.sets += other->sets;
      held.numbers.append(other->numbers);
    }
  }

  static AggregateSignature signature(std::string_view name, const Type& given) {
    AggregateSignature signature = owned_signature<Held>();
    signature.name = name;
    signature.arguments = {
        Type::of(gathers == Gathers::build ? TypeKind::integer : TypeKind::bitmap, given.nullable)};
    signature.result = Type::of(gives == Gives::set ? TypeKind::bitmap : TypeKind::bigint);
    signature.retracts = std::is_same_v<Held, Counted>;
    signature.entries = AggregateSignature::Entries::one_of_insertions;
    signature.in_any_order = true;
    signature.update = update;
    signature.trace = trace;
    signature.merge = merge;
    signature.finish = finish;
    return signature;
  }
};

template <Gathers gathers, Gives gives>
std::optional<AggregateSignature> bind(std::string_view name, std::span<const Type> given) {
  const bool fits =
      given.size() == 1 &&
      (gathers == Gathers::build ? given[0].is_integer() && given[0].kind != TypeKind::bigint
                                 : given[0].kind == TypeKind::bitmap);
  if (!fits) {
    return std::nullopt;
  }
  AggregateSignature signature = Functions<gathers, gives, Kept>::signature(name, given[0]);
  signature.retracting = std::make_shared<const AggregateSignature>(
      Functions<gathers, gives, Counted>::signature(name, given[0]));
  return signature;
}

using Types = std::span<const Type>;

constexpr AggregateFunction kFunctions[] = {
    {"BITMAP_AND_AGG", "BITMAP_AND_AGG(bitmap)", "The numbers that are in all of the sets.",
     [](Types given) { return bind<Gathers::and_, Gives::set>("BITMAP_AND_AGG", given); }},
    {"BITMAP_AND_CARDINALITY_AGG", "BITMAP_AND_CARDINALITY_AGG(bitmap)",
     "How many numbers are in all of the sets.",
     [](Types given) {
       return bind<Gathers::and_, Gives::count>("BITMAP_AND_CARDINALITY_AGG", given);
     }},
    {"BITMAP_BUILD_AGG", "BITMAP_BUILD_AGG(integer)", "The values as a set of 32-bit numbers.",
     [](Types given) { return bind<Gathers::build, Gives::set>("BITMAP_BUILD_AGG", given); }},
    {"BITMAP_BUILD_CARDINALITY_AGG", "BITMAP_BUILD_CARDINALITY_AGG(integer)",
     "How many different values there are.",
     [](Types given) {
       return bind<Gathers::build, Gives::count>("BITMAP_BUILD_CARDINALITY_AGG", given);
     }},
    {"BITMAP_OR_AGG", "BITMAP_OR_AGG(bitmap)", "The numbers that are in any of the sets.",
     [](Types given) { return bind<Gathers::or_, Gives::set>("BITMAP_OR_AGG", given); }},
    {"BITMAP_OR_CARDINALITY_AGG", "BITMAP_OR_CARDINALITY_AGG(bitmap)",
     "How many numbers are in any of the sets.",
     [](Types given) {
       return bind<Gathers::or_, Gives::count>("BITMAP_OR_CARDINALITY_AGG", given);
     }},
    {"BITMAP_XOR_AGG", "BITMAP_XOR_AGG(bitmap)",
     "The numbers that are in an odd number of the sets.",
     [](Types given) { return bind<Gathers::xor_, Gives::set>("BITMAP_XOR_AGG", given); }},
    {"BITMAP_XOR_CARDINALITY_AGG", "BITMAP_XOR_CARDINALITY_AGG(bitmap)",
     "How many numbers are in an odd number of the sets.",
     [](Types given) {
       return bind<Gathers::xor_, Gives::count>("BITMAP_XOR_CARDINALITY_AGG", given);
     }},
};

}  // namespace

std::span<const AggregateFunction> bitmap_aggregates() { return kFunctions; }

}  // namespace millrace::function

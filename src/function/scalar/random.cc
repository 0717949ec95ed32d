// RAND, RAND_INTEGER and UUID. What has no seed draws from the world's chance. With a seed the
// numbers are those of java.util.Random, as in Flink: of a constant seed one after the other, from
// the first one again when the pipeline is started again; of a column's seeds the first of each.

#include "base/random.h"

#include <array>
#include <mutex>

#include "base/check.h"
#include "column/builder.h"
#include "function/kernel.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

// The linear congruential generator that java.util.Random documents.
class JavaRandom {
 public:
  explicit JavaRandom(int64_t seed) : state_((static_cast<uint64_t>(seed) ^ kMultiplier) & kMask) {}

  double next_double() {
    constexpr int kLowBits = 27;
    const uint64_t high = next(26) << kLowBits;
    return static_cast<double>(high + next(kLowBits)) * 0x1p-53;
  }
  // In [0, bound); bound > 0.
  int32_t below(int32_t bound) {
    const auto limit = static_cast<uint64_t>(bound);
    if ((limit & (limit - 1)) == 0) {
      return static_cast<int32_t>(limit * next(31) >> 31);
    }
    while (true) {
      const uint64_t drawn = next(31);
      const uint64_t value = drawn % limit;
      if (drawn - value + limit - 1 <= INT32_MAX) {  // else from a last, incomplete range
        return static_cast<int32_t>(value);
      }
    }
  }

 private:
  static constexpr uint64_t kMultiplier = 0x5DEECE66DULL;
  static constexpr uint64_t kMask = (uint64_t{1} << 48) - 1;

  uint64_t next(int bits) {
    state_ = (state_ * kMultiplier + 11) & kMask;
    return state_ >> (48 - bits);
  }

  uint64_t state_;
};

// The numbers of a constant seed so far.
class SeededNumbers final : public KernelMemory {
 public:
  template <typename Draw>
  auto draw(int64_t seed, Draw draw) {
    const std::lock_guard lock(mutex_);
    if (!random_) {
      random_.emplace(seed);
    }
    return draw(*random_);
  }

 private:
  std::mutex mutex_;
  std::optional<JavaRandom> random_;
};

// Calls draw() with the generator of this row's seed, the first argument.
template <typename Draw>
auto with_seed(const KernelCall& call, int32_t seed, Draw draw) {
  if (call.arguments[0].layout() == Column::Layout::constant) {
    return static_cast<SeededNumbers*>(call.memory)->draw(seed, draw);
  }
  JavaRandom random(seed);
  return draw(random);
}

Column fraction(const KernelCall& call) {
  ResultValues<double> result(call);
  for_each(call.rows, [&](uint32_t row) {
    result.set(row, static_cast<double>(call.context.draw() >> 11) * 0x1p-53);
  });
  return result.finish();
}

Column fraction_of_seed(const KernelCall& call) {
  return map_present<ResultValues<double>, int32_t>(
      call, [&](ResultValues<double>& to, uint32_t row, int32_t seed) {
        to.set(row, with_seed(call, seed, [](JavaRandom& random) { return random.next_double(); }));
      });
}

void refuse_bound(ResultValues<int32_t>& to, uint32_t row) {
  to.fail(row, "the bound of RAND_INTEGER must be positive");
}

Column whole(const KernelCall& call) {
  return map_present<ResultValues<int32_t>, int32_t>(
      call, [&](ResultValues<int32_t>& to, uint32_t row, int32_t bound) {
        if (bound <= 0) {
          return refuse_bound(to, row);
        }
        const uint64_t bits = call.context.draw() >> 32;
        to.set(row, static_cast<int32_t>(bits * static_cast<uint64_t>(bound) >> 32));
      });
}

Column whole_of_seed(const KernelCall& call) {
  return map_present<ResultValues<int32_t>, int32_t, int32_t>(
      call, [&](ResultValues<int32_t>& to, uint32_t row, int32_t seed, int32_t bound) {
        if (bound <= 0) {
          return refuse_bound(to, row);
        }
        to.set(row, with_seed(call, seed, [&](JavaRandom& random) { return random.below(bound); }));
      });
}

// Version 4, of variant 1: 122 bits of chance.
Column uuid(const KernelCall& call) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  ResultStrings result(call);
  for_each(call.rows, [&](uint32_t row) {
    constexpr uint64_t kVersion = 0x4000;
    constexpr uint64_t kVariant = uint64_t{1} << 63;
    const std::array<uint64_t, 2> halves = {(call.context.draw() & ~uint64_t{0xF000}) | kVersion,
                                            call.context.draw() >> 2 | kVariant};
    std::string text;
    for (size_t digit = 0; digit < 32; ++digit) {
      if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
        text += '-';
      }
      text += kDigits[halves[digit / 16] >> (60 - digit % 16 * 4) & 15];
    }
    result.set(row, text);
  });
  return result.finish();
}

using Types = std::span<const Type>;

std::optional<ScalarSignature> bind_random(std::string_view name, Types given, size_t most,
                                           Type result, Kernel plain, Kernel seeded) {
  if (given.size() > most || given.size() + 1 < most) {
    return std::nullopt;
  }
  std::vector<Type> arguments;
  for (const Type& type : given) {
    if (!type.is_integer() || type.kind == TypeKind::bigint) {
      return std::nullopt;
    }
    arguments.push_back(Type::of(TypeKind::integer, type.nullable));
  }
  const bool is_seeded = given.size() == most;
  ScalarSignature signature{std::string(name), std::move(arguments), nullable_by(result, given),
                            is_seeded ? seeded : plain, Volatility::per_row};
  if (is_seeded) {
    signature.memory = std::make_shared<SeededNumbers>();
  }
  return signature;
}

constexpr ScalarFunction kFunctions[] = {
    {"RAND", "RAND([seed])", "A number by chance, from 0 to below 1.",
     [](Types given) {
       return bind_random("RAND", given, 1, Type::of(TypeKind::double_), fraction,
                          fraction_of_seed);
     }},
    {"RAND_INTEGER", "RAND_INTEGER([seed,] bound)", "An integer by chance, from 0 to below bound.",
     [](Types given) {
       return bind_random("RAND_INTEGER", given, 2, Type::of(TypeKind::integer), whole,
                          whole_of_seed);
     }},
    {"UUID", "UUID()", "A universally unique identifier, by chance.",
     [](Types given) -> std::optional<ScalarSignature> {
       if (!given.empty()) {
         return std::nullopt;
       }
       return ScalarSignature{
           "UUID", {}, Type::with_length(TypeKind::char_, 36, false), uuid, Volatility::per_row};
     }},
};

}  // namespace

std::span<const ScalarFunction> random_functions() { return kFunctions; }

}  // namespace millrace::function

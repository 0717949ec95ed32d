#include "connector/datagen/generator.h"

#include <limits>

#include "base/error.h"
#include "base/hash.h"
#include "base/random.h"
#include "column/builder.h"
#include "connector/datagen/nested.h"
#include "connector/datagen/sequence.h"

namespace millrace::connector {

namespace {

// The chance that a value is NULL is drawn apart from the value, which so is the same with it.
constexpr uint64_t kNullDraw = 0x6E756C6C;

// What remains of a generator when NULLs and buffers are taken care of.
template <typename T, typename Draw>
class Drawn final : public Generator {
 public:
  Drawn(const Type& type, double null_rate, Draw draw)
      : type_(type), null_rate_(null_rate), draw_(std::move(draw)) {}

  Column make(const Draws& draws) override {
    FlatBuffer<T> values(draws.size());
    for (size_t i = 0; i < draws.size(); ++i) {
      Random chance(draws.seeds[i]);
      values[i] = draw_(chance, draws.now);
      if (is_drawn_null(draws.seeds[i], null_rate_)) {
        values.set_null(i);
      }
    }
    return values.finish(type_);
  }
  double value_bytes() const override { return sizeof(T); }

 private:
  Type type_;
  double null_rate_;
  Draw draw_;
};

template <typename T, typename Draw>
std::unique_ptr<Generator> drawn(const Type& type, const FieldOptions& options, Draw draw) {
  return std::make_unique<Drawn<T, Draw>>(type, null_rate_of(type, options), std::move(draw));
}

template <typename T>
T bound(const FieldOptions& options, const std::string& name, const Type& type, T otherwise) {
  return options.is_given(name) ? options.value(name, type).values<T>()[0] : otherwise;
}

// Whole numbers from min to max, both of which may come.
template <typename T>
std::unique_ptr<Generator> whole(const Type& type, const FieldOptions& options, T least, T most) {
  const T min = bound<T>(options, "min", type, least);
  const T max = bound<T>(options, "max", type, most);
  if (min > max) {
    options.refuse(options.is_given("min") ? "min" : "max", "there is no value from min to max");
  }
  using Wide = unsigned __int128;
  const Wide range = static_cast<Wide>(max) - static_cast<Wide>(min);
  return drawn<T>(type, options, [min, range](Random& chance, Timestamp) {
    const Wide draw = (static_cast<Wide>(chance.next()) << 64) | chance.next();
    const Wide offset = range == ~Wide{0} ? draw : draw % (range + 1);
    return static_cast<T>(static_cast<Wide>(min) + offset);
  });
}

template <typename T>
std::unique_ptr<Generator> all_of(const Type& type, const FieldOptions& options) {
  return whole<T>(type, options, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

template <typename T>
std::unique_ptr<Generator> fractional(const Type& type, const FieldOptions& options) {
  const T min = bound<T>(options, "min", type, std::numeric_limits<T>::denorm_min());
  const T max = bound<T>(options, "max", type, std::numeric_limits<T>::max());
  if (!(min <= max)) {
    options.refuse(options.is_given("min") ? "min" : "max", "there is no value from min to max");
  }
  return drawn<T>(type, options, [min, max](Random& chance, Timestamp) {
    const double part = static_cast<double>(chance.next() >> 11) * 0x1p-53;
    return static_cast<T>((static_cast<double>(min) * (1 - part)) +
                          (static_cast<double>(max) * part));
  });
}

// Without bounds of its own never negative, as Flink's.
template <typename T>
std::unique_ptr<Generator> decimal(const Type& type, const FieldOptions& options) {
  T most = 1;
  for (int32_t i = 0; i < type.precision; ++i) {
    most *= 10;
  }
  return whole<T>(type, options, 0, most - 1);
}

// A time of the past, as far back as 'max-past' says.
std::unique_ptr<Generator> timestamp(const Type& type, const FieldOptions& options) {
  const auto most = static_cast<uint64_t>(options.duration("max-past").ms());
  const int64_t unit = type.timestamp_unit() / 1'000;
  return drawn<int64_t>(type, options, [most, unit](Random& chance, Timestamp now) {
    return (now.ms - static_cast<int64_t>(chance.below(most + 1))) * unit;
  });
}

constexpr int64_t kDayMs = 86'400'000;

std::unique_ptr<Generator> today(const Type& type, const FieldOptions& options) {
  return drawn<int32_t>(
      type, options, [](Random&, Timestamp now) { return static_cast<int32_t>(now.ms / kDayMs); });
}

std::unique_ptr<Generator> time_of_day(const Type& type, const FieldOptions& options) {
  return drawn<int32_t>(
      type, options, [](Random&, Timestamp now) { return static_cast<int32_t>(now.ms % kDayMs); });
}

std::unique_ptr<Generator> boolean(const Type& type, const FieldOptions& options) {
  return drawn<uint8_t>(type, options, [](Random& chance, Timestamp) {
    return static_cast<uint8_t>(chance.next() & 1);
  });
}

}  // namespace

bool is_drawn_null(uint64_t seed, double rate) {
  if (rate <= 0) {
    return false;
  }
  return static_cast<double>(mix(seed, kNullDraw) >> 11) * 0x1p-53 < rate;
}

double null_rate_of(const Type& type, const FieldOptions& options) {
  const double rate = options.rate("null-rate");
  if (rate > 0 && !type.nullable) {
    options.refuse("null-rate", "the column is NOT NULL");
  }
  return rate;
}

std::unique_ptr<Generator> make_generator(const Type& type, const FieldOptions& options) {
  const std::string kind = options.text("kind", "random");
  if (kind == "sequence") {
    return make_sequence(type, options);
  }
  if (kind != "random") {
    options.refuse("kind", "expected random or sequence");
  }
  constexpr int32_t kMostMonths = 120'000;
  switch (type.kind) {
    case TypeKind::boolean: return boolean(type, options);
    case TypeKind::tinyint: return all_of<int8_t>(type, options);
    case TypeKind::smallint: return all_of<int16_t>(type, options);
    case TypeKind::integer: return all_of<int32_t>(type, options);
    case TypeKind::interval_ms:
    case TypeKind::bigint: return all_of<int64_t>(type, options);
    case TypeKind::interval_month: return whole<int32_t>(type, options, 0, kMostMonths);
    case TypeKind::float_: return fractional<float>(type, options);
    case TypeKind::double_: return fractional<double>(type, options);
    case TypeKind::decimal:
      return type.physical() == Physical::i128 ? decimal<__int128>(type, options)
                                               : decimal<int64_t>(type, options);
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::binary:
    case TypeKind::varbinary: return make_text(type, options);
    case TypeKind::date: return today(type, options);
    case TypeKind::time: return time_of_day(type, options);
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz: return timestamp(type, options);
    case TypeKind::array:
    case TypeKind::row: return make_nested(type, options);
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::bitmap:
    case TypeKind::variant:
    case TypeKind::null_: break;
  }
  options.refuse("kind", "no values of " + type.to_string() + " are made");
}

}  // namespace millrace::connector

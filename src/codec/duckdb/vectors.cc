#include "codec/duckdb/vectors.h"

#include <duckdb.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/error.h"
#include "codec/duckdb/calls.inc"
#include "column/builder.h"
#include "column/physical.h"

namespace millrace::codec {

// INVALID for a kind that it does not hold, or not as we write it.
static duckdb_type duckdb_kind(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean: return DUCKDB_TYPE_BOOLEAN;
    case TypeKind::tinyint: return DUCKDB_TYPE_TINYINT;
    case TypeKind::smallint: return DUCKDB_TYPE_SMALLINT;
    case TypeKind::integer: return DUCKDB_TYPE_INTEGER;
    case TypeKind::bigint: return DUCKDB_TYPE_BIGINT;
    case TypeKind::float_: return DUCKDB_TYPE_FLOAT;
    case TypeKind::double_: return DUCKDB_TYPE_DOUBLE;
    case TypeKind::decimal: return DUCKDB_TYPE_DECIMAL;
    case TypeKind::char_:
    case TypeKind::varchar: return DUCKDB_TYPE_VARCHAR;
    case TypeKind::binary:
    case TypeKind::varbinary: return DUCKDB_TYPE_BLOB;
    case TypeKind::date: return DUCKDB_TYPE_DATE;
    case TypeKind::timestamp: return DUCKDB_TYPE_TIMESTAMP;
    case TypeKind::timestamp_ltz: return DUCKDB_TYPE_TIMESTAMP_TZ;
    case TypeKind::null_:
    case TypeKind::time:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
    case TypeKind::bitmap:
    case TypeKind::variant: break;
  }
  return DUCKDB_TYPE_INVALID;
}

bool has_duckdb_type(const Type& type) { return duckdb_kind(type.kind) != DUCKDB_TYPE_INVALID; }

_duckdb_logical_type* to_duckdb_type(const Type& type) {
  if (!has_duckdb_type(type)) {
    throw Error(ErrorCode::unsupported,
                "cannot store type " + type.to_string() + " in Parquet yet; cast it to STRING");
  }
  if (type.kind == TypeKind::decimal) {
    return duckdb_create_decimal_type(static_cast<uint8_t>(type.precision),
                                      static_cast<uint8_t>(type.scale));
  }
  return duckdb_create_logical_type(duckdb_kind(type.kind));
}

// null_ for a type that cannot be read.
static Type readable_type(_duckdb_logical_type* type) {
  const duckdb_type id = duckdb_get_type_id(type);
  if (id == DUCKDB_TYPE_DECIMAL) {
    return Type::decimal(duckdb_decimal_width(type), duckdb_decimal_scale(type));
  }
  const std::array<std::pair<duckdb_type, Type>, 13> simple = {{
      {DUCKDB_TYPE_BOOLEAN, Type::of(TypeKind::boolean)},
      {DUCKDB_TYPE_TINYINT, Type::of(TypeKind::tinyint)},
      {DUCKDB_TYPE_SMALLINT, Type::of(TypeKind::smallint)},
      {DUCKDB_TYPE_INTEGER, Type::of(TypeKind::integer)},
      {DUCKDB_TYPE_BIGINT, Type::of(TypeKind::bigint)},
      {DUCKDB_TYPE_HUGEINT, Type::decimal(38, 0)},  // sums of BIGINT
      {DUCKDB_TYPE_FLOAT, Type::of(TypeKind::float_)},
      {DUCKDB_TYPE_DOUBLE, Type::of(TypeKind::double_)},
      {DUCKDB_TYPE_VARCHAR, Type::string()},
      {DUCKDB_TYPE_BLOB, Type::bytes()},
      {DUCKDB_TYPE_DATE, Type::of(TypeKind::date)},
      {DUCKDB_TYPE_TIMESTAMP, Type::timestamp(6)},
      {DUCKDB_TYPE_TIMESTAMP_TZ, Type::timestamp_ltz(6)},
  }};
  const auto found = std::find_if(simple.begin(), simple.end(),
                                  [&](const auto& known) { return known.first == id; });
  return found != simple.end() ? found->second : Type::of(TypeKind::null_);
}

bool is_readable(_duckdb_logical_type* type) { return readable_type(type).kind != TypeKind::null_; }

Type from_duckdb_type(_duckdb_logical_type* type) {
  Type readable = readable_type(type);
  check(readable.kind != TypeKind::null_, "a DuckDB type that was not cast to text");
  return readable;
}

std::pair<std::string, std::string> readable_conversion(_duckdb_logical_type* type) {
  const duckdb_type id = duckdb_get_type_id(type);
  const auto is = [&](auto... ids) { return ((id == ids) || ...); };
  if (is(DUCKDB_TYPE_LIST, DUCKDB_TYPE_STRUCT, DUCKDB_TYPE_MAP, DUCKDB_TYPE_ARRAY,
         DUCKDB_TYPE_UNION)) {
    return {"CAST(to_json(", ") AS VARCHAR)"};
  }
  const char* to = is(DUCKDB_TYPE_UTINYINT, DUCKDB_TYPE_USMALLINT) ? "INTEGER"
                   : is(DUCKDB_TYPE_UINTEGER)                      ? "BIGINT"
                   : is(DUCKDB_TYPE_UBIGINT)                       ? "DECIMAL(20, 0)"
                   : is(DUCKDB_TYPE_TIMESTAMP_S, DUCKDB_TYPE_TIMESTAMP_MS, DUCKDB_TYPE_TIMESTAMP_NS)
                       ? "TIMESTAMP"
                       : "VARCHAR";
  return {"CAST(", std::string(" AS ") + to + ")"};
}

namespace {

// What is copied: the rows of a batch that count, from one of them on.
struct Part {
  const Rows& rows;
  size_t from;
  size_t count;
};

template <typename From, typename To, typename Convert>
void convert_values(const Column& column, const Part& part, void* to, Convert convert) {
  const View<From> values(column);
  To* out = static_cast<To*>(to);
  for (size_t i = 0; i < part.count; ++i) {
    out[i] = convert(values[part.rows[part.from + i]]);
  }
}

template <typename T>
void copy_values(const Column& column, const Part& part, void* to) {
  if (column.layout() == Column::Layout::flat && part.rows.all()) {
    std::memcpy(to, column.values<T>() + part.from, part.count * sizeof(T));
  } else {
    convert_values<T, T>(column, part, to, [](const T& value) { return value; });
  }
}

int64_t floor_divide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

void copy_timestamps(const Column& column, const Part& part, void* to) {
  switch (column.type().timestamp_unit()) {
    case 1'000:
      return convert_values<int64_t, int64_t>(column, part, to,
                                              [](int64_t ms) { return ms * 1000; });
    case 1'000'000: return copy_values<int64_t>(column, part, to);
    default:
      return convert_values<int64_t, int64_t>(column, part, to,
                                              [](int64_t ns) { return floor_divide(ns, 1000); });
  }
}

// DuckDB keeps small decimals in 16 and 32 bits, we in 64.
void copy_decimals(const Column& column, const Part& part, void* to) {
  if (column.type().precision <= 4) {
    convert_values<int64_t, int16_t>(column, part, to,
                                     [](int64_t v) { return static_cast<int16_t>(v); });
  } else if (column.type().precision <= 9) {
    convert_values<int64_t, int32_t>(column, part, to,
                                     [](int64_t v) { return static_cast<int32_t>(v); });
  } else if (column.type().precision <= 18) {
    copy_values<int64_t>(column, part, to);
  } else {
    copy_values<__int128>(column, part, to);
  }
}

void copy_column(const Column& column, const Part& part, duckdb_vector vector) {
  void* to = duckdb_vector_get_data(vector);
  if (column.type().is_timestamp()) {
    copy_timestamps(column, part, to);
  } else if (column.type().kind == TypeKind::decimal) {
    copy_decimals(column, part, to);
  } else {
    with_physical(column.type().physical(),
                  [&](auto zero) { copy_values<decltype(zero)>(column, part, to); });
  }
  if (!column.may_have_nulls()) {
    return;
  }
  duckdb_vector_ensure_validity_writable(vector);
  uint64_t* validity = duckdb_vector_get_validity(vector);
  for (size_t i = 0; i < part.count; ++i) {
    duckdb_validity_set_row_validity(validity, i, !column.is_null(part.rows[part.from + i]));
  }
}

}  // namespace

void fill_chunk(const Batch& batch, size_t from, size_t count, _duckdb_data_chunk* chunk) {
  check(count <= duckdb_vector_size());
  const Rows rows = batch.rows();
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    copy_column(batch.columns[i], {rows, from, count}, duckdb_data_chunk_get_vector(chunk, i));
  }
  duckdb_data_chunk_set_size(chunk, count);
}

namespace {

template <typename From, typename To>
Column widened(const Type& type, const void* data, size_t size,
               const std::shared_ptr<Validity>& validity) {
  FlatBuffer<To> values(size);
  const From* from = static_cast<const From*>(data);
  std::copy(from, from + size, values.data());
  values.set_validity(validity);
  return values.finish(type);
}

std::shared_ptr<Validity> read_validity(duckdb_vector vector, size_t size) {
  uint64_t* words = duckdb_vector_get_validity(vector);
  if (words == nullptr) {
    return nullptr;
  }
  auto validity = std::make_shared<Validity>(size);
  for (size_t i = 0; i < size; ++i) {
    if (!duckdb_validity_row_is_valid(words, i)) {
      validity->set_null(i);
    }
  }
  return validity;
}

}  // namespace

Batch read_chunk(const std::shared_ptr<_duckdb_data_chunk>& chunk, const Schema& schema) {
  const size_t size = duckdb_data_chunk_get_size(chunk.get());
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(size);
  for (size_t i = 0; i < schema.size(); ++i) {
    const Type& type = schema[i].type;
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk.get(), i);
    const void* data = duckdb_vector_get_data(vector);
    const std::shared_ptr<Validity> validity = read_validity(vector, size);
    if (type.kind == TypeKind::decimal && type.precision <= 4) {
      batch.columns.push_back(widened<int16_t, int64_t>(type, data, size, validity));
    } else if (type.kind == TypeKind::decimal && type.precision <= 9) {
      batch.columns.push_back(widened<int32_t, int64_t>(type, data, size, validity));
    } else {
      const std::shared_ptr<const void> shared(chunk, data);
      batch.columns.push_back(Column::flat(type, size, shared, validity, {chunk}));
    }
  }
  return batch;
}

}  // namespace millrace::codec

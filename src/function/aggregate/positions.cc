// What only OVER computes, from the place of a row among those before it: ROW_NUMBER, RANK,
// DENSE_RANK and LAG. Rows of equal order are added together before RANK and LAG are read, so each
// of them sees the last of its peers, as in Flink. There RANK and DENSE_RANK also count each of the
// peers: both are the number of rows up to the last of them, which SQL has otherwise.
//
// In batch mode a row's place is known from all rows of its partition, and these, as well as those
// that there is nothing else for, are computed from it (exec/over_places.h) with no accumulator.

#include <deque>

#include "base/counted_memory.h"
#include "column/physical.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/nested_values.h"
#include "function/expression.h"

namespace millrace::function {

namespace {

struct Position {
  int64_t number;  // of the current row
};

void number_rows(char* const* states, std::span<const Column>, const Rows& rows,
                 std::span<const RowKind>) {
  for (size_t i = 0; i < rows.size(); ++i) {
    ++state_at<Position>(states[i]).number;
  }
}

Column finish_position(char* const* states, size_t count, const Type& result) {
  return finish_each<Position, int64_t>(states, count, result, [](const Position& state) {
    return std::optional<int64_t>(state.number);
  });
}

AggregateSignature position_signature(std::string name) {
  AggregateSignature signature;
  signature.name = std::move(name);
  signature.result = Type::of(TypeKind::bigint, false);
  signature.size = sizeof(Position);
  signature.finish = finish_position;
  signature.save = save_bytes<Position>;
  signature.load = load_bytes<Position>;
  return signature;
}

std::optional<AggregateSignature> bind_row_number(std::span<const Type> given) {
  if (!given.empty()) {
    return std::nullopt;
  }
  AggregateSignature signature = position_signature("ROW_NUMBER");
  signature.update = number_rows;
  return signature;
}

// The binder gives RANK and DENSE_RANK the time that the window is ordered by.
std::optional<AggregateSignature> bind_rank(const char* name, std::span<const Type> given) {
  if (given.size() != 1 || given[0].physical() != Physical::i64) {
    return std::nullopt;
  }
  AggregateSignature signature = position_signature(name);
  signature.arguments = {given[0]};
  signature.update = number_rows;
  return signature;
}

// --- LAG ---

using Bytes = std::optional<CountedText>;  // of a value, or NULL

struct Lag {
  size_t offset = 1;
  std::deque<Bytes, CountedAllocator<Bytes>>
      values;  // the current one last, `offset` before it at most
  Bytes otherwise;

  void add(Bytes value) {
    values.push_back(std::move(value));
    while (values.size() > offset + 1) {
      values.pop_front();
    }
  }
  const Bytes& get() const { return values.size() < offset + 1 ? otherwise : values.front(); }
};

Lag*& lag_at(char* state) { return state_at<Lag*>(state); }

void init_lag(char* state) {
  lag_at(state) = new Lag();
  counted_bytes += taken_for(sizeof(Lag));
}
void destroy_lag(char* state) {
  counted_bytes -= taken_for(sizeof(Lag));
  delete lag_at(state);
  lag_at(state) = nullptr;
}

template <typename T>
Bytes bytes_of(const View<T>& view, uint32_t row) {
  if (view.is_null(row)) {
    return std::nullopt;
  }
  if constexpr (std::is_same_v<T, StringRef>) {
    return CountedText(view[row].view());
  } else {
    return CountedText(reinterpret_cast<const char*>(&view[row]), sizeof(T));
  }
}

template <typename T>
void update_lag(char* const* states, std::span<const Column> arguments, const Rows& rows,
                std::span<const RowKind>) {
  const View<T> values(arguments[0]);
  for (size_t i = 0; i < rows.size(); ++i) {
    Lag& lag = *lag_at(states[i]);
    if (arguments.size() > 1) {
      lag.offset = static_cast<size_t>(std::max(0, View<int32_t>(arguments[1])[rows[i]]));
    }
    if (arguments.size() > 2) {
      lag.otherwise = bytes_of(View<T>(arguments[2]), rows[i]);
    }
    lag.add(bytes_of(values, rows[i]));
  }
}

template <typename T>
Column finish_lag(char* const* states, size_t count, const Type& result) {
  ColumnBuilder builder(result);
  for (size_t i = 0; i < count; ++i) {
    const Bytes& value = lag_at(states[i])->get();
    if (!value) {
      builder.add_null();
    } else if constexpr (std::is_same_v<T, StringRef>) {
      builder.add_string(*value);
    } else {
      T typed;
      std::memcpy(&typed, value->data(), sizeof(T));
      builder.add<T>(typed);
    }
  }
  return builder.finish();
}

// Of nested types, as their bytes.
void update_nested_lag(char* const* states, std::span<const Column> arguments, const Rows& rows,
                       std::span<const RowKind> kinds) {
  std::vector<Column> as_bytes(arguments.begin(), arguments.end());
  for (Column& column : as_bytes) {
    if (column.type().physical() == Physical::nested) {
      column = bytes_of_nested(column);
    }
  }
  update_lag<StringRef>(states, as_bytes, rows, kinds);
}

Column finish_nested_lag(char* const* states, size_t count, const Type& result) {
  return nested_of_bytes(finish_lag<StringRef>(states, count, Type::bytes()), result);
}

void save_value(const Bytes& value, ByteWriter& out) {
  out.write_varint(value ? value->size() + 1 : 0);
  out.write_bytes(value ? std::string_view(*value) : std::string_view());
}
Bytes load_value(ByteReader& in) {
  const uint64_t size = in.read_varint();
  return size == 0 ? Bytes() : Bytes(CountedText(in.take(size - 1)));
}

void save_lag(const char* state, ByteWriter& out) {
  const Lag& lag = *state_at<Lag*>(state);
  out.write_varint(lag.offset);
  save_value(lag.otherwise, out);
  out.write_varint(lag.values.size());
  for (const Bytes& value : lag.values) {
    save_value(value, out);
  }
}
void load_lag(char* state, ByteReader& in) {
  Lag& lag = *lag_at(state);
  lag.offset = in.read_varint();
  lag.otherwise = load_value(in);
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    lag.values.push_back(load_value(in));
  }
}

AggregateSignature signature_of_place(const char* name, Type result) {
  AggregateSignature signature;
  signature.name = name;
  signature.result = std::move(result);
  return signature;
}

std::optional<AggregateSignature> bind_part_of_one(const char* name, std::span<const Type> given) {
  if (!given.empty()) {
    return std::nullopt;
  }
  return signature_of_place(name, Type::of(TypeKind::double_, false));
}

std::optional<AggregateSignature> bind_ntile(std::span<const Type> given) {
  if (given.size() != 1 || given[0].kind != TypeKind::integer) {
    return std::nullopt;
  }
  AggregateSignature signature = signature_of_place("NTILE", Type::of(TypeKind::bigint, false));
  signature.arguments = {given[0]};
  return signature;
}

std::optional<AggregateSignature> bind_lag(std::span<const Type> given) {
  if (given.empty() || given.size() > 3 || given[0].kind == TypeKind::null_ ||
      (given.size() > 1 && !given[1].is_integer())) {
    return std::nullopt;
  }
  AggregateSignature signature;
  signature.name = "LAG";
  signature.arguments = {given[0]};
  if (given.size() > 1) {
    signature.arguments.push_back(Type::of(TypeKind::integer));
  }
  if (given.size() > 2) {
    signature.arguments.push_back(given[0].as_nullable(given[2].nullable));
  }
  // As Flink has it, which thinks of the rows that have none before them alone.
  signature.result = given[0].as_nullable(given.size() < 3 || given[2].nullable);
  signature.size = sizeof(Lag*);
  signature.init = init_lag;
  signature.destroy = destroy_lag;
  signature.save = save_lag;
  signature.load = load_lag;
  if (given[0].physical() == Physical::nested) {
    signature.update = update_nested_lag;
    signature.finish = finish_nested_lag;
    return signature;
  }
  with_physical(given[0].physical(), [&](auto zero) {
    signature.update = update_lag<decltype(zero)>;
    signature.finish = finish_lag<decltype(zero)>;
  });
  return signature;
}

std::optional<AggregateSignature> bind_lead(std::span<const Type> given) {
  const auto lag = bind_lag(given);
  if (!lag) {
    return std::nullopt;
  }
  AggregateSignature signature = signature_of_place("LEAD", lag->result);
  signature.arguments = lag->arguments;
  return signature;
}

std::optional<WrongArgument> check_ntile(std::span<const Expression> arguments) {
  if (arguments.size() != 1) {
    return std::nullopt;
  }
  const bool is_number =
      arguments[0].kind == ExpressionKind::literal && arguments[0].type.kind == TypeKind::integer &&
      !arguments[0].literal.is_null(0) && arguments[0].literal.values<int32_t>()[0] > 0;
  return is_number
             ? std::nullopt
             : std::optional(WrongArgument{0, "NTILE takes the number of its parts, 1 at least"});
}

constexpr AggregateFunction kFunctions[] = {
    {"ROW_NUMBER", "ROW_NUMBER() OVER (...)", "The number of the row in its partition, from 1.",
     bind_row_number},
    {"RANK", "RANK() OVER (...)",
     "The number of the last row of this one's time, from 1; in batch mode of the first one.",
     [](std::span<const Type> given) { return bind_rank("RANK", given); }},
    {"DENSE_RANK", "DENSE_RANK() OVER (...)", "The same as RANK; in batch mode peers count once.",
     [](std::span<const Type> given) { return bind_rank("DENSE_RANK", given); }},
    {.name = "PERCENT_RANK",
     .signature = "PERCENT_RANK() OVER (...)",
     .description =
         "In batch mode: the part of the other rows that is ahead of this one and its peers.",
     .bind = [](std::span<const Type> given) { return bind_part_of_one("PERCENT_RANK", given); },
     .in_batch_alone = true},
    {.name = "CUME_DIST",
     .signature = "CUME_DIST() OVER (...)",
     .description = "In batch mode: the part of all rows that is not behind this one.",
     .bind = [](std::span<const Type> given) { return bind_part_of_one("CUME_DIST", given); },
     .in_batch_alone = true},
    {.name = "NTILE",
     .signature = "NTILE(n) OVER (...)",
     .description = "In batch mode: which of `n` parts of nearly one size the row is in, from 1.",
     .bind = bind_ntile,
     .check = check_ntile,
     .in_batch_alone = true},
    {.name = "LEAD",
     .signature = "LEAD(value [, offset [, default]]) OVER (...)",
     .description = "In batch mode: the value in the row behind this one, or `offset` rows behind.",
     .bind = bind_lead,
     .in_batch_alone = true},
    {"LAG", "LAG(value [, offset [, default]]) OVER (...)",
     "The value in the row before this one, or `offset` rows before.", bind_lag},
};

}  // namespace

std::span<const AggregateFunction> position_functions() { return kFunctions; }

}  // namespace millrace::function

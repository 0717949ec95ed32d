// A key's hash is one, whether it is found as the key is read or of its row.

#include "state/key_rows.h"

#include <doctest/doctest.h>

#include "column/builder.h"
#include "column/physical.h"

namespace millrace::state {

namespace {

constexpr size_t kRows = 40;

template <typename T>
void add_some(ColumnBuilder& builder, size_t i) {
  if constexpr (std::is_same_v<T, StringRef>) {
    builder.add_string(std::string(i % 30, 'x') + std::to_string(i));
  } else {
    builder.add<T>(static_cast<T>(i * 37) - static_cast<T>(11));
  }
}

Column column_of(const Type& type) {
  ColumnBuilder builder(type);
  for (size_t i = 0; i < kRows; ++i) {
    if (i % 7 == 3) {
      builder.add_null();
    } else {
      with_physical(type.physical(), [&](auto zero) { add_some<decltype(zero)>(builder, i); });
    }
  }
  return builder.finish();
}

Column lists_of(const Column& elements) {
  const auto offsets = std::make_shared<std::vector<uint32_t>>();
  for (uint32_t i = 0; i <= kRows; ++i) {
    offsets->push_back(i);
  }
  return Column::list(Type::array(elements.type()), kRows, offsets, {elements}, nullptr);
}

void check_same_hashes(const std::vector<Column>& keys) {
  std::vector<Type> types;
  for (const Column& key : keys) {
    types.push_back(key.type());
  }
  const KeyLayout layout(types);
  KeyRows rows(&layout);
  rows.read(keys, Rows(kRows));
  for (size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(layout.describe());
    CHECK(layout.hash(rows.row(i)) == rows.hash(i));
  }
}

}  // namespace

TEST_CASE("the hash of a key's row is that of the key") {
  std::vector<Column> all;
  for (const Type& type :
       {Type::of(TypeKind::boolean), Type::of(TypeKind::tinyint), Type::of(TypeKind::smallint),
        Type::of(TypeKind::integer), Type::of(TypeKind::bigint), Type::of(TypeKind::float_),
        Type::of(TypeKind::double_), Type::decimal(10, 2), Type::decimal(38, 4), Type::string(),
        Type::bytes(), Type::of(TypeKind::date), Type::timestamp(3), Type::timestamp_ltz(9)}) {
    all.push_back(column_of(type));
  }
  all.push_back(lists_of(column_of(Type::string())));
  for (const Column& key : all) {
    check_same_hashes({key});
  }
  check_same_hashes(all);
}

}  // namespace millrace::state

#include "codec/json/record_shape.h"

#include <doctest/doctest.h>

#include "base/shared_bytes.h"
#include "codec/decoder.h"
#include "codec/json/rows_writer.h"

namespace millrace::codec {

TEST_CASE("records of several kinds are each walked, whichever came first") {
  const auto part = [](const char* name) {
    return Type::row({{name, Type::of(TypeKind::bigint)}}, true);
  };
  RowsWriter rows(
      Schema{
          {{"kind", Type::of(TypeKind::integer)}, {"person", part("id")}, {"bid", part("price")}}},
      JsonOptions());
  RecordShape shape(rows.members());
  // In the first the bid is no object, so that `,"bid":` is a piece, and a part of another.
  const std::string person = R"({"kind":0,"person":{"id":7},"bid":null})";
  const std::string bid = R"({"kind":2,"person":null,"bid":{"price":5}})";
  for (const std::string& record : {person, bid}) {
    shape.learn(record);
  }
  rows.begin(2);
  for (const std::string& record : {person, bid}) {
    const SharedBytes padded = SharedBytes::copy_of(record + std::string(kPadding, ' '));
    CHECK(shape.read(padded.view().substr(0, record.size()), rows.row()));
    CHECK(!rows.finish_row());
  }
}

}  // namespace millrace::codec

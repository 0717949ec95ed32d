#include "function/aggregate/nested_values.h"

#include "column/builder.h"
#include "column/nested_bytes.h"

namespace millrace::function {

Column bytes_of_nested(const Column& values) {
  ColumnBuilder builder(Type::bytes());
  for (size_t row = 0; row < values.size(); ++row) {
    if (values.is_null(row)) {
      builder.add_null();
      continue;
    }
    ByteWriter out;
    write_nested(values, row, out);
    builder.add_string(out.take());
  }
  return builder.finish();
}

Column nested_of_bytes(const Column& bytes, const Type& type) {
  const View<StringRef> view(bytes);
  std::vector<std::string_view> values;
  values.reserve(bytes.size());
  for (size_t row = 0; row < bytes.size(); ++row) {
    values.push_back(view.is_null(row) ? std::string_view() : view[row].view());
  }
  return read_nested(type, values);
}

}  // namespace millrace::function

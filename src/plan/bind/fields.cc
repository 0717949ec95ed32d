#include "plan/bind/fields.h"

#include "base/similar.h"
#include "function/nested.h"
#include "plan/bind/literals.h"
#include "plan/literal_value.h"

namespace millrace::plan {

using function::Expression;

Expression field_named(Expression row, const sql::Name& name) {
  if (row.type.kind != TypeKind::row) {
    throw Error(ErrorCode::type_mismatch,
                "'." + name.text + "' names a field, but the value before it is " +
                    row.type.as_nullable().to_string() + " and no ROW",
                name.position);
  }
  std::vector<std::string> names;
  for (const Field& field : *row.type.children) {
    if (field.name == name.text) {
      return function::field_of(std::move(row), names.size());
    }
    names.push_back(field.name);
  }
  throw Error(ErrorCode::not_found,
              "unknown field '" + name.text + "'" + did_you_mean(name.text, names), name.position);
}

Expression field_at(Expression row, const sql::Expression& index) {
  if (const auto* name = std::get_if<sql::StringLiteral>(&index.node)) {
    return field_named(std::move(row), {index.position, name->value});
  }
  const auto* written = std::get_if<sql::NumberLiteral>(&index.node);
  const auto number =
      written == nullptr
          ? std::nullopt
          : whole_value(number_literal(written->text, written->approximate, index.position));
  const auto fields = static_cast<int64_t>(row.type.children->size());
  if (!number || *number < 1 || *number > fields) {
    throw Error(ErrorCode::invalid_argument,
                "a field of a ROW is a name or a number from 1 to " + std::to_string(fields) +
                    ", written as a constant: row['name'] or row[1]",
                index.position);
  }
  return function::field_of(std::move(row), static_cast<size_t>(*number - 1));
}

}  // namespace millrace::plan

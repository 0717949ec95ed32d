#include "plan/bind/table_definitions.h"

#include "base/similar.h"
#include "function/evaluate.h"
#include "plan/bind/expressions.h"
#include "plan/bind/types.h"
#include "plan/columns.h"
#include "sql/parser.h"
#include "sql/printer.h"

namespace millrace::plan {

namespace {

[[noreturn]] void fail_unknown_column(const catalog::Table& table, const sql::Name& name) {
  std::vector<std::string> names;
  for (const catalog::ColumnDefinition& column : table.columns) {
    names.push_back(column.name);
  }
  throw Error(ErrorCode::not_found,
              "unknown column '" + name.text + "'" + did_you_mean(name.text, names), name.position);
}

size_t number_of(const catalog::Table& table, const sql::Name& name) {
  const std::optional<size_t> number = table.find(name.text);
  if (!number) {
    fail_unknown_column(table, name);
  }
  return *number;
}

// --- Columns ---

catalog::ColumnDefinition bind_declared(const sql::ColumnDefinition& written) {
  catalog::ColumnDefinition column;
  column.name = written.name.text;
  column.comment = written.comment.value_or("");
  if (written.kind == sql::ColumnDefinition::Kind::computed) {
    column.kind = catalog::ColumnKind::computed;
    return column;
  }
  column.type = bind_type(*written.type);
  if (written.kind == sql::ColumnDefinition::Kind::metadata) {
    column.kind = catalog::ColumnKind::metadata;
    column.metadata_key = written.metadata_key.value_or(column.name);
    column.is_virtual = written.is_virtual;
  }
  return column;
}

// Computed columns see the columns that are not computed, wherever those stand, as in Flink.
void bind_computed(const sql::CreateTable& written, const UserFunctions& functions,
                   catalog::Table& table) {
  Scope scope(&functions);
  std::vector<size_t> numbers;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].kind != catalog::ColumnKind::computed) {
      scope.add({table.name, table.columns[i].name, table.columns[i].type});
      numbers.push_back(i);
    }
  }
  const ExpressionBinder binder(&scope);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    catalog::ColumnDefinition& column = table.columns[i];
    if (column.kind == catalog::ColumnKind::computed) {
      column.expression = renumbered(binder.bind(*written.columns[i].expression), numbers);
      column.type = column.expression->type;
      column.expression_text = sql::to_sql(*written.columns[i].expression);
    }
  }
}

void bind_columns(const sql::CreateTable& written, const UserFunctions& functions,
                  catalog::Table& table) {
  for (const sql::ColumnDefinition& column : written.columns) {
    if (table.find(column.name.text)) {
      throw Error(ErrorCode::invalid_argument, "column '" + column.name.text + "' is defined twice",
                  column.name.position);
    }
    table.columns.push_back(bind_declared(column));
  }
  bind_computed(written, functions, table);
}

// Throws Error where CAST leads from no value of the metadata to one of its column.
void check_metadata(const sql::CreateTable& written, const catalog::ConnectorDescription& connector,
                    const catalog::Table& table) {
  for (const catalog::OptionDescription& metadata : connector.metadata) {
    const Type type = bind_type(sql::parse_types(metadata.type, {}).front());
    for (size_t i = 0; i < table.columns.size(); ++i) {
      const catalog::ColumnDefinition& column = table.columns[i];
      if (column.kind == catalog::ColumnKind::metadata && column.metadata_key == metadata.key &&
          !function::can_cast(type, column.type)) {
        throw Error(ErrorCode::type_mismatch,
                    "column '" + column.name + "' cannot be " + column.type.to_string() +
                        ": the metadata '" + column.metadata_key + "' of connector '" +
                        std::string(connector.name) + "' is " + type.as_nullable().to_string(),
                    written.columns[i].type->position);
      }
    }
  }
}

// --- Constraints ---

void bind_primary_key(const sql::PrimaryKey& key, catalog::Table& table) {
  if (key.enforced) {
    throw Error(
        ErrorCode::invalid_argument,
        "a primary key is not checked against the data: write PRIMARY KEY (...) NOT ENFORCED",
        key.position);
  }
  for (const sql::Name& name : key.columns) {
    const size_t number = number_of(table, name);
    catalog::ColumnDefinition& column = table.columns[number];
    if (column.kind != catalog::ColumnKind::physical) {
      throw Error(ErrorCode::invalid_argument,
                  "column '" + name.text + "' of the primary key is not a physical column",
                  name.position);
    }
    column.type = column.type.as_nullable(false);
    table.primary_key.push_back(number);
  }
}

void check_rowtime(const Type& type, const sql::Name& name) {
  constexpr int32_t kFinest = 3;  // watermarks count milliseconds
  if (!type.is_timestamp() || type.precision > kFinest) {
    throw Error(
        ErrorCode::type_mismatch,
        "the watermark's column must be TIMESTAMP(p) or TIMESTAMP_LTZ(p) with p from 0 to 3, "
        "but '" +
            name.text + "' is " + type.as_nullable().to_string(),
        name.position);
  }
}

void bind_watermark(const sql::WatermarkDefinition& written, const UserFunctions& functions,
                    catalog::Table& table) {
  if (written.column.parts.size() > 1) {
    throw Error(ErrorCode::unsupported, "a watermark over a field of a row is not supported",
                written.column.position());
  }
  catalog::WatermarkDefinition watermark;
  const sql::Name& name = written.column.last();
  watermark.column = number_of(table, name);
  const Type type = table.columns[watermark.column].type;
  check_rowtime(type, name);
  const Scope scope(table.name, table.schema(), &functions);
  watermark.expression = ExpressionBinder(&scope).bind(*written.expression);
  watermark.text = sql::to_sql(*written.expression);
  if (watermark.expression.type.kind != type.kind) {
    throw Error(ErrorCode::type_mismatch,
                "the watermark must be " + type.as_nullable().to_string() + " as its column '" +
                    name.text + "' is, but is " +
                    watermark.expression.type.as_nullable().to_string(),
                written.expression->position);
  }
  watermark.expression = implicitly_cast(std::move(watermark.expression), type);
  table.watermark = std::move(watermark);
}

void check_elements(const sql::CreateTable& written) {
  if (written.columns.empty()) {
    throw Error(ErrorCode::invalid_argument, "a table needs columns", written.name.position());
  }
  if (written.watermarks.size() > 1) {
    throw Error(ErrorCode::invalid_argument, "a table has at most one watermark",
                written.watermarks[1].position);
  }
}

}  // namespace

catalog::Table bind_table(const sql::CreateTable& written, const catalog::ObjectName& name,
                          const catalog::Connections& connections, const UserFunctions& functions) {
  check_elements(written);
  catalog::Table table;
  table.name = name.name;
  table.space = name.space;
  table.comment = written.comment.value_or("");
  table.temporary = written.temporary;
  bind_columns(written, functions, table);
  if (written.primary_key) {
    bind_primary_key(*written.primary_key, table);
    table.primary_key_name = written.primary_key->name ? written.primary_key->name->text : "";
  }
  for (const sql::Name& column : written.partitioned_by) {
    table.partitioned_by.push_back(number_of(table, column));
  }
  for (const sql::WatermarkDefinition& watermark : written.watermarks) {
    bind_watermark(watermark, functions, table);
  }
  for (const sql::Option& option : written.options) {
    if (!table.options.emplace(option.key, catalog::Option{option.value, option.key_position})
             .second) {
      throw Error(ErrorCode::invalid_argument, "option '" + option.key + "' is given twice",
                  option.key_position);
    }
  }
  catalog::check_options(table, connections, written.name.position());
  if (const auto* connector = connections.find_connector(table.connector())) {
    check_metadata(written, *connector, table);
  }
  table.gives = connections.given_by(table);
  table.takes = connections.taken_by(table);
  table.reads_members = connections.reads_members_of(table);
  return table;
}

static void refuse_interval(const sql::TypeName& type) {
  if (type.word == sql::TypeWord::interval) {
    throw Error(ErrorCode::invalid_argument,
                "a column cannot be declared INTERVAL: a BIGINT takes its milliseconds or months",
                type.position);
  }
  for (const sql::TypeName& argument : type.arguments) {
    refuse_interval(argument);
  }
  for (const sql::RowField& field : type.fields) {
    refuse_interval(field.type);
  }
}

void refuse_intervals(const std::vector<sql::ColumnDefinition>& columns) {
  for (const sql::ColumnDefinition& column : columns) {
    if (column.type) {
      refuse_interval(*column.type);
    }
  }
}

}  // namespace millrace::plan

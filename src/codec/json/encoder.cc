#include "codec/json/encoder.h"

#include "codec/json/value_text.h"
#include "codec/option_error.h"

namespace millrace::codec {

namespace {

class JsonEncoder final : public Encoder {
 public:
  JsonEncoder(const Schema& schema, JsonOptions options) : options_(std::move(options)) {
    for (const Field& field : schema.fields) {
      check_has_json(field.type, field.name);
      std::string name;
      append_json_text(field.name, name);
      names_.push_back(name + ":");
    }
  }

  void begin(const Batch& rows) override { rows_ = &rows; }

  void append(uint32_t row, std::string& out) override {
    char separator = '{';
    for (size_t i = 0; i < names_.size(); ++i) {
      const Column& column = rows_->columns[i];
      if (options_.ignore_null_fields && column.is_null(row)) {
        continue;
      }
      out += separator;
      separator = ',';
      out += names_[i];
      append_json_value(column, row, options_, out);
    }
    out += separator == '{' ? "{}" : "}";
  }

 private:
  JsonOptions options_;
  std::vector<std::string> names_;  // `"region":`
  const Batch* rows_ = nullptr;
};

class DebeziumJsonEncoder final : public Encoder {
 public:
  DebeziumJsonEncoder(const Schema& schema, const JsonOptions& options)
      : rows_(schema, options), nulls_(!options.ignore_null_fields) {
    if (options.schema_include) {
      throw OptionError(ErrorCode::invalid_argument, "schema-include",
                        "Debezium JSON serialization doesn't support "
                        "'debezium-json.schema-include' option been set to true: it is for "
                        "reading");
    }
  }

  void begin(const Batch& rows) override {
    batch_ = &rows;
    rows_.begin(rows);
  }

  void append(uint32_t row, std::string& out) override {
    const RowKind kind = batch_->kind(row);
    if (is_addition(kind)) {
      out += nulls_ ? R"({"before":null,"after":)" : R"({"after":)";
      rows_.append(row, out);
      out += R"(,"op":"c"})";
    } else {
      out += R"({"before":)";
      rows_.append(row, out);
      out += nulls_ ? R"(,"after":null,"op":"d"})" : R"(,"op":"d"})";
    }
  }

 private:
  JsonEncoder rows_;
  bool nulls_;
  const Batch* batch_ = nullptr;
};

}  // namespace

std::unique_ptr<Encoder> make_json_encoder(const Schema& schema, const JsonOptions& options) {
  return std::make_unique<JsonEncoder>(schema, options);
}

std::unique_ptr<Encoder> make_debezium_json_encoder(const Schema& schema,
                                                    const JsonOptions& options) {
  return std::make_unique<DebeziumJsonEncoder>(schema, options);
}

}  // namespace millrace::codec

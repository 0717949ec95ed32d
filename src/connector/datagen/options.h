#pragma once

// WITH ('connector' = 'datagen', ...): made-up rows, with the options that Flink's connector has.

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/time.h"
#include "catalog/connector_description.h"
#include "catalog/table.h"
#include "column/column.h"

namespace millrace::connector {

extern const catalog::ConnectorDescription kDatagenConnector;

struct DatagenOptions {
  int64_t rows_per_second = 0;
  std::optional<int64_t> number_of_rows;  // nothing: without end

  // Throws Error at the option's position for what makes no sense.
  static DatagenOptions from(const catalog::Table& table);
};

// The options "fields.<path>.*" of one column, or of a part of one: "fields.address.city.length".
class FieldOptions {
 public:
  // `table` and `known` outlive this; `known` takes the keys that were asked for.
  FieldOptions(const catalog::Table& table, std::string path, std::set<std::string>& known)
      : table_(&table), path_(std::move(path)), known_(&known) {}

  FieldOptions part(const std::string& name) const;

  bool is_given(const std::string& name) const;
  std::string text(const std::string& name, const std::string& otherwise) const;
  int64_t integer(const std::string& name, int64_t otherwise, int64_t least) const;
  double rate(const std::string& name) const;  // 0 to 1; 0 where it is not given
  Duration duration(const std::string& name) const;
  // A column of one row: the option as a value of that type. It must be given.
  Column value(const std::string& name, const Type& type) const;

  // At the option where it is given.
  [[noreturn]] void refuse(const std::string& name, const std::string& why) const;

 private:
  std::string key(const std::string& name) const;

  const catalog::Table* table_;
  std::string path_;
  std::set<std::string>* known_;
};

}  // namespace millrace::connector

#pragma once

// Which columns a scan wants of the records, and which of the connector.

#include <functional>
#include <vector>

#include "catalog/table.h"
#include "column/column.h"
#include "plan/nodes.h"

namespace millrace::connector {

// What a decoder is made for: the physical columns among those that are read.
// Columns named by `outside` are in no record: partitions' names hold them.
Schema read_schema(const plan::Scan& scan, const std::vector<size_t>& outside = {});

// The same of these columns of a table, by number and each as a whole.
Schema read_schema(const catalog::Table& table, const std::vector<size_t>& columns,
                   const std::vector<size_t>& outside = {});

// All columns that are in a record, in their order.
Schema whole_record(const catalog::Table& table, const std::vector<size_t>& outside = {});

// The key under which a connector gives a metadata column.
const std::string& metadata_key(const catalog::ColumnDefinition& column);

// The scan's columns in its order: decoded ones as they come, the others from `other`.
std::vector<Column> scan_columns(
    const plan::Scan& scan, const std::vector<size_t>& outside, std::vector<Column> decoded,
    const std::function<Column(const catalog::ColumnDefinition& column)>& other);

}  // namespace millrace::connector

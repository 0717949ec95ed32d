#include "exec/operators/to_changelog.h"

#include "column/builder.h"
#include "exec/rejecting.h"
#include "plan/change_words.h"

namespace millrace::exec {

ToChangelog::ToChangelog(const plan::ToChangelog& node, const TaskContext& task)
    : task_(task), is_named_() {
  ColumnBuilder words(node.schema.fields.back().type);
  for (const RowKind kind : plan::kAllKinds) {
    const auto word = node.mapping.find(kind);
    is_named_[static_cast<size_t>(kind)] = word != node.mapping.end();
    words.add_string(word != node.mapping.end() ? word->second : "");
  }
  words_ = words.finish();
}

void ToChangelog::push(Port, Batch rows, Output& out) {
  auto kinds = std::make_shared<std::vector<uint32_t>>(rows.physical_size);
  Selection unnamed;
  for_each(rows.rows(), [&](uint32_t row) {
    const auto kind = static_cast<uint32_t>(rows.kind(row));
    (*kinds)[row] = kind;
    if (!is_named_[kind]) {
      unnamed.push_back(row);
    }
  });
  task_.counts().filtered += unnamed.size();
  deselect(rows, unnamed);
  rows.columns.push_back(Column::dictionary(words_, std::move(kinds)));
  rows.kinds.clear();
  out.push(std::move(rows));
}

}  // namespace millrace::exec

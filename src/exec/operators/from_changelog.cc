#include "exec/operators/from_changelog.h"

#include "exec/rejecting.h"

namespace millrace::exec {

void FromChangelog::push(Port, Batch rows, Output& out) {
  reject_null(rows, node_->op, "the row does not say which change it is: its op column is NULL",
              out);
  const View<StringRef> words(rows.columns[node_->op]);
  Selection unknown;
  rows.kinds.assign(rows.physical_size, RowKind::insert);
  for_each(rows.rows(), [&](uint32_t row) {
    const std::string word(words[row].view());
    const auto kind = node_->mapping.find(word);
    if (kind != node_->mapping.end()) {
      rows.kinds[row] = kind->second;
    } else {
      out.reject(rows, row, reason_against(word));
      unknown.push_back(row);
    }
  });
  deselect(rows, unknown);
  out.push(std::move(rows));
}

std::string FromChangelog::reason_against(const std::string& word) const {
  std::string known;
  for (const auto& [name, kind] : node_->mapping) {
    known += (known.empty() ? "" : ", ") + name;
  }
  return "invalid op code '" + word + "'; there are " + known;
}

}  // namespace millrace::exec

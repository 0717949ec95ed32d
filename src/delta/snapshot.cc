#include "delta/snapshot.h"

#include "base/check.h"
#include "base/error.h"
#include "delta/protocol.h"
#include "delta/schema_json.h"

namespace millrace::delta {

void Snapshot::apply(Version version, std::span<const Action> actions) {
  check(version_.value == -1 || version == version_ + 1, "a gap in the replay of a Delta log");
  version_ = version;
  // A commit that rewrites a file's deletion vector removes and adds the same path, in any order.
  for (const Action& action : actions) {
    if (const auto* remove = std::get_if<Remove>(&action)) {
      apply(*remove);
    }
  }
  for (const Action& action : actions) {
    if (!std::holds_alternative<Remove>(action)) {
      std::visit([this](const auto& held) { apply(held); }, action);
    }
  }
}

void Snapshot::apply(const Add& add) {
  removed_.erase(add.path);
  files_.insert_or_assign(add.path, add);
}

void Snapshot::apply(const Remove& remove) {
  Remove& kept = removed_.insert_or_assign(remove.path, remove).first->second;
  const auto file = files_.find(remove.path);
  if (file != files_.end() && !kept.partition_values) {
    kept.partition_values = file->second.partition_values;
  }
  files_.erase(remove.path);
}

void Snapshot::validate() {
  if (!protocol_ || !metadata_ || metadata_->schema_json.empty()) {
    throw Error(ErrorCode::corrupt, "Delta log has no protocol or no schema up to version " +
                                        std::to_string(version_.value));
  }
  // The protocol first: it explains better than the schema parser why we cannot read on.
  check_readable(*protocol_, *metadata_);
  schema_ = schema_from_json(metadata_->schema_json);
  for (const auto& [path, add] : files_) {
    if (!add.deletion_vector.empty()) {
      throw Error(ErrorCode::unsupported, "cannot read Delta table: '" + path +
                                              "' has a deletion vector, which is not supported");
    }
  }
}

const Protocol& Snapshot::protocol() const {
  check(protocol_.has_value());
  return *protocol_;
}

const Metadata& Snapshot::metadata() const {
  check(metadata_.has_value());
  return *metadata_;
}

std::optional<int64_t> Snapshot::transaction_version(const std::string& app_id) const {
  const auto found = transactions_.find(app_id);
  return found != transactions_.end() ? std::optional(found->second.version) : std::nullopt;
}

}  // namespace millrace::delta

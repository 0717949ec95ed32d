#pragma once

// A table as of one version: what is left of its log once every action has been replayed.

#include <map>
#include <optional>
#include <span>
#include <string>

#include "column/type.h"
#include "delta/actions.h"

namespace millrace::delta {

class Snapshot {
 public:
  // The state after the commit `version`, which holds these actions and follows the one before.
  void apply(Version version, std::span<const Action> actions);
  // After the last apply(): sees that there is a protocol and a schema by which we may read, and
  // takes the schema up. Throws Error(unsupported), or Error(corrupt) where the log ended early.
  void validate();

  Version version() const { return version_; }
  const Protocol& protocol() const;
  const Metadata& metadata() const;
  const Schema& schema() const { return schema_; }
  // The data files that count, by path.
  const std::map<std::string, Add>& files() const { return files_; }
  // Files that counted once, until they are vacuumed.
  const std::map<std::string, Remove>& removed() const { return removed_; }
  const std::map<std::string, Txn>& transactions() const { return transactions_; }
  // The last version that an application committed.
  std::optional<int64_t> transaction_version(const std::string& app_id) const;

 private:
  void apply(const Protocol& protocol) { protocol_ = protocol; }
  void apply(const Metadata& metadata) { metadata_ = metadata; }
  void apply(const Add& add);
  void apply(const Remove& remove);
  void apply(const Txn& txn) { transactions_[txn.app_id] = txn; }

  Version version_{-1};
  std::optional<Protocol> protocol_;
  std::optional<Metadata> metadata_;
  Schema schema_;
  std::map<std::string, Add> files_;
  std::map<std::string, Remove> removed_;
  std::map<std::string, Txn> transactions_;
};

}  // namespace millrace::delta

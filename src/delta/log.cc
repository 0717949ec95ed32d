#include "delta/log.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <map>

#include "base/error.h"
#include "codec/parquet/parquet.h"
#include "delta/checkpoint.h"
#include "io/files.h"

namespace millrace::delta {

Log::Log(io::Files* files, codec::Parquet* parquet, const std::string& table_path)
    : files_(files), parquet_(parquet), directory_(io::join(table_path, "_delta_log")) {}

bool Log::exists() const {
  const auto files = list();
  return !files.commits.empty() || !files.checkpoints.empty();
}

std::string Log::path_of(Version version, std::string_view suffix) const {
  std::array<char, 24> number{};
  std::snprintf(number.data(), number.size(), "%020lld", static_cast<long long>(version.value));
  return io::join(directory_, std::string(number.data()) + std::string(suffix));
}

std::optional<std::vector<Action>> Log::read(Version version) const {
  const std::string path = path_of(version, ".json");
  if (!files_->exists(path)) {
    return std::nullopt;
  }
  return parse_actions(files_->read_all(path));
}

bool Log::put(Version version, std::string_view lines) {
  return files_->put_if_absent(path_of(version, ".json"), lines);
}

// "00000000000000000010.checkpoint.0000000001.0000000003.parquet": how many parts it should have;
// 1 for the undivided kind, 0 for a name that is no checkpoint that we read.
static size_t parts_of(std::string_view suffix) {
  if (suffix == ".checkpoint.parquet") {
    return 1;
  }
  constexpr std::string_view kHead = ".checkpoint.0000000001.";
  constexpr size_t kDigits = 10;
  if (!suffix.starts_with(".checkpoint.") || !suffix.ends_with(".parquet") ||
      suffix.size() != kHead.size() + kDigits + std::string_view(".parquet").size()) {
    return 0;
  }
  size_t parts = 0;
  const char* at = suffix.data() + kHead.size();
  return std::from_chars(at, at + kDigits, parts).ptr == at + kDigits ? parts : 0;
}

Log::Listing Log::list() const {
  constexpr size_t kDigits = 20;
  Listing listing;
  std::map<std::pair<int64_t, size_t>, std::vector<std::string>> checkpoints;
  for (const std::string& name : files_->list(directory_)) {
    Version version;
    const char* end = name.data() + std::min(kDigits, name.size());
    if (name.size() < kDigits || std::from_chars(name.data(), end, version.value).ptr != end) {
      continue;
    }
    const std::string_view suffix = std::string_view(name).substr(kDigits);
    if (suffix == ".json") {
      listing.commits.push_back(version);
    } else if (const size_t parts = parts_of(suffix)) {
      checkpoints[{version.value, parts}].push_back(io::join(directory_, name));
    }
  }
  for (auto& [key, paths] : checkpoints) {
    if (paths.size() == key.second) {
      listing.checkpoints.emplace_back(Version(key.first), std::move(paths));
    }
  }
  return listing;
}

std::optional<Snapshot> Log::load_checkpoint(Version version,
                                             const std::vector<std::string>& parts) const {
  std::vector<Action> actions;
  for (const std::string& part : parts) {
    try {
      for (Action& action : decode_checkpoint(files_->read_all(part), *parquet_)) {
        actions.push_back(std::move(action));
      }
    } catch (const Error&) {
      // A torn checkpoint is no loss: an older one or the commits remain.
      return std::nullopt;
    }
  }
  Snapshot snapshot;
  snapshot.apply(version, actions);
  return snapshot;
}

std::optional<Snapshot> Log::load() const {
  const Listing listing = list();
  if (listing.commits.empty() && listing.checkpoints.empty()) {
    return std::nullopt;
  }
  std::optional<Snapshot> snapshot;
  for (auto at = listing.checkpoints.rbegin(); at != listing.checkpoints.rend() && !snapshot;
       ++at) {
    snapshot = load_checkpoint(at->first, at->second);
  }
  if (!snapshot) {
    snapshot.emplace();
  }
  for (const Version version : listing.commits) {
    if (version <= snapshot->version()) {
      continue;
    }
    if (version != snapshot->version() + 1) {
      throw Error(ErrorCode::corrupt, "cannot replay '" + directory_ + "': expected version " +
                                          std::to_string(snapshot->version().value + 1) +
                                          ", found " + std::to_string(version.value));
    }
    snapshot->apply(version, parse_actions(files_->read_all(path_of(version, ".json"))));
  }
  snapshot->validate();
  return snapshot;
}

void Log::put_checkpoint(const Snapshot& snapshot) {
  const EncodedCheckpoint checkpoint = encode_checkpoint(snapshot, *parquet_);
  files_->replace(path_of(snapshot.version(), ".checkpoint.parquet"), checkpoint.parquet);
  files_->replace(io::join(directory_, "_last_checkpoint"), checkpoint.last_checkpoint_json);
}

}  // namespace millrace::delta

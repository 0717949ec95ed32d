#pragma once

// The files that a sink writes: hidden while they grow, seen once they are whole. A file's life:
//
//   .part-<id>-0-7.inprogress.<id>   grows, over many epochs; its length so far is in each epoch's
//                                    token, and what lies behind it after a crash is cut off
//   part-<id>-0-7                    whole, in place with the epoch that finished it
//
// Names are Flink's: an id of the sink's own, the number of the writer (there is one) and that of
// the file. Files are not kept open between writes, as there may be many partitions.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "connector/filesystem/options.h"
#include "exec/task_context.h"

namespace millrace::connector {

class PartFiles {
 public:
  // `root` is the table's directory. Without a policy a file grows until it is finished.
  PartFiles(exec::TaskContext& task, std::string root, std::optional<RollingPolicy> policy);

  // Bytes of whole records, for a directory below the root ("" for the root itself).
  void append(const std::string& directory, std::string_view bytes);
  // Finishes the directory's file, where there is one.
  void finish(const std::string& directory);
  void finish_all();

  // What was appended is durable behind this. The token says which files are whole, and how far
  // the others have come. Null where there are none of either.
  Json prepare();
  // Puts whole files in place; takes up the others where that was not done yet, after a restart.
  void publish(const Json& token);

  // When a file will be too old, if nothing comes; asked for the next epoch's end.
  std::optional<Instant> due_at() const;

 private:
  struct Part {
    std::string hidden;  // names, below the directory
    std::string visible;
    uint64_t length = 0;  // written to the disk
    std::string buffer;
    Timestamp opened;
    Timestamp written;
    bool unsynced = false;
  };
  struct Whole {
    std::string directory;
    std::string hidden;
    std::string visible;
  };

  std::string directory_path(const std::string& directory) const;
  std::string path_of(const std::string& directory, const std::string& name) const;
  Part& open(const std::string& directory);
  void flush(const std::string& directory, Part& part);
  void sync(const std::string& directory, Part& part);
  bool is_too_old(const Part& part, Timestamp now) const;
  void take_up(const Json& open);
  void remove_garbage(const std::string& directory);
  std::string id() const;

  exec::TaskContext task_;
  std::string root_;
  std::optional<RollingPolicy> policy_;
  state::Numbers& names_;  // "high" and "low" of the id, the next file's number
  std::map<std::string, Part> open_;
  std::vector<Whole> whole_;  // of this epoch, synced by prepare()
  bool taken_up_ = false;     // what the last life left
};

}  // namespace millrace::connector

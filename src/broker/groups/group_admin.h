#pragma once

// What tools ask of consumer groups: who is in them, how far they have read, and where they are to
// go on. From any thread but the loop's: a question is posted to the loop and waited for.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "broker/groups/offsets.h"

namespace millrace::broker {

class Broker;

struct GroupSummary {
  std::string id;
  std::string state;
  std::string protocol_type;
  int64_t members = 0;
  std::optional<int64_t> lag = 0;  // nothing: it reads partitions for which it has not committed
};

struct GroupPartition {
  Offsets::Place place;
  std::optional<Offsets::Committed> committed;  // nothing: it is read, and was not committed yet
  Offset start;                                 // of the log
  Offset end;
  std::string member;  // who reads it now; empty for nobody
  std::optional<int64_t> lag() const {
    return committed ? std::optional(std::max<int64_t>(0, end - committed->offset)) : std::nullopt;
  }
};

struct GroupDescription {
  GroupSummary summary;
  struct Member {
    std::string id;
    std::optional<std::string> instance_id;
    std::string client_id;
    std::string host;
  };
  std::vector<Member> members;
  std::vector<GroupPartition> partitions;
};

// Where a group is to go on.
struct ResetTo {
  struct Earliest {};
  struct Latest {};
  struct Current {};  // where it is: to see, or to bring it within the log
  std::variant<Earliest, Latest, Current, Offset, int64_t, Timestamp,
               std::map<Offsets::Place, Offset>>
      target;  // an offset; a shift; the first record of that time or later; each partition's own
};

struct ResetScope {
  struct Topic {
    std::string name;
    std::vector<int32_t> partitions;  // none: all of them
  };
  std::vector<Topic> topics;  // none: those that the group has committed for
};

struct ResetOffset {
  Offsets::Place place;
  std::optional<Offset> before;
  Offset offset;
};

enum class ResetMode : uint8_t { show, execute };

class GroupAdmin {
 public:
  explicit GroupAdmin(Broker& broker);
  // What is still posted finds nothing to do.
  ~GroupAdmin();
  GroupAdmin(const GroupAdmin&) = delete;
  GroupAdmin& operator=(const GroupAdmin&) = delete;

  std::vector<GroupSummary> list();
  // Throws Error(not_found).
  GroupDescription describe(const std::string& group);
  // Throws Error: not_found, conflict while the group has members, unavailable where the log
  // refuses. What was answered is durable. With `show` nothing changes.
  std::vector<ResetOffset> reset(const std::string& group, const ResetScope& scope,
                                 const ResetTo& to, ResetMode mode);
  // Throws Error: not_found, conflict while the group has members.
  void remove(const std::string& group);
  // What groups committed for a topic that was deleted.
  void forget_topic(const std::string& topic);
  // As a pipeline does: soon, and without a promise. From any thread, without waiting.
  void commit(const std::string& group, std::vector<std::pair<Offsets::Place, Offset>> offsets);
  // How far the group has read; any thread, without waiting.
  std::optional<Offset> committed(const std::string& group, const Offsets::Place& place) const;

 private:
  void on_loop(std::function<void()> question);

  Broker& broker_;
  std::shared_ptr<Broker*> alive_;
};

}  // namespace millrace::broker

#pragma once

// One change of a running pipeline, on a thread of its own: to another version, back to the one
// before, or, to be looked at alone, what another version would make of the same input.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/json.h"
#include "base/metrics.h"
#include "base/random.h"
#include "change/versions.h"
#include "connector/connectors.h"
#include "io/world.h"
#include "server/change_request.h"
#include "server/pipelines.h"

namespace millrace::change {
enum class Side : uint8_t;
class Switch;
}  // namespace millrace::change

namespace millrace::server {

class PipelineChange {
 public:
  // Begins at once. Throws Error for what can be refused before that. What is given by reference
  // outlives this.
  PipelineChange(const io::World& world, Pipelines& pipelines,
                 const connector::Environment& environment, Pipelines::Current current,
                 const Json& request, uint64_t seed);
  // Gives up what is under way.
  ~PipelineChange();

  // Any thread.
  Json status() const;
  bool has_ended() const;
  void cancel();

 private:
  // How the new version comes to its state.
  enum class Way : uint8_t {
    catches_up,   // it builds its own, beside the old version
    goes_on,      // it takes the old version's, whose plan is the same
    begins_anew,  // none, as the old version failed before it had any
  };

  void prepare();
  void find_way();
  void check_can_pause(const exec::PipelineStatus& status) const;
  void run();
  void switch_versions();
  void catch_up();
  void go_on();
  std::string trouble_with_next();
  void put_in_force(const change::Versions& versions, const plan::Job& job);
  void remove_what_is_left();
  void compare();
  void try_sinks();
  std::unique_ptr<exec::Worker> compared(change::Side side, const plan::Job& job,
                                         exec::Connectors& connectors, const io::World& world);
  void wait_for(exec::Worker& old_version, exec::Worker& new_version);
  void end(const std::string& state, const std::string& reason);
  std::optional<int64_t> in_force_by(const change::Switch& change) const;
  void set_in_force(std::optional<int64_t> version);
  void show(std::string_view phase, uint64_t behind);
  // False where it was cancelled meanwhile.
  bool rest();

  Random random_;
  Metrics metrics_;
  Pipelines& pipelines_;
  connector::Environment environment_;
  Pipelines::Current current_;
  ChangeRequest request_;
  io::World world_;
  plan::Job job_;  // the new version's
  change::Versions next_;
  Way way_ = Way::catches_up;

  mutable std::mutex mutex_;  // all below
  std::condition_variable wake_;
  bool cancelled_ = false;
  std::string state_ = "running";
  std::string phase_;
  std::string reason_;
  std::optional<int64_t> in_force_;  // nothing where the disk does not say
  uint64_t behind_ = 0;
  Json tables_;

  std::thread thread_;
};

}  // namespace millrace::server

#include "change/switch.h"

#include <doctest/doctest.h>

#include <vector>

#include "exec/testing/world.h"

namespace millrace::change {

using exec::Extent;
using exec::PipelineState;
using exec::Positions;

namespace {

const Positions kRead{{"calls", {{0, 7}}}};
const Positions kReadable{{"calls", {{0, 9}}}};

// What is asked of it, and the status that a test gives it.
struct Told {
  exec::PipelineStatus status;
  std::vector<std::string> asked;
  std::optional<Positions> begun_at;
};

class ToldRun final : public Run {
 public:
  explicit ToldRun(Told& told) : told_(told) {}
  void pause(Extent extent) override {
    told_.asked.push_back(extent == Extent::read ? "pause at what was read" : "pause");
    pause_at(extent == Extent::read ? kRead : kReadable);
  }
  void pause_at(Positions positions) override {
    told_.status.state = PipelineState::paused;
    told_.status.paused_at = std::move(positions);
  }
  void resume() override {
    told_.asked.push_back("resume");
    told_.status.state = PipelineState::running;
  }
  exec::PipelineStatus status() const override { return told_.status; }

 private:
  Told& told_;
};

struct Setup {
  explicit Setup(PipelineState old_state) {
    old_told.status.state = old_state;
    file.write(before);
    file.begin(next.current, nullptr);
  }
  Switch begin() {
    return Switch(
        world.get(), file, before, next, old,
        [this](const exec::PipelineSpec&, const std::optional<Positions>& at) {
          new_told.begun_at = at;
          new_told.status.state = PipelineState::running;
          return std::make_unique<ToldRun>(new_told);
        },
        spec);
  }

  exec::testing::TestWorld world;
  VersionFile file{world.get(), "p"};
  Versions before{{1, ".", "a.sql", "one"}, std::nullopt};
  Versions next = file.followed_by(before, "a.sql", "two");
  exec::PipelineSpec spec;
  Told old_told;
  Told new_told;
  ToldRun old{old_told};
};

}  // namespace

TEST_CASE("a new version catches up, and meets the old one where that pauses") {
  Setup setup(PipelineState::running);
  Switch change = setup.begin();
  CHECK_FALSE(setup.new_told.begun_at);
  change.step();  // near enough to its end
  CHECK(setup.old_told.asked.empty());
  change.step();
  CHECK(setup.old_told.asked == std::vector<std::string>{"pause"});
  change.step();
  CHECK(setup.new_told.status.paused_at == kReadable);
  change.step();
  CHECK(change.phase() == Switch::Phase::switched);
  CHECK(setup.file.read() == setup.next);
}

TEST_CASE("where the old version failed, the new one reads up to what that has read") {
  Setup setup(PipelineState::failed);
  Switch change = setup.begin();
  CHECK(setup.old_told.asked == std::vector<std::string>{"pause at what was read"});
  change.step();
  CHECK(setup.new_told.begun_at == kRead);
  change.step();
  CHECK(change.phase() == Switch::Phase::meeting);  // as long as it takes
  setup.new_told.status.state = PipelineState::paused;
  change.step();
  CHECK(change.phase() == Switch::Phase::switched);
}

TEST_CASE("a failed version that cannot be brought up stays, and so does its file") {
  Setup setup(PipelineState::failed);
  Switch change = setup.begin();
  setup.old_told.status.state = PipelineState::failed;
  setup.old_told.status.reason = "its table is gone";
  change.step();
  CHECK(change.phase() == Switch::Phase::failed);
  CHECK(change.reason() == "the old version is failed: its table is gone");
  CHECK(setup.file.read() == setup.before);
}

TEST_CASE("a new version that fails lets the old one go on") {
  Setup setup(PipelineState::running);
  Switch change = setup.begin();
  change.step();
  change.step();
  change.step();
  setup.new_told.status.state = PipelineState::failed;
  change.step();
  CHECK(change.phase() == Switch::Phase::failed);
  CHECK(setup.old_told.asked == std::vector<std::string>{"pause", "resume"});
  CHECK(setup.file.read() == setup.before);
}

}  // namespace millrace::change

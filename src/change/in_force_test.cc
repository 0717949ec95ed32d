#include "change/in_force.h"

#include <doctest/doctest.h>

#include "connector/connectors.h"
#include "exec/checkpoint.h"
#include "exec/testing/world.h"
#include "plan/fingerprint.h"

namespace millrace::change {

namespace {

constexpr auto kOne =
    "CREATE TABLE t (a INT) WITH ('connector' = 'delta');"
    "INSERT INTO t SELECT 1;";
constexpr auto kOneOnOtherTerms =
    "SET 'millrace.state.memory' = '1 MB';"
    "CREATE TABLE t (a INT) WITH ('connector' = 'delta');"
    "INSERT INTO t SELECT 1;";
constexpr auto kTwo =
    "CREATE TABLE t (a INT) WITH ('connector' = 'delta');"
    "INSERT INTO t SELECT 2 + a FROM (VALUES (1)) AS v (a);";

plan::Job job_of(const std::string& text) {
  return job_in(text, "a.sql", "t", connector::connections());
}

// The pipeline of the first text has come to that epoch.
struct Setup {
  explicit Setup(Epoch epoch) {
    start(kOne);
    checkpoints().write({epoch, plan::fingerprint(*job_of(kOne).plan), false, {}, {}, {}});
  }
  InForce start(const std::string& text, OtherTerms other_terms = OtherTerms::wait) {
    return in_force(world.get(), file, job_of(text), "a.sql", text, connector::connections(),
                    other_terms);
  }
  exec::Checkpoints checkpoints() { return {file.path_of({1, ".", "a.sql", kOne}), world.get()}; }

  exec::testing::TestWorld world;
  VersionFile file{world.get(), "p"};
};

}  // namespace

TEST_CASE("another plan waits where the one in force has come further than its start") {
  Setup setup(exec::kFirstEpoch + 1);
  const InForce now = setup.start(kTwo);
  CHECK(now.waits);
  CHECK(now.versions.current.text == kOne);
  CHECK(setup.checkpoints().newest());
}

TEST_CASE("a pipeline that has read nothing is mended by mending its text") {
  Setup setup(exec::kFirstEpoch);
  const InForce now = setup.start(kTwo);
  CHECK_FALSE(now.waits);
  CHECK(now.versions.current.text == kTwo);
  CHECK(setup.file.read()->current.text == kTwo);
  CHECK_FALSE(setup.checkpoints().newest());
}

TEST_CASE("the same plan on other terms waits, or holds where nobody could apply it") {
  Setup setup(exec::kFirstEpoch + 1);
  const InForce waiting = setup.start(kOneOnOtherTerms);
  CHECK(waiting.waits);
  CHECK(waiting.versions.current.text == kOne);
  CHECK(waiting.job.plan->settings.empty());
  const InForce holding = setup.start(kOneOnOtherTerms, OtherTerms::hold);
  CHECK_FALSE(holding.waits);
  CHECK(holding.job.plan->settings.size() == 1);
  CHECK(setup.file.read()->current.text == kOneOnOtherTerms);
  CHECK(setup.checkpoints().newest());
}

TEST_CASE("a version that goes on with the state of the one before has begun with that") {
  Setup setup(exec::kFirstEpoch);
  const Versions versions = setup.file.continued_by(*setup.file.read(), "a.sql", kOneOnOtherTerms);
  CHECK_FALSE(has_begun(setup.world.get(), setup.file, versions));
}

TEST_CASE("the same plan goes on from its start") {
  Setup setup(exec::kFirstEpoch);
  CHECK_FALSE(setup.start(std::string(kOne) + "-- the same").waits);
  CHECK(setup.checkpoints().newest());
}

}  // namespace millrace::change

#include "exec/build.h"

#include <map>

#include "base/check.h"
#include "exec/connectors.h"
#include "exec/forks.h"
#include "exec/operators/deduplicate.h"
#include "exec/operators/expand.h"
#include "exec/operators/filter.h"
#include "exec/operators/final_groups.h"
#include "exec/operators/final_ranks.h"
#include "exec/operators/final_rows.h"
#include "exec/operators/from_changelog.h"
#include "exec/operators/group_aggregate.h"
#include "exec/operators/interval_join.h"
#include "exec/operators/join.h"
#include "exec/operators/latest_rows.h"
#include "exec/operators/lookup_join.h"
#include "exec/operators/match_recognize.h"
#include "exec/operators/normalize.h"
#include "exec/operators/on_session_clock.h"
#include "exec/operators/over_aggregate.h"
#include "exec/operators/over_by_value.h"
#include "exec/operators/over_in_batch.h"
#include "exec/operators/processing_time_windows.h"
#include "exec/operators/project.h"
#include "exec/operators/repeat.h"
#include "exec/operators/scan.h"
#include "exec/operators/semi_join.h"
#include "exec/operators/session_aggregate.h"
#include "exec/operators/session_rows.h"
#include "exec/operators/settled_rows.h"
#include "exec/operators/sink.h"
#include "exec/operators/temporal_join.h"
#include "exec/operators/time_sort.h"
#include "exec/operators/to_changelog.h"
#include "exec/operators/union_all.h"
#include "exec/operators/unnest.h"
#include "exec/operators/values.h"
#include "exec/operators/window_aggregate.h"
#include "exec/operators/window_join.h"
#include "exec/operators/window_rank.h"
#include "exec/operators/window_table_function.h"
#include "exec/source.h"
#include "plan/deduplication.h"

namespace millrace::exec {

namespace {

struct Name {
  std::string kind;  // in ids; never changes
  std::string what;
};

Name name_of(const plan::Node& node) {
  switch (node.kind) {
    case plan::NodeKind::scan:
      return {"scan", "Scan " + static_cast<const plan::Scan&>(node).table->name};
    case plan::NodeKind::filter: return {"filter", "Filter"};
    case plan::NodeKind::project: return {"project", "Project"};
    case plan::NodeKind::window_table_function:
      return {"window_table_function", "WindowTableFunction"};
    case plan::NodeKind::window_aggregate: return {"window_aggregate", "WindowAggregate"};
    case plan::NodeKind::over_aggregate: return {"over_aggregate", "OverAggregate"};
    case plan::NodeKind::rank: return {"rank", "Rank"};
    // Once a mode of the rank, which its state is named after.
    case plan::NodeKind::resolve: return {"rank", "SinkMaterializer"};
    case plan::NodeKind::match_recognize: return {"match_recognize", "Match"};
    case plan::NodeKind::window_rank: return {"window_rank", "WindowRank"};
    case plan::NodeKind::group_aggregate: return {"group_aggregate", "GroupAggregate"};
    case plan::NodeKind::expand: return {"expand", "Expand"};
    case plan::NodeKind::normalize: return {"normalize", "ChangelogNormalize"};
    case plan::NodeKind::repeat: return {"repeat", "Repeat"};
    case plan::NodeKind::to_changelog: return {"to_changelog", "ToChangelog"};
    case plan::NodeKind::from_changelog: return {"from_changelog", "FromChangelog"};
    case plan::NodeKind::time_sort: return {"time_sort", "TemporalSort"};
    // Once a mode of the sort by time, which its state is named after.
    case plan::NodeKind::final_rows: return {"time_sort", "FinalRows"};
    case plan::NodeKind::unnest: return {"unnest", "Unnest"};
    case plan::NodeKind::union_all: return {"union_all", "UnionAll"};
    case plan::NodeKind::values: return {"values", "Values"};
    case plan::NodeKind::join: return {"join", "Join"};
    case plan::NodeKind::sink:
      return {"sink", "Sink " + static_cast<const plan::Sink&>(node).table->name};
  }
  check(false, "a node of no kind");
  return {};
}

template <typename Step, typename PlanNode>
std::unique_ptr<Operator> make(const plan::Node& node, const TaskContext& task) {
  return std::make_unique<Step>(static_cast<const PlanNode&>(node), task);
}

using Zone = std::shared_ptr<const TimeZone>;

// Windows by the session's clock, where that is not UTC.
std::unique_ptr<Operator> on_clock(std::unique_ptr<Operator> windows, const Zone& zone) {
  if (zone == nullptr) {
    return windows;
  }
  return std::make_unique<OnSessionClock>(std::move(windows), zone);
}

std::unique_ptr<Operator> make_timed_groups(const plan::WindowAggregate& node,
                                            const TaskContext& task) {
  if (node.window.kind == plan::WindowKind::session) {
    return std::make_unique<SessionAggregate>(node, task);
  }
  return std::make_unique<WindowAggregate>(node, task);
}

// By the time of processing, which ends windows though no row comes.
void run_by_clock(std::unique_ptr<ProcessingTimeWindows> windows, Stage& stage) {
  stage.alarm = windows.get();
  stage.step = std::move(windows);
}

// What keeps windows until they end, by the clock that the window is of.
void keep_windows(const plan::Window& window, std::unique_ptr<Operator> step,
                  const TaskContext& task, Stage& stage) {
  if (window.time != plan::WindowTime::of_processing) {
    stage.step = on_clock(std::move(step), window.zone);
    return;
  }
  run_by_clock(std::make_unique<ProcessingTimeWindows>(window.time_column, window.zone,
                                                       std::move(step), task),
               stage);
}

void make_window_function(const plan::WindowTableFunction& node, const TaskContext& task,
                          Stage& stage) {
  if (node.window.kind == plan::WindowKind::session) {
    return keep_windows(node.window, std::make_unique<SessionRows>(node, task), task, stage);
  }
  stage.step = std::make_unique<WindowTableFunction>(node, task);
}

void make_over(const plan::OverAggregate& node, const TaskContext& task, Stage& stage) {
  if (node.mode == plan::RuntimeMode::batch) {
    stage.step = std::make_unique<OverInBatch>(node, task);
  } else if (node.is_by_value()) {
    stage.step = std::make_unique<OverByValue>(node, task);
  } else if (node.is_by_clock()) {
    run_by_clock(
        std::make_unique<ProcessingTimeWindows>(node.window.order_by.front().column, nullptr,
                                                std::make_unique<OverAggregate>(node, task), task),
        stage);
  } else {
    stage.step = std::make_unique<OverAggregate>(node, task);
  }
}

std::unique_ptr<Operator> make_groups(const plan::GroupAggregate& node, const TaskContext& task) {
  if (node.mode == plan::RuntimeMode::batch) {
    return std::make_unique<FinalGroups>(node, task);
  }
  return std::make_unique<GroupAggregate>(node, task);
}

std::unique_ptr<Operator> make_ranks(const plan::Rank& node, const TaskContext& task) {
  if (plan::leaves_in_the_end(node)) {
    return std::make_unique<FinalRanks>(node, task);
  }
  return make_rank(node, task);
}

std::unique_ptr<Operator> make_resolve(const plan::Resolve& node, const TaskContext& task) {
  if (node.on_conflict == plan::OnConflict::deduplicate) {
    return std::make_unique<LatestRows>(node, task);
  }
  return std::make_unique<SettledRows>(node, task);
}

std::unique_ptr<Operator> make_join(const plan::Join& node, const TaskContext& task) {
  if (node.is_by(plan::Join::Times::Rule::interval)) {
    return std::make_unique<IntervalJoin>(node, task);
  }
  if (node.is_by(plan::Join::Times::Rule::version)) {
    return std::make_unique<TemporalJoin>(node, task);
  }
  if (node.is_by(plan::Join::Times::Rule::current)) {
    return std::make_unique<LookupJoin>(node, task);
  }
  if (node.is_by(plan::Join::Times::Rule::window)) {
    return on_clock(std::make_unique<WindowJoin>(node, task), node.times->zone);
  }
  if (node.is_semi_or_anti()) {
    return std::make_unique<SemiJoin>(node, task);
  }
  return std::make_unique<Join>(node, task);
}

void make_operator(const plan::Node& node, const TaskContext& context, Connectors& connectors,
                   Stage& stage) {
  // What connectors get may differ from stage to stage, so it is theirs to copy.
  TaskContext task = context;
  switch (node.kind) {
    case plan::NodeKind::scan: {
      const auto& scan = static_cast<const plan::Scan&>(node);
      stage.head = std::make_unique<Scan>(scan, connectors.make_source(scan, task), task);
      stage.looked_up = scan.looked_up;
      return;
    }
    case plan::NodeKind::filter: stage.step = make<Filter, plan::Filter>(node, task); return;
    case plan::NodeKind::project: stage.step = make<Project, plan::Project>(node, task); return;
    case plan::NodeKind::window_table_function:
      return make_window_function(static_cast<const plan::WindowTableFunction&>(node), task, stage);
    case plan::NodeKind::window_aggregate: {
      const auto& groups = static_cast<const plan::WindowAggregate&>(node);
      return keep_windows(groups.window, make_timed_groups(groups, task), task, stage);
    }
    case plan::NodeKind::over_aggregate:
      return make_over(static_cast<const plan::OverAggregate&>(node), task, stage);
    case plan::NodeKind::rank:
      stage.step = make_ranks(static_cast<const plan::Rank&>(node), task);
      return;
    case plan::NodeKind::resolve:
      stage.step = make_resolve(static_cast<const plan::Resolve&>(node), task);
      return;
    case plan::NodeKind::match_recognize:
      stage.step = make<MatchRecognize, plan::MatchRecognize>(node, task);
      return;
    case plan::NodeKind::window_rank: {
      const auto& rank = static_cast<const plan::WindowRank&>(node);
      stage.step = on_clock(std::make_unique<WindowRank>(rank, task), rank.zone);
      return;
    }
    case plan::NodeKind::group_aggregate:
      stage.step = make_groups(static_cast<const plan::GroupAggregate&>(node), task);
      return;
    case plan::NodeKind::expand: stage.step = make<Expand, plan::Expand>(node, task); return;
    case plan::NodeKind::normalize:
      stage.step = make<Normalize, plan::Normalize>(node, task);
      return;
    case plan::NodeKind::repeat: stage.step = make<Repeat, plan::Repeat>(node, task); return;
    case plan::NodeKind::to_changelog:
      stage.step = make<ToChangelog, plan::ToChangelog>(node, task);
      return;
    case plan::NodeKind::from_changelog:
      stage.step = make<FromChangelog, plan::FromChangelog>(node, task);
      return;
    case plan::NodeKind::time_sort: stage.step = make<TimeSort, plan::TimeSort>(node, task); return;
    case plan::NodeKind::final_rows:
      stage.step = make<FinalRows, plan::FinalRows>(node, task);
      return;
    case plan::NodeKind::unnest: stage.step = make<Unnest, plan::Unnest>(node, task); return;
    case plan::NodeKind::union_all: stage.step = make<UnionAll, plan::UnionAll>(node, task); return;
    case plan::NodeKind::values:
      stage.head = std::make_unique<Values>(static_cast<const plan::Values&>(node), task);
      return;
    case plan::NodeKind::join:
      stage.step = make_join(static_cast<const plan::Join&>(node), task);
      return;
    case plan::NodeKind::sink: {
      const auto& sink = static_cast<const plan::Sink&>(node);
      stage.sink = connectors.make_sink(sink, task);
      stage.step = std::make_unique<SinkOperator>(sink, *stage.sink, task);
      return;
    }
  }
}

}  // namespace

std::vector<std::unique_ptr<Stage>> build(const plan::Plan& plan, const Task& task,
                                          Connectors& connectors, DeadLetters& letters,
                                          DeadLetters* late_rows) {
  std::vector<std::unique_ptr<Stage>> stages;
  std::map<const plan::Node*, Stage*> stage_of;
  for (const auto& node : plan.nodes) {
    Name name = name_of(*node);
    const std::string id = name.kind + "-" + std::to_string(stages.size());
    auto stage = std::make_unique<Stage>(id, std::move(name.what));
    stage->output = std::make_unique<Emitter>(stage->what, &stage->counts, &letters, late_rows);
    make_operator(*node, TaskContext(&task, id, &stage->counts), connectors, *stage);
    for (uint32_t port = 0; port < node->inputs.size(); ++port) {
      Stage* input = stage_of.at(node->inputs[port]);
      input->output->connect({stage->step.get(), Port{port}, stage->output.get()});
    }
    if (!node->rowtimes.empty() && meet_again(plan, *node)) {
      stage->output->cut_by(node->rowtimes.front());
    }
    stage_of[node.get()] = stage.get();
    stages.push_back(std::move(stage));
  }
  return stages;
}

}  // namespace millrace::exec

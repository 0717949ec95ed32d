#include "rehearsal/rehearsal.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/json.h"
#include "plan/program.h"
#include "rehearsal/machine.h"

namespace millrace::rehearsal {

namespace {

// Of a step: the numbers of its batches do not meet those of the next step's.
constexpr uint64_t kMostRecords = uint64_t{1} << 32;

// A record as JSON from the cells of a row: numbers and booleans bare where the column's type has
// them, everything else as strings.
std::string record_of(const std::vector<std::string>& columns,
                      const std::vector<std::string>& cells, const catalog::Table& table) {
  std::string record = "{";
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto number = table.find(columns[i]);
    const bool bare = number && (table.columns[*number].type.is_numeric() ||
                                 table.columns[*number].type.kind == TypeKind::boolean);
    record += i > 0 ? "," : "";
    append_json_string(columns[i], record);
    record += ":";
    if (bare || cells[i] == "null") {
      record += cells[i];
    } else {
      append_json_string(cells[i], record);
    }
  }
  return record + "}";
}

class Run {
 public:
  Run(const Script& script, const SqlFile& file, const plan::Program& program,
      const Surroundings& surroundings, const Crashes& crashes, const Pace& pace)
      : script_(script),
        pace_(pace),
        machine_(file, &program, surroundings.parquet, surroundings.connections, crashes),
        crashes_(crashes) {
    machine_.set_spills(pace.spills);
    machine_.bring_files(*surroundings.files);
    begin_ = machine_.disk().steps();
  }

  Outcome play() {
    plan_crash();
    survive([&] { machine_.start(); });
    Outcome outcome;
    outcome.path = script_.path;
    for (size_t i = 1; i < script_.steps.size() && outcome.report.empty(); ++i) {
      outcome.report = play(script_.steps[i], i);
    }
    outcome.passed = outcome.report.empty();
    outcome.steps = machine_.disk().steps() - begin_;
    outcome.crashes = crashes_.happened();
    return outcome;
  }

 private:
  void plan_crash() {
    if (const auto step = crashes_.next(machine_.disk().steps() - begin_)) {
      machine_.disk().crash_at(begin_ + *step);
    }
  }

  // Does it, and after a crash starts again and does it again: every step can be repeated.
  template <typename Do>
  void survive(Do&& what) {
    bool started = true;
    while (true) {
      try {
        if (!started) {
          machine_.start();
          started = true;
        }
        what();
        return;
      } catch (const io::SimulatedCrash&) {  // the fault that this run asked for
        if (crashes_.happen() == Loss::power) {
          machine_.crash();
        } else {
          machine_.kill();
        }
        plan_crash();
        started = false;
      }
    }
  }

  std::string play(const Step& step, size_t number) {
    switch (step.kind) {
      case StepKind::pipeline:
      case StepKind::sql: return place(step) + "a script has one pipeline, in its first step";
      case StepKind::feed: feed(step, number); return "";
      case StepKind::abort: survive([&] { abort(step); }); return "";
      case StepKind::apply:
        survive([&] { machine_.apply(step.name, script_.path, number); });
        return "";
      case StepKind::rollback: survive([&] { machine_.roll_back(step.name, number); }); return "";
      case StepKind::expect: return expect(step);
      case StepKind::changes: return expect_changes(step);
      case StepKind::kill: machine_.kill(); break;
      case StepKind::crash: machine_.crash(); break;
      case StepKind::restart: survive([&] { machine_.stop(); }); break;
      case StepKind::wait:
        machine_.wait(step.wait);
        survive([&] { machine_.settle(); });
        return "";
    }
    plan_crash();  // the disk forgot the one that was planned
    survive([&] { machine_.start(); });
    return "";
  }

  static std::vector<std::string> records_of(const Step& step, const catalog::Table& table) {
    std::vector<std::string> records;
    for (const auto& row : step.rows) {
      records.push_back(step.columns.empty() ? row.front() : record_of(step.columns, row, table));
    }
    return records;
  }

  void feed(const Step& step, size_t number) {
    const catalog::Table& table = machine_.table(step.name);
    const std::vector<std::string> all = records_of(step, table);
    // A job whose input ends with what is there needs it there at once.
    const bool ends = !table.option("scan.bounded.mode").empty();
    const size_t at_once = ends ? all.size() : std::min(pace_.at_once, all.size());
    for (size_t from = 0; from < all.size(); from += at_once) {
      const size_t end = std::min(from + at_once, all.size());
      const std::vector<std::string> some(all.begin() + static_cast<ptrdiff_t>(from),
                                          all.begin() + static_cast<ptrdiff_t>(end));
      survive([&] {
        machine_.feed(table.option("topic"), number * kMostRecords + from, some);
        machine_.settle();
      });
      if (pace_.behind == Pace::Behind::restart) {
        machine_.kill();
        plan_crash();
        survive([&] { machine_.start(); });
      }
    }
  }

  void abort(const Step& step) {
    const catalog::Table& table = machine_.table(step.name);
    machine_.feed_aborted(table.option("topic"), records_of(step, table));
    machine_.settle();
  }

  std::string expect(const Step& step) {
    std::string differs;
    survive([&] {
      machine_.settle();
      differs = difference(step.rows, machine_.rows(step.name, step.columns));
    });
    return differs.empty() ? "" : unexpected(step) + differs;
  }

  // Those since the step before, which is what makes a script readable.
  std::string expect_changes(const Step& step) {
    std::vector<Change> all;
    survive([&] {
      machine_.settle();
      all = machine_.changes(step.name, step.columns);
    });
    size_t& seen = seen_[step.name];
    const std::string differs =
        difference_in_order(step.rows, {all.begin() + static_cast<ptrdiff_t>(seen), all.end()});
    seen = all.size();
    return differs.empty() ? "" : unexpected(step) + differs;
  }

  std::string unexpected(const Step& step) const {
    return place(step) + "'" + step.name + "' is not what was expected (- expected, + found):\n";
  }

  std::string place(const Step& step) const {
    return script_.path + ":" + std::to_string(step.line) + ": ";
  }

  const Script& script_;
  Pace pace_;
  Machine machine_;
  Crashes crashes_;
  uint64_t begin_ = 0;                  // steps that the disk had taken before the run
  std::map<std::string, size_t> seen_;  // changes of each table that a step has looked at
};

SqlFile sql_of(const Script& script, const Surroundings& surroundings) {
  const Step& first = script.steps.front();
  if (first.kind == StepKind::sql) {
    return {script.path, first.name};
  }
  const std::string path = io::join(io::parent_of(script.path), first.name);
  return {path, surroundings.files->read_all(path)};
}

}  // namespace

Outcome rehearse(const Script& script, const Surroundings& surroundings, const Crashes& crashes,
                 const Pace& pace) {
  const SqlFile file = sql_of(script, surroundings);
  const plan::Program program = plan::plan_program(file.text, file.path, surroundings.connections);
  return Run(script, file, program, surroundings, crashes, pace).play();
}

}  // namespace millrace::rehearsal

// The same feed and the same answers, however the feed is cut into batches, and with the pipeline
// stopped or killed after every step.

#include "exec/operators/window_aggregate.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "exec/pipeline.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"

namespace millrace::exec {

namespace {

using testing::MemoryConnectors;
using testing::MemoryTopic;
using testing::TestWorld;

struct Case {
  const char* name;
  plan::Window window;
  // Each feed is appended and processed before the next: "ms key value watermark", the watermark
  // being what the table's expression gives for the row. A number before '@' is the partition.
  std::vector<std::vector<std::string>> feeds;
  bool to_the_end;                    // whether the input ends then, which fires all windows
  std::vector<std::string> expected;  // "key count sum start end time"
  uint64_t late;
};

plan::Window window(plan::WindowKind kind, int64_t size, int64_t step = 0, int64_t offset = 0) {
  plan::Window window;
  window.kind = kind;
  window.time_column = 0;
  window.size_ms = size;
  window.step_ms = step;
  window.offset_ms = offset;
  return window;
}

plan::AggregateCall call(const char* name, std::vector<size_t> arguments, std::vector<Type> types) {
  plan::AggregateCall call;
  call.function = std::make_shared<const function::AggregateSignature>(
      *function::find_aggregate(name)->bind(types));
  call.arguments = std::move(arguments);
  call.name = name;
  return call;
}

std::shared_ptr<plan::Plan> make_plan(const plan::Window& window) {
  auto plan = std::make_shared<plan::Plan>();
  const Type time = Type::timestamp(3);
  const Type number = Type::of(TypeKind::integer);

  auto* scan = plan->add(std::make_unique<plan::Scan>());
  scan->schema = {{{"at", time}, {"who", Type::string()}, {"n", number}, {"seen", time}}};
  scan->table = testing::make_table("clicks", scan->schema);
  scan->read = {0, 1, 2, 3};
  scan->rowtimes = {0};
  scan->watermark = function::Expression::of_column(3, time);

  auto* groups = plan->add(std::make_unique<plan::WindowAggregate>());
  groups->inputs = {scan};
  groups->window = window;
  groups->keys = {1};
  groups->aggregates.push_back(call("COUNT", {}, {}));
  groups->aggregates.push_back(call("SUM", {2}, {number}));
  groups->properties = {plan::WindowProperty::start, plan::WindowProperty::end,
                        plan::WindowProperty::time};
  groups->schema = {{{"who", Type::string()},
                     {"count", groups->aggregates[0].function->result},
                     {"sum", groups->aggregates[1].function->result},
                     {"window_start", time},
                     {"window_end", time},
                     {"window_time", time}}};

  auto* sink = plan->add(std::make_unique<plan::Sink>());
  sink->inputs = {groups};
  sink->schema = groups->schema;
  sink->table = testing::make_table("counts", sink->schema);
  plan->sinks = {sink};
  return plan;
}

// Times as milliseconds since 1970, for short expectations.
std::vector<std::string> shortened(const std::vector<std::string>& rows) {
  std::vector<std::string> result;
  for (const std::string& row : rows) {
    std::string text = row;
    for (size_t at = text.find("19"); at != std::string::npos; at = text.find("19", at + 1)) {
      if (at + 23 <= text.size() && text[at + 4] == '-') {
        std::string iso = text.substr(at, 23) + "Z";
        iso[10] = 'T';
        text.replace(at, 23, std::to_string(parse_iso8601(iso)->ms));
      }
    }
    result.push_back(text);
  }
  std::sort(result.begin(), result.end());
  return result;
}

enum class Between : uint8_t { nothing, checkpoint, restart, kill };

struct Outcome {
  std::vector<std::string> rows;
  std::vector<OperatorStatus> operators;
};

Outcome run(const Case& c, size_t rows_per_poll, Between between) {
  TestWorld world;
  MemoryConnectors connectors;
  MemoryTopic& topic = connectors.topics.emplace("clicks", MemoryTopic(2)).first->second;
  topic.rows_per_poll = rows_per_poll;
  const PipelineSpec spec{"p", make_plan(c.window), testing::make_dead_letter_table(), "state/p"};
  auto pipeline = std::make_unique<Pipeline>(spec, connectors, world.get());
  const auto settle = [&] {
    while (pipeline->run_once()) {
      if (between == Between::checkpoint) {
        pipeline->checkpoint();
      }
    }
  };
  for (const auto& feed : c.feeds) {
    for (const std::string& line : feed) {
      const size_t at = line.find('@');
      topic.append(at == std::string::npos ? line : line.substr(at + 1),
                   at == std::string::npos ? 0 : std::stoul(line.substr(0, at)));
    }
    settle();
    if (between == Between::restart || between == Between::kill) {
      if (between == Between::restart) {
        pipeline->checkpoint();
      }
      pipeline.reset();
      world.files.kill();
      pipeline = std::make_unique<Pipeline>(spec, connectors, world.get());
      settle();
      // So that the next feed comes after this one again, should it be killed too.
      pipeline->checkpoint();
    }
  }
  topic.bounded = c.to_the_end;
  settle();
  pipeline->checkpoint();
  return {shortened(connectors.tables["counts"].rows), pipeline->operators()};
}

using plan::WindowKind;

// One partition: the other stays silent and would hold the watermark back, so it says its own end.
const char* kQuiet = "1@999999999 - - 999999999";

const Case kCases[] = {
    {"a tumbling group leaves when the watermark reaches the end less one",
     window(WindowKind::tumble, 10),
     {{kQuiet}, {"1 ann 1 -1"}, {"9 bob 2 7", "3 ann 3 1"}, {"12 ann 4 8"}, {"13 ann 5 9"}},
     false,
     {"ann 2 4 0 10 9", "bob 1 2 0 10 9"},
     0},
    {"a row is judged by the watermark before it, even within one batch",
     window(WindowKind::tumble, 10),
     {{kQuiet}, {"1 ann 1 0", "20 ann 1 9", "9 ann 1 0", "10 ann 1 0", "40 ann 9 29"}},
     false,
     {"ann 1 1 0 10 9", "ann 1 1 10 20 19", "ann 1 1 20 30 29"},
     1},
    {"the end of input fires everything, NULL is a key",
     window(WindowKind::tumble, 10),
     {{"1 ann 1 -", "25 - 1 -", "25 - - -"}},
     true,
     {"NULL 2 1 20 30 29", "ann 1 1 0 10 9"},
     0},
    {"windows before 1970 and with an offset",
     window(WindowKind::tumble, 10, 0, 3),
     {{"-1 ann 1 -", "2 ann 1 -", "-8 ann 1 -", "3 ann 1 -", "-7 ann 1 -"}},
     true,
     {"ann 1 1 -17 -7 -8", "ann 3 3 -7 3 2", "ann 1 1 3 13 12"},
     0},
    {"hopping windows overlap; a late row still counts for those that have not fired",
     window(WindowKind::hop, 20, 10),
     {{kQuiet}, {"5 ann 1 -", "15 ann 1 9"}, {"5 ann 1 -", "-5 ann 1 -"}, {"30 ann 1 29"}},
     false,
     {"ann 1 1 -10 10 9", "ann 3 3 0 20 19", "ann 1 1 10 30 29"},
     1},
    {"cumulating windows repeat what came before",
     window(WindowKind::cumulate, 30, 10),
     {{"5 ann 1 -", "15 ann 1 -", "31 ann 1 -"}},
     true,
     {"ann 1 1 0 10 9", "ann 1 1 30 40 39", "ann 1 1 30 50 49", "ann 1 1 30 60 59",
      "ann 2 2 0 20 19", "ann 2 2 0 30 29"},
     0},
    {"a session ends a gap after its last row; rows exactly a gap apart are together",
     window(WindowKind::session, 10),
     {{kQuiet}, {"1 ann 1 -", "11 ann 2 -"}, {"5 bob 1 -"}, {"22 ann 4 20"}, {"50 bob 1 40"}},
     false,
     {"ann 1 4 22 32 31", "ann 2 3 1 21 20", "bob 1 1 5 15 14"},
     0},
    {"a row between two sessions makes one of them; a late one may still join",
     window(WindowKind::session, 10),
     {{kQuiet},
      {"1 ann 1 -", "21 ann 2 -"},
      {"35 ann 4 8", "11 ann 8 -"},
      {"30 ann 16 24", "3 ann 1 -", "14 bob 1 -", "15 bob 1 -"},
      {"90 ann 1 80"}},
     false,
     {"ann 6 32 1 45 44"},
     2},
    {"long keys and NULL, many sessions of one key, the end of input",
     window(WindowKind::session, 10),
     {{"1 a-name-longer-than-twelve 1 -", "100 a-name-longer-than-twelve 2 -", "50 - 1 -"},
      {"200 a-name-longer-than-twelve 4 -", "59 - 1 -"}},
     true,
     {"NULL 2 2 50 69 68", "a-name-longer-than-twelve 1 1 1 11 10",
      "a-name-longer-than-twelve 1 2 100 110 109", "a-name-longer-than-twelve 1 4 200 210 209"},
     0},
    {"the slower partition holds the watermark",
     window(WindowKind::tumble, 10),
     {{"0@1 ann 1 1", "1@2 bob 1 2"}, {"0@50 ann 1 50", "1@9 bob 1 5"}, {"1@15 bob 1 12"}},
     false,
     {"ann 1 1 0 10 9", "bob 2 2 0 10 9"},
     0},
};

}  // namespace

TEST_CASE("window aggregation answers alike however it is cut, stopped and killed") {
  for (const Case& c : kCases) {
    std::vector<std::string> expected = c.expected;
    std::sort(expected.begin(), expected.end());
    for (const size_t rows_per_poll : {size_t{1}, size_t{2}, size_t{3}, Batch::kMaxRows}) {
      for (const Between between :
           {Between::nothing, Between::checkpoint, Between::restart, Between::kill}) {
        CAPTURE(c.name);
        CAPTURE(rows_per_poll);
        CAPTURE(static_cast<int>(between));
        const Outcome outcome = run(c, rows_per_poll, between);
        CHECK(outcome.rows == expected);
        const OperatorCounts& counts = outcome.operators[1].counts;
        CHECK(counts.late == c.late);
        CHECK(counts.in == counts.grouped + counts.late + counts.rejected);
        CHECK(counts.out == outcome.operators[2].counts.in);
      }
    }
  }
}

}  // namespace millrace::exec

#pragma once

// From plan nodes to running operators: one exhaustive switch.

#include <memory>
#include <string>
#include <vector>

#include "exec/alarm.h"
#include "exec/emitter.h"
#include "exec/head.h"
#include "exec/pipeline.h"
#include "exec/sink.h"

namespace millrace::exec {

class Connectors;
class DeadLetters;

// A plan node at work: a head, or an operator, and a sink behind it where it is the last.
struct Stage {
  Stage(std::string the_id, std::string description)
      : id(std::move(the_id)), what(std::move(description)) {}

  std::string id;    // stable: kind and number in the plan
  std::string what;  // for people
  OperatorCounts counts;
  std::unique_ptr<Emitter> output;
  std::unique_ptr<Head> head;
  std::unique_ptr<Sink> sink;
  std::unique_ptr<Operator> step;
  Alarm* alarm = nullptr;  // the step, where the clock rules it
  bool looked_up = false;  // a head whose rows are for lookups alone (plan::Scan)
};

// The stages of a plan in its order, connected. All arguments outlive them; `late_rows` may be
// null.
std::vector<std::unique_ptr<Stage>> build(const plan::Plan& plan, const Task& task,
                                          Connectors& connectors, DeadLetters& letters,
                                          DeadLetters* late_rows);

}  // namespace millrace::exec

#pragma once

// How the engine comes by sources and sinks: implemented by the connector layer, handed in by the
// server (or by a test).

#include <memory>
#include <string>

#include "plan/nodes.h"

namespace millrace::exec {

class Sink;
class Source;
class TaskContext;

class Connectors {
 public:
  virtual ~Connectors() = default;
  virtual std::unique_ptr<Source> make_source(const plan::Scan& scan, TaskContext& task) = 0;
  virtual std::unique_ptr<Sink> make_sink(const plan::Sink& sink, TaskContext& task) = 0;
};

}  // namespace millrace::exec

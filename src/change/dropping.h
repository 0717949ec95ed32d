#pragma once

// Sinks for a pipeline that only catches up: what it writes has been written before, by the version
// whose place it is to take.

#include <memory>

#include "exec/connectors.h"

namespace millrace::change {

class DroppingConnectors final : public exec::Connectors {
 public:
  // Where the sources come from; outlives this.
  explicit DroppingConnectors(exec::Connectors* sources) : sources_(sources) {}

  std::unique_ptr<exec::Source> make_source(const plan::Scan& scan,
                                            exec::TaskContext& task) override;
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink& sink, exec::TaskContext& task) override;

 private:
  exec::Connectors* sources_;
};

}  // namespace millrace::change

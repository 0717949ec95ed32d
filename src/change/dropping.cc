#include "change/dropping.h"

#include "exec/sink.h"
#include "exec/source.h"

namespace millrace::change {

namespace {

class DroppingSink final : public exec::Sink {
 public:
  void write(const Batch&) override {}
  std::string prepare(Epoch) override { return {}; }
  void publish(Epoch, std::string_view) override {}
};

}  // namespace

std::unique_ptr<exec::Source> DroppingConnectors::make_source(const plan::Scan& scan,
                                                              exec::TaskContext& task) {
  return sources_->make_source(scan, task);
}

std::unique_ptr<exec::Sink> DroppingConnectors::make_sink(const plan::Sink&, exec::TaskContext&) {
  return std::make_unique<DroppingSink>();
}

}  // namespace millrace::change

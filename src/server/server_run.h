#pragma once

// The life of a serving process: its loop, its log, its node, and the signals that end it.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "io/asio_loop.h"
#include "io/world.h"
#include "server/node.h"

namespace millrace::server {

struct Context;

class ServerRun {
 public:
  // Everything is up when it returns. Throws Error where it cannot be. `context` outlives it.
  ServerRun(Context& context, const Settings& settings, std::vector<PlannedJob> jobs);

  const io::World& world() const { return world_; }
  io::AsioLoop& loop() { return loop_; }
  Node& node() { return *node_; }

  // Until a signal, or stop(); the exit code.
  int run();
  // Drains, and ends run(). Loop thread.
  void stop(const std::string& why);
  // Calls `first` when stopping begins, on the loop.
  void before_stopping(std::function<void()> first) { before_stopping_ = std::move(first); }

 private:
  Log log_;
  Metrics metrics_;
  io::World world_;
  io::AsioLoop loop_;
  std::optional<Node> node_;
  bool stopping_ = false;
  std::function<void()> before_stopping_;
};

}  // namespace millrace::server

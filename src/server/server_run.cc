#include "server/server_run.h"

#include <unistd.h>

#include <csignal>

#include "server/context.h"
#include "server/log_sink.h"
#include "server/print.h"

namespace millrace::server {

ServerRun::ServerRun(Context& context, const Settings& settings, std::vector<PlannedJob> jobs)
    : log_(context.clock, log_level(settings.log_level), make_log_sink(context, settings.log_file)),
      world_{.clock = context.clock,
             .random = context.random,
             .files = context.files,
             .log = &log_,
             .metrics = &metrics_} {
  // Before the node, which says that it is ready as it comes up: whoever hears that may ask it to
  // stop at once.
  loop_.on_signal({SIGTERM, SIGINT}, [this](int signal) {
    if (stopping_) {
      ::_exit(128 + signal);  // asked twice: at once, as after kill -9
    }
    stop(signal == SIGINT ? "SIGINT" : "SIGTERM");
  });
  node_.emplace(world_, loop_, settings, std::move(jobs), print_to(context));
}

int ServerRun::run() {
  loop_.run();
  node_->topics().prepare_to_stop();
  log_.info("server", "stopped");
  return 0;
}

void ServerRun::stop(const std::string& why) {
  if (stopping_) {
    return;
  }
  stopping_ = true;
  log_.info("server", "stopping", {{"why", why}});
  if (before_stopping_) {
    before_stopping_();
  }
  node_->drain([this](bool finished) {
    if (!finished) {
      // Destructors would wait for what does not end. What was acknowledged is safe, as after a
      // kill; the next start recovers.
      log_.warning("server", "stopped before everything was finished");
      ::_exit(1);
    }
    loop_.stop();
  });
}

}  // namespace millrace::server

#pragma once

// The cluster's id, and the numbers of idempotent producers: broker.json, docs/formats/broker.md.

#include <cstdint>
#include <string>

#include "io/world.h"

namespace millrace::broker {

class Identity {
 public:
  // Reads the file in `directory` or makes it.
  Identity(io::World world, const std::string& directory);

  const std::string& cluster_id() const { return cluster_id_; }
  // Never the same twice, not across restarts either. Throws what the disk throws.
  int64_t next_producer_id();

 private:
  void write();

  const io::World world_;
  const std::string path_;
  std::string cluster_id_;
  int64_t next_producer_id_ = 0;
  int64_t reserved_until_ = 0;  // as the file has it
};

}  // namespace millrace::broker

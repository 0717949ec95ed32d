#pragma once

// The data directory: who works on it, what is where in it.

#include <string>

#include "io/directory_lock.h"

namespace millrace::io {
class Files;
}

namespace millrace::server {

class DataDirectory {
 public:
  // `files` outlives this. Makes the directory where there is none and takes its lock. Throws Error
  // saying what is wrong with it and what to do; `purpose` ("millrace server") is what a second
  // process is told.
  DataDirectory(io::Files& files, const std::string& path, const std::string& purpose);

  const std::string& path() const { return path_; }
  std::string topics() const;
  std::string lake() const;
  std::string pipelines() const;
  // Why nothing can be written to it now; empty where something can. Any thread.
  std::string fault() const;

 private:
  io::Files& files_;
  std::string path_;
  io::DirectoryLock lock_;
};

// Whether some process works on the directory now.
bool is_in_use(const std::string& data_directory);

}  // namespace millrace::server

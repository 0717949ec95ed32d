#pragma once

#include <string>
#include <vector>

#include "io/files.h"

namespace millrace::rehearsal {

// The path itself where it is a script, else every NAME.test.sql below it, sorted. Throws
// Error(not_found) where there is none.
std::vector<std::string> find_scripts(io::Files& files, const std::string& path);

}  // namespace millrace::rehearsal

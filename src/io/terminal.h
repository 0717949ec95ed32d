#pragma once

// The process's surroundings that commands may use: its streams, its environment, its randomness.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::io {

enum class Stream : uint8_t { out = 1, err = 2 };

// All of `bytes` at a stretch, from any thread; or silence where the reader has gone.
void write_to(Stream stream, std::string_view bytes);
bool is_terminal(Stream stream);
std::string read_standard_input();
std::optional<std::string> environment_variable(const std::string& name);
// Different in every process; to seed a Random.
uint64_t system_seed();
// As many files at once as the system lets this user have: every segment of a log is one, and every
// connection. Gives the limit.
uint64_t raise_open_file_limit();
// A new directory of our own, below $TMPDIR or /tmp.
std::string make_temporary_directory(const std::string& prefix);

}  // namespace millrace::io

// The Postgres port's reader of frames: the first byte says how many bytes arrive at once. However
// they arrive, the same messages come out, or the same refusal.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "query/pgwire/messages.h"

using millrace::query::pgwire::MessageReader;

// The kinds of the messages, and '!' where the reader refused.
static std::string kinds_of(std::string_view bytes, size_t step) {
  MessageReader reader;
  std::string kinds;
  bool started = false;
  try {
    for (size_t at = 0; at < bytes.size(); at += step) {
      reader.append(bytes.substr(at, step));
      while (!started) {
        const auto message = reader.next_startup();
        if (!message) {
          break;
        }
        kinds += static_cast<char>('a' + message->index());
        started = message->index() == 3;
      }
      while (started) {
        const auto message = reader.next();
        if (!message) {
          break;
        }
        kinds += static_cast<char>('A' + message->index());
      }
    }
  } catch (const millrace::Error&) {
    // What a connection would end with.
    kinds += '!';
  }
  return kinds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  millrace::check(kinds_of(bytes, size_t{data[0]} + 1) == kinds_of(bytes, bytes.size()));
  return 0;
}

#include "broker/frames.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"

namespace millrace::broker {

TEST_CASE("frames come whole, however the bytes arrive") {
  const std::string stream("\0\0\0\3abc\0\0\0\0\0\0\0\2de", 17);
  for (size_t step = 1; step <= stream.size(); ++step) {
    Frames frames(100);
    std::vector<std::string> seen;
    for (size_t at = 0; at < stream.size(); at += step) {
      frames.append(std::string_view(stream).substr(at, step),
                    [&seen](SharedBytes frame) { seen.emplace_back(frame.view()); });
    }
    CHECK(seen == std::vector<std::string>{"abc", "", "de"});
  }
}

TEST_CASE("a length that is none is refused before memory is taken for it") {
  const auto ignore = [](SharedBytes) {};
  CHECK_THROWS_AS(Frames(100).append(std::string_view("\0\0\0\x65", 4), ignore), Error);
  CHECK_THROWS_AS(Frames(100).append("\xFF\xFF\xFF\xFF", ignore), Error);
  CHECK_NOTHROW(Frames(100).append(std::string_view("\0\0\0\x64", 4), ignore));
  Frames frames(100);
  frames.take_at_most(101);
  CHECK_NOTHROW(frames.append(std::string_view("\0\0\0\x65", 4), ignore));
}

}  // namespace millrace::broker

#include "io/worker.h"

#include <doctest/doctest.h>

#include <thread>

namespace millrace::io {

TEST_CASE("a worker without a thread works when it is stepped, in order") {
  Worker worker;
  std::string done;
  CHECK(!worker.step());
  worker.post([&] {
    done += "a";
    worker.post([&] { done += "c"; });
  });
  worker.post([&] { done += "b"; });
  CHECK(done.empty());
  CHECK(worker.step());
  CHECK(done == "ab");
  CHECK(worker.step());
  CHECK(done == "abc");
}

TEST_CASE("a worker's thread ends when all that was posted is done") {
  int done = 0;  // by the worker's thread alone, until that has ended
  bool elsewhere = true;
  const auto here = std::this_thread::get_id();
  {
    Worker worker;
    worker.start_thread();
    for (int i = 0; i < 100; ++i) {
      worker.post([&] {
        ++done;
        elsewhere = elsewhere && std::this_thread::get_id() != here;
      });
    }
  }
  CHECK(done == 100);
  CHECK(elsewhere);
}

}  // namespace millrace::io

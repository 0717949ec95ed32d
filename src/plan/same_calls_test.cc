#include "plan/same_calls.h"

#include <doctest/doctest.h>

#include "function/foreign/library.h"

namespace millrace::plan {

static AggregateCall call_of(std::string name,
                             std::shared_ptr<const function::ForeignFunction> of) {
  function::AggregateSignature signature;
  signature.name = std::move(name);
  signature.foreign = std::move(of);
  AggregateCall call;
  call.function = std::make_shared<const function::AggregateSignature>(std::move(signature));
  call.arguments = {1};
  return call;
}

TEST_CASE("a call stands for another one of the same function alone") {
  const auto library = std::make_shared<const function::ForeignFunction>();
  const auto other = std::make_shared<const function::ForeignFunction>();
  const AggregateCall call = call_of("f", library);
  AggregateCall named = call_of("f", library);
  named.name = "f(a) as b";
  CHECK(are_same(call, named));
  CHECK_FALSE(are_same(call, call_of("g", library)));
  CHECK_FALSE(are_same(call, call_of("f", other)));  // of another database
  AggregateCall filtered = call;
  filtered.filter = 2;
  CHECK_FALSE(are_same(call, filtered));
}

}  // namespace millrace::plan

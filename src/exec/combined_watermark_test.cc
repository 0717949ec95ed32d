#include "exec/combined_watermark.h"

#include <doctest/doctest.h>

#include <string>

#include "base/error.h"

namespace millrace::exec {

// What is handed on, in words. As an Emitter, it counts as active again with each watermark.
class Heard final : public Output {
 public:
  void push(Batch) override { FAIL("rows"); }
  void advance(Watermark now) override {
    is_idle_ = false;
    said_ += std::to_string(now.ms) + " ";
  }
  void idle() override { is_idle_ = true; }
  void resume() override { is_idle_ = false; }
  void reject(const Batch&, uint32_t, std::string_view reason) override { FAIL(reason); }
  void late(const Batch&, uint32_t, Watermark) override { FAIL("late"); }

  const std::string& said() const { return said_; }
  bool is_idle() const { return is_idle_; }

 private:
  std::string said_;
  bool is_idle_ = false;
};

static constexpr Port kTopic{0};
static constexpr Port kTable{1};

TEST_CASE("an input that ends beside idle ones leaves nothing to wait for") {
  state::Numbers saved;
  CombinedWatermark watermark(saved);
  watermark.set_inputs(2);
  Heard heard;
  watermark.raise_and_pass(kTopic, {10}, heard);
  watermark.raise_and_pass(kTable, {5}, heard);
  watermark.set_idle_and_pass(kTopic, heard);
  CHECK_FALSE(heard.is_idle());
  SUBCASE("with the topic ahead") {
    watermark.raise_and_pass(kTable, Watermark::end_of_input(), heard);
    CHECK(heard.said() == "5 10 ");
  }
  SUBCASE("with the topic behind") {
    watermark.raise_and_pass(kTable, {20}, heard);
    watermark.raise_and_pass(kTable, Watermark::end_of_input(), heard);
    CHECK(heard.said() == "5 20 ");
  }
  CHECK(heard.is_idle());

  watermark.set_active_and_pass(kTopic, heard);
  CHECK_FALSE(heard.is_idle());
  watermark.raise_and_pass(kTopic, {30}, heard);
  CHECK(heard.said().ends_with(" 30 "));
  CHECK_FALSE(heard.is_idle());
}

TEST_CASE("idleness beside an input that has ended is handed on again after each watermark") {
  state::Numbers saved;
  CombinedWatermark watermark(saved);
  watermark.set_inputs(3);
  Heard heard;
  watermark.raise_and_pass({2}, {7}, heard);
  watermark.set_idle_and_pass(kTopic, heard);
  watermark.set_idle_and_pass(kTable, heard);
  CHECK_FALSE(heard.is_idle());
  watermark.set_idle_and_pass({2}, heard);
  CHECK(heard.is_idle());
  watermark.raise_and_pass({2}, Watermark::end_of_input(), heard);
  CHECK(heard.is_idle());
}

TEST_CASE("where every input has ended, so has the whole") {
  state::Numbers saved;
  CombinedWatermark watermark(saved);
  watermark.set_inputs(2);
  Heard heard;
  watermark.set_idle_and_pass(kTopic, heard);
  watermark.raise_and_pass(kTable, Watermark::end_of_input(), heard);
  watermark.raise_and_pass(kTopic, Watermark::end_of_input(), heard);
  CHECK(heard.said() == std::to_string(Watermark::end_of_input().ms) + " ");
  CHECK_FALSE(heard.is_idle());
}

}  // namespace millrace::exec

#include "plan/explain_text.h"

namespace millrace::plan {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::string duration_text(int64_t ms) {
  struct Unit {
    int64_t ms;
    const char* word;
  };
  constexpr Unit kUnits[] = {
      {86'400'000, " d"}, {3'600'000, " h"}, {60'000, " min"}, {1'000, " s"}, {1, " ms"}};
  for (const Unit& unit : kUnits) {
    if (ms % unit.ms == 0) {
      return std::to_string(ms / unit.ms) + unit.word;
    }
  }
  return "";
}

std::string columns_text(const std::vector<size_t>& columns, const Schema& input) {
  std::vector<std::string> names;
  for (const size_t column : columns) {
    names.push_back(input[column].name);
  }
  return joined(names);
}

size_t value_bytes(const Type& type) {
  switch (type.physical()) {
    case Physical::u8:
    case Physical::i8: return 1;
    case Physical::i16: return 2;
    case Physical::i32:
    case Physical::f32: return 4;
    case Physical::i64:
    case Physical::f64: return 8;
    case Physical::i128:
    case Physical::string:
    case Physical::nested: return 16;
  }
  return 16;
}

}  // namespace millrace::plan

#pragma once

// The members of a request, checked as they are taken. Faults gather, so that a client hears of all
// of them at once, as at AWS: whoever took what it needs calls check().
//
// A value of another type ends the call at once.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "kinesis/writer.h"

namespace millrace::kinesis {

// What a text may be.
struct TextRule {
  // Returns true for a good one; null: any.
  bool (*fits)(std::string_view text) = nullptr;
  std::string_view pattern = {};  // what `fits` looks for, as AWS writes it
  size_t least = 0;               // characters
  size_t most = SIZE_MAX;
  std::span<const std::string_view> choices = {};
};

// Names of streams and shards; numbers of records and of hash keys; names of resources.
extern const TextRule kNameRule;
extern const TextRule kSequenceNumberRule;
extern const TextRule kHashKeyRule;
extern const TextRule kStreamArnRule;

using Tags = std::map<std::string, std::string>;

class Parameters {
 public:
  // Borrows `members`, an object.
  Parameters(const Json& members, Encoding encoding);

  std::optional<std::string> text(std::string_view name, const TextRule& rule = {}) const;
  std::string required_text(std::string_view name, const TextRule& rule = {}) const;
  std::optional<int64_t> number(std::string_view name, int64_t least, int64_t most) const;
  int64_t required_number(std::string_view name, int64_t least, int64_t most) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<Timestamp> time(std::string_view name) const;
  std::string required_blob(std::string_view name, size_t most) const;
  // A structure's members; where it is missing, of none.
  std::optional<Parameters> inner(std::string_view name) const;
  std::vector<Parameters> required_list(std::string_view name, size_t most) const;
  std::vector<std::string> required_texts(std::string_view name, size_t most,
                                          const TextRule& rule) const;
  Tags tags(std::string_view name) const;
  Tags required_tags(std::string_view name) const;

  // Throws Refusal(invalid_argument) where the member is there and says anything but false: AWS has
  // it, and it would be ignored here.
  void refuse(std::string_view name) const;
  // Throws Refusal(validation) where anything was wrong.
  void check() const;

 private:
  struct Faults;

  Parameters(const Json& members, Encoding encoding, std::string path,
             std::shared_ptr<Faults> faults);
  const Json* find(std::string_view name) const;  // nullptr for null too
  // Throws Refusal where it is not of the right type, which is named for people.
  const Json* find(std::string_view name, bool (Json::*is_right)() const, const char* type) const;
  const Json* find_required(std::string_view name) const;
  std::string path_of(std::string_view name) const;
  std::string checked_text(const std::string& path, const Json& value, const TextRule& rule) const;
  void add_fault(const std::string& path, std::string_view value,
                 std::string_view constraint) const;
  // Of a list or a map: one at least, and so many at most; otherwise a fault is noted.
  bool has_members(const std::string& path, size_t size, size_t most) const;

  const Json* members_;
  Encoding encoding_;
  std::string path_;  // "records.3."; empty for the request itself
  std::shared_ptr<Faults> faults_;
};

}  // namespace millrace::kinesis

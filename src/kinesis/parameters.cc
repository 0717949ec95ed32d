#include "kinesis/parameters.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "io/digests.h"
#include "kinesis/refusal.h"

namespace millrace::kinesis {

namespace {

constexpr size_t kMostFaults = 10;
constexpr size_t kMostShown = 1024;  // of a value, in a message

bool has_only(std::string_view text, bool (*good)(char)) {
  return std::all_of(text.begin(), text.end(), good);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name(std::string_view text) {
  return has_only(text, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.' || c == '-';
  });
}

bool is_number(std::string_view text, size_t most_digits) {
  return !text.empty() && text.size() <= most_digits && has_only(text, is_digit) &&
         (text.front() != '0' || text.size() == 1);
}

bool is_sequence_number(std::string_view text) { return is_number(text, 129); }
bool is_hash_key(std::string_view text) { return is_number(text, 39); }

// arn:aws...:kinesis:REGION:ACCOUNT:stream/NAME
bool is_stream_arn(std::string_view text) {
  std::vector<std::string_view> parts;
  while (parts.size() < 5) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      return false;
    }
    parts.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  return parts[0] == "arn" && parts[1].starts_with("aws") && parts[2] == "kinesis" &&
         parts[4].size() == 12 && has_only(parts[4], is_digit) && text.starts_with("stream/") &&
         text.size() > 7 && text.find_first_of(" \t\r\n") == std::string_view::npos;
}

// Bytes that begin a character: AWS counts characters.
size_t characters_in(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

const TextRule kTagKeyRule{.least = 1, .most = 128};
const TextRule kTagValueRule{.most = 256};
constexpr size_t kMostTags = 200;

std::string lower_first(std::string_view name) {
  std::string lowered(name);
  lowered.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(lowered.front())));
  return lowered;
}

[[noreturn]] void fail_type(const std::string& path, std::string_view wanted) {
  throw Refusal(Fault::serialization, "'" + path + "' is not " + std::string(wanted));
}

std::string listed(std::span<const std::string_view> choices) {
  std::string text = "[";
  for (const std::string_view choice : choices) {
    text += (text.size() > 1 ? ", " : "") + std::string(choice);
  }
  return text + "]";
}

}  // namespace

const TextRule kNameRule{is_name, "[a-zA-Z0-9_.-]+", 1, 128};
const TextRule kSequenceNumberRule{is_sequence_number, "0|([1-9]\\d{0,128})"};
const TextRule kHashKeyRule{is_hash_key, "0|([1-9]\\d{0,38})"};
const TextRule kStreamArnRule{is_stream_arn, "arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+", 1, 2048};

struct Parameters::Faults {
  std::vector<std::string> list;
};

Parameters::Parameters(const Json& members, Encoding encoding)
    : Parameters(members, encoding, "", std::make_shared<Faults>()) {}

Parameters::Parameters(const Json& members, Encoding encoding, std::string path,
                       std::shared_ptr<Faults> faults)
    : members_(&members), encoding_(encoding), path_(std::move(path)), faults_(std::move(faults)) {
  if (!members.is_object()) {
    throw Refusal(Fault::serialization,
                  path_.empty() ? "the body is no object" : "'" + path_ + "' is no structure");
  }
}

const Json* Parameters::find(std::string_view name) const {
  const Json* found = members_->find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

const Json* Parameters::find(std::string_view name, bool (Json::*is_right)() const,
                             const char* type) const {
  const Json* value = find(name);
  if (value != nullptr && !(value->*is_right)()) {
    fail_type(path_of(name), type);
  }
  return value;
}

const Json* Parameters::find_required(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr) {
    add_fault(path_of(name), "null", "Member must not be null");
  }
  return found;
}

std::string Parameters::path_of(std::string_view name) const { return path_ + lower_first(name); }

void Parameters::add_fault(const std::string& path, std::string_view value,
                           std::string_view constraint) const {
  if (faults_->list.size() < kMostFaults) {
    const std::string shown(value.substr(0, kMostShown));
    faults_->list.push_back("Value " + (value == "null" ? shown : "'" + shown + "'") + " at '" +
                            path + "' failed to satisfy constraint: " + std::string(constraint));
  }
}

bool Parameters::has_members(const std::string& path, size_t size, size_t most) const {
  if (size == 0) {
    add_fault(path, "0 members", "Member must have length greater than or equal to 1");
  } else if (size > most) {
    add_fault(path, std::to_string(size) + " members",
              "Member must have length less than or equal to " + std::to_string(most));
  }
  return size > 0 && size <= most;
}

void Parameters::check() const {
  if (faults_->list.empty()) {
    return;
  }
  std::string message = std::to_string(faults_->list.size()) + " validation error" +
                        (faults_->list.size() > 1 ? "s" : "") + " detected: ";
  for (const std::string& fault : faults_->list) {
    message += (&fault == &faults_->list.front() ? "" : "; ") + fault;
  }
  throw Refusal(Fault::validation, std::move(message));
}

std::string Parameters::checked_text(const std::string& path, const Json& value,
                                     const TextRule& rule) const {
  if (!value.is_string()) {
    fail_type(path, "a string");
  }
  const std::string& text = value.as_string();
  const size_t size = characters_in(text);
  if (size > rule.most) {
    add_fault(path, text,
              "Member must have length less than or equal to " + std::to_string(rule.most));
  }
  if (size < rule.least) {
    add_fault(path, text,
              "Member must have length greater than or equal to " + std::to_string(rule.least));
  } else if (rule.fits != nullptr && !rule.fits(text)) {
    add_fault(path, text,
              "Member must satisfy regular expression pattern: " + std::string(rule.pattern));
  }
  if (!rule.choices.empty() &&
      std::find(rule.choices.begin(), rule.choices.end(), text) == rule.choices.end()) {
    add_fault(path, text, "Member must satisfy enum value set: " + listed(rule.choices));
  }
  return text;
}

std::optional<std::string> Parameters::text(std::string_view name, const TextRule& rule) const {
  const Json* value = find(name);
  return value == nullptr ? std::nullopt : std::optional(checked_text(path_of(name), *value, rule));
}

std::string Parameters::required_text(std::string_view name, const TextRule& rule) const {
  const Json* value = find_required(name);
  return value == nullptr ? "" : checked_text(path_of(name), *value, rule);
}

std::optional<int64_t> Parameters::number(std::string_view name, int64_t least,
                                          int64_t most) const {
  const Json* value = find(name, &Json::is_int, "a whole number");
  if (value == nullptr) {
    return std::nullopt;
  }
  const int64_t number = value->as_int();
  if (number < least) {
    add_fault(path_of(name), std::to_string(number),
              "Member must have value greater than or equal to " + std::to_string(least));
  } else if (number > most) {
    add_fault(path_of(name), std::to_string(number),
              "Member must have value less than or equal to " + std::to_string(most));
  }
  return number;
}

int64_t Parameters::required_number(std::string_view name, int64_t least, int64_t most) const {
  return find_required(name) == nullptr ? least : number(name, least, most).value_or(least);
}

std::optional<bool> Parameters::flag(std::string_view name) const {
  const Json* value = find(name, &Json::is_bool, "a boolean");
  return value == nullptr ? std::nullopt : std::optional(value->as_bool());
}

std::optional<Timestamp> Parameters::time(std::string_view name) const {
  const Json* value = find(name, &Json::is_number, "a time");
  if (value == nullptr) {
    return std::nullopt;
  }
  const double ms = value->as_double() * (encoding_ == Encoding::json ? 1000 : 1);
  constexpr double kMost = 1e15;  // beyond the year 30000
  if (!(std::abs(ms) <= kMost)) {
    fail_type(path_of(name), "a time of this age");
  }
  return Timestamp{static_cast<int64_t>(std::llround(ms))};
}

std::string Parameters::required_blob(std::string_view name, size_t most) const {
  const Json* value = find_required(name);
  if (value == nullptr) {
    return "";
  }
  if (!value->is_string()) {
    fail_type(path_of(name), "a blob");
  }
  std::string bytes;
  if (encoding_ == Encoding::cbor) {
    bytes = value->as_string();
  } else {
    auto decoded = io::from_base64(value->as_string());
    if (!decoded) {
      fail_type(path_of(name), "a blob: it is not base64");
    }
    bytes = std::move(*decoded);
  }
  if (bytes.size() > most) {
    add_fault(path_of(name), std::to_string(bytes.size()) + " bytes",
              "Member must have length less than or equal to " + std::to_string(most));
  }
  return bytes;
}

std::optional<Parameters> Parameters::inner(std::string_view name) const {
  const Json* value = find(name);
  return value == nullptr
             ? std::nullopt
             : std::optional(Parameters(*value, encoding_, path_of(name) + ".", faults_));
}

std::vector<Parameters> Parameters::required_list(std::string_view name, size_t most) const {
  const Json* value = find_required(name);
  if (value == nullptr) {
    return {};
  }
  const std::string path = path_of(name);
  if (!value->is_array()) {
    fail_type(path, "a list");
  }
  const Json::Array& items = value->as_array();
  if (!has_members(path, items.size(), most)) {
    return {};
  }
  std::vector<Parameters> list;
  list.reserve(items.size());
  for (const Json& item : items) {
    list.push_back(Parameters(item, encoding_,
                              path + "." + std::to_string(list.size() + 1) + ".member.", faults_));
  }
  return list;
}

std::vector<std::string> Parameters::required_texts(std::string_view name, size_t most,
                                                    const TextRule& rule) const {
  const Json* value = find_required(name);
  if (value == nullptr) {
    return {};
  }
  const std::string path = path_of(name);
  if (!value->is_array()) {
    fail_type(path, "a list");
  }
  std::vector<std::string> texts;
  for (const Json& item : value->as_array()) {
    texts.push_back(
        checked_text(path + "." + std::to_string(texts.size() + 1) + ".member", item, rule));
  }
  has_members(path, texts.size(), most);
  return texts;
}

Tags Parameters::tags(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) {
    return {};
  }
  const std::string path = path_of(name);
  if (!value->is_object()) {
    fail_type(path, "a map");
  }
  Tags tags;
  for (const auto& [key, content] : value->as_members()) {
    checked_text(path + ".key", Json(key), kTagKeyRule);
    tags[key] = checked_text(path + "." + key + ".member", content, kTagValueRule);
  }
  has_members(path, tags.size(), kMostTags);
  return tags;
}

Tags Parameters::required_tags(std::string_view name) const {
  return find_required(name) == nullptr ? Tags() : tags(name);
}

void Parameters::refuse(std::string_view name) const {
  const Json* value = find(name);
  if (value != nullptr && !(value->is_bool() && !value->as_bool())) {
    throw Refusal(Fault::invalid_argument, std::string(name) + " is not offered here");
  }
}

}  // namespace millrace::kinesis

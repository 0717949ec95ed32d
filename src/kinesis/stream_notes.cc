#include "kinesis/stream_notes.h"

#include "base/error.h"
#include "base/json.h"
#include "io/files.h"

namespace millrace::kinesis {

namespace {

std::string_view name_of(StreamMode mode) {
  return mode == StreamMode::provisioned ? "provisioned" : "on_demand";
}

Json json_of(const kafka::Uuid& topic, const StreamNotes& notes) {
  Json tags = Json::object();
  for (const auto& [key, value] : notes.tags) {
    tags.set(key, value);
  }
  return Json::object({{"topic_id", topic.to_hex()},
                       {"mode", name_of(notes.mode)},
                       {"made", notes.made.ms},
                       {"most_record_kib", notes.most_record_kib},
                       {"tags", std::move(tags)}});
}

StreamNotes notes_of(const Json& json) {
  StreamNotes notes;
  notes.mode = json.at("mode").as_string() == name_of(StreamMode::provisioned)
                   ? StreamMode::provisioned
                   : StreamMode::on_demand;
  notes.made.ms = json.at("made").as_int();
  notes.most_record_kib = json.at("most_record_kib").as_int();
  for (const auto& [key, value] : json.at("tags").as_members()) {
    notes.tags[key] = value.as_string();
  }
  return notes;
}

}  // namespace

AllStreamNotes::AllStreamNotes(io::World world, const std::string& directory)
    : world_(world), path_(io::join(directory, "kinesis.json")) {
  if (!world_.files->exists(path_)) {
    return;
  }
  const Json json = Json::parse(world_.files->read_all(path_));
  if (json.at("format").as_int() != 1) {
    throw Error(ErrorCode::corrupt, "'" + path_ + "' is not of format 1");
  }
  for (const Json& each : json.at("streams").as_array()) {
    const auto topic = kafka::Uuid::from_hex(each.at("topic_id").as_string());
    if (!topic) {
      throw Error(ErrorCode::corrupt, "'" + path_ + "' has a topic_id that is none");
    }
    notes_[*topic] = notes_of(each);
  }
}

const StreamNotes& AllStreamNotes::of(const kafka::Uuid& topic) const {
  const auto found = notes_.find(topic);
  return found == notes_.end() ? none_ : found->second;
}

void AllStreamNotes::replace(const kafka::Uuid& topic, StreamNotes notes,
                             const std::function<bool(const kafka::Uuid&)>& exists) {
  auto changed = notes_;
  changed[topic] = std::move(notes);
  Json streams = Json::array();
  std::erase_if(changed, [&](const auto& entry) { return !exists(entry.first); });
  for (const auto& [id, each] : changed) {
    streams.push(json_of(id, each));
  }
  const Json json = Json::object({{"format", 1}, {"streams", std::move(streams)}});
  world_.files->replace(path_, json.dump() + "\n");
  notes_ = std::move(changed);
}

}  // namespace millrace::kinesis

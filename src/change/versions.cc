#include "change/versions.h"

#include "base/error.h"
#include "base/json.h"
#include "io/files.h"

namespace millrace::change {

static constexpr const char* kName = "versions.json";
static constexpr int64_t kFormat = 2;
// In which no version had the directory of another, so that the same bytes say the same.
static constexpr int64_t kFormerFormat = 1;
static constexpr const char* kFirst = ".";
static constexpr std::string_view kPrefix = "version-";

static Json to_json(const Version& version) {
  return Json::object({{"version", version.number},
                       {"directory", version.directory},
                       {"file", version.file},
                       {"sql", version.text}});
}

static Version version_of(const Json& json) {
  return {json.at("version").as_int(), json.at("directory").as_string(),
          json.at("file").as_string(), json.at("sql").as_string()};
}

std::string signature_of(const std::string& pipeline, const Version& version) {
  const std::string& directory = version.directory;
  return directory.starts_with(kPrefix) ? pipeline + "@" + directory.substr(kPrefix.size())
                                        : pipeline;
}

VersionFile::VersionFile(const io::World& world, std::string directory)
    : world_(world), directory_(std::move(directory)) {
  if (world_.files->exists(path())) {
    // A kill may have come between its name and its becoming durable.
    world_.files->sync_directory(directory_);
  }
}

std::string VersionFile::path() const { return io::join(directory_, kName); }

std::optional<Versions> VersionFile::read() const {
  if (!world_.files->exists(path())) {
    return std::nullopt;
  }
  try {
    const Json json = Json::parse(world_.files->read_all(path()));
    if (const int64_t format = json.at("format").as_int();
        format != kFormat && format != kFormerFormat) {
      throw Error(ErrorCode::unsupported,
                  "expected format 1 or 2, found " + std::to_string(format));
    }
    Versions versions{version_of(json.at("current")), std::nullopt};
    if (const Json& previous = json.at("previous"); !previous.is_null()) {
      versions.previous = version_of(previous);
    }
    return versions;
  } catch (const Error& error) {  // to say which file it is
    throw Error(ErrorCode::corrupt, "cannot read " + path() + ": " + error.message());
  }
}

void VersionFile::write(const Versions& versions) {
  world_.files->make_directories(directory_);
  const Json json =
      Json::object({{"format", kFormat},
                    {"current", to_json(versions.current)},
                    {"previous", versions.previous ? to_json(*versions.previous) : Json()}});
  world_.files->replace(path(), json.dump_pretty() + "\n");
}

std::string VersionFile::path_of(const Version& version) const {
  return version.directory == kFirst ? directory_ : io::join(directory_, version.directory);
}

Versions VersionFile::followed_by(const Versions& versions, std::string file,
                                  std::string text) const {
  const int64_t number = versions.current.number + 1;
  return {{number, std::string(kPrefix) + std::to_string(number), std::move(file), std::move(text)},
          versions.current};
}

Versions VersionFile::continued_by(const Versions& versions, std::string file,
                                   std::string text) const {
  const Version& current = versions.current;
  return {{current.number + 1, current.directory, std::move(file), std::move(text)}, current};
}

// Part by part: what a pipeline keeps may be larger than memory.
static void copy(io::Files& files, const std::string& from, const std::string& to) {
  constexpr size_t kPart = size_t{1} << 20;
  const auto source = files.open(from, io::OpenMode::read);
  const auto target = files.open(to, io::OpenMode::append);
  std::string part(kPart, '\0');
  for (uint64_t at = 0; at < source->size(); at += kPart) {
    target->append({part.data(), source->read(at, part.data(), kPart)});
  }
  target->sync();
}

void VersionFile::begin(const Version& version, const Version* from) {
  const std::string to = path_of(version);
  world_.files->remove_tree(to);
  world_.files->make_directories(to);
  if (from == nullptr) {
    return;
  }
  const std::string source = path_of(*from);
  for (const std::string& name : world_.files->list(source)) {
    const std::string path = io::join(source, name);
    if (name != kName && !world_.files->is_directory(path)) {
      copy(*world_.files, path, io::join(to, name));
    }
  }
  world_.files->sync_directory(to);
}

// The first version's checkpoints lie beside the file.
void VersionFile::remove_first() {
  for (const std::string& name : world_.files->list(directory_)) {
    const std::string path = io::join(directory_, name);
    if (name != kName && !world_.files->is_directory(path)) {
      world_.files->remove(path);
    }
  }
}

void VersionFile::remove_others(const Versions& versions) {
  const auto is_kept = [&](const std::string& directory) {
    return directory == versions.current.directory ||
           (versions.previous && directory == versions.previous->directory);
  };
  for (const std::string& name : world_.files->list(directory_)) {
    if ((name.starts_with(kPrefix) || name.starts_with("compared-")) && !is_kept(name)) {
      world_.files->remove_tree(io::join(directory_, name));
    }
  }
  if (!is_kept(kFirst)) {
    remove_first();
  }
}

}  // namespace millrace::change

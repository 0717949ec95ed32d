#include "state/spill_space.h"

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"

namespace millrace::state {

static constexpr std::string_view kPrefix = "spill-";

SpillFile::SpillFile(io::Files* files, std::string path)
    : files_(files), path_(std::move(path)), file_(files->open(path_, io::OpenMode::append)) {}

SpillFile::~SpillFile() {
  file_.reset();
  try {
    files_->remove(path_);
  } catch (...) {  // a destructor throws nothing; what is left behind is removed by the next life
  }
}

SpillFile::Place SpillFile::append(std::string_view bytes) {
  check(bytes.size() <= UINT32_MAX, "what is spilled at once is less than 4 GiB");
  const Place place{file_->size(), static_cast<uint32_t>(bytes.size()), crc32c(bytes)};
  try {
    file_->append(bytes);
  } catch (const Error& error) {  // says what the disk cannot know
    throw Error(error.code(), "cannot write state that has no room in memory to " + path_ + ": " +
                                  error.message() +
                                  "; make room there, or SET 'millrace.state.memory' to more");
  }
  return place;
}

void SpillFile::read(const Place& place, std::string& to) const {
  to.resize(place.bytes);
  if (file_->read(place.at, to.data(), to.size()) != to.size() || crc32c(to) != place.crc) {
    throw Error(ErrorCode::corrupt, "cannot read state back from " + path_ + " at byte " +
                                        std::to_string(place.at) + ": it is not what was written");
  }
}

SpillSpace::SpillSpace(io::Files* files, std::string directory, size_t most_memory,
                       uint64_t full_file)
    : files_(files),
      directory_(std::move(directory)),
      most_memory_(most_memory),
      full_file_(full_file) {
  for (const std::string& name : files_->list(directory_)) {
    if (name.starts_with(kPrefix)) {
      files_->remove(io::join(directory_, name));
    }
  }
}

std::unique_ptr<SpillFile> SpillSpace::new_file() {
  return std::make_unique<SpillFile>(
      files_, io::join(directory_, std::string(kPrefix) + std::to_string(++made_)));
}

std::shared_ptr<SpillFile> SpillSpace::shared_file() {
  std::shared_ptr<SpillFile> file = shared_.lock();
  if (file == nullptr || file->size() >= full_file_) {
    file = new_file();
    shared_ = file;
  }
  return file;
}

}  // namespace millrace::state

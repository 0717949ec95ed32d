#pragma once

// The versions of a pipeline: which text is in force, where its checkpoints are, and the one before
// it. docs/formats/versions.md describes the file. Replacing it is the switch from one version to
// another: before that the old one runs after any crash, behind it the new one.

#include <cstdint>
#include <optional>
#include <string>

#include "io/world.h"

namespace millrace::change {

struct Version {
  int64_t number = 1;
  std::string directory = ".";  // of its checkpoints, in the pipeline's
  std::string file;             // where its text was read from
  std::string text;             // the whole file's

  bool operator==(const Version&) const = default;
};

struct Versions {
  Version current;
  std::optional<Version> previous;  // with its last checkpoint, to go back to

  bool operator==(const Versions&) const = default;
};

// What the sinks of a version sign with, so that whoever has state of its own is a writer of its
// own, and a version that goes on with another's state goes on with its epochs.
std::string signature_of(const std::string& pipeline, const Version& version);

class VersionFile {
 public:
  // `directory` is the pipeline's.
  VersionFile(const io::World& world, std::string directory);

  // Nothing where the pipeline has not run. Throws Error(corrupt).
  std::optional<Versions> read() const;
  // Durable when it returns. After an Error either may be there.
  void write(const Versions& versions);

  std::string path_of(const Version& version) const;
  // A version of this text behind `versions`, with the one in force as its previous.
  Versions followed_by(const Versions& versions, std::string file, std::string text) const;
  // The same, going on with the state of the one in force.
  Versions continued_by(const Versions& versions, std::string file, std::string text) const;
  // Its directory, with what `from` keeps in its own where there is one, else empty.
  void begin(const Version& version, const Version* from);
  // What belongs to neither: versions before, and changes that did not come to their end.
  void remove_others(const Versions& versions);

 private:
  std::string path() const;
  void remove_first();

  io::World world_;
  std::string directory_;
};

}  // namespace millrace::change

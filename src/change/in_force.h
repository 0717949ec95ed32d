#pragma once

// Which version of a pipeline runs: the one in force, whatever text the program was started with.
// A text that says the same takes its place at once; another one has to be applied.

#include <string>

#include "catalog/check_options.h"
#include "change/versions.h"
#include "exec/pipeline.h"
#include "plan/session/session.h"

namespace millrace::change {

struct InForce {
  Versions versions;
  plan::Job job;
  bool waits = false;  // the given text says something else, which has to be applied
};

// What becomes of a given text of the same plan that is on other terms (sameness.h).
enum class OtherTerms : uint8_t {
  wait,  // to be applied
  hold,  // from now on, for nobody could apply them
};

// The pipeline of this name in a text. Throws Error: as plan::plan_program(), or not_found.
plan::Job job_in(const std::string& text, const std::string& file, const std::string& name,
                 const catalog::Connections& connections, plan::Loadable loadable = {});

// A version at work: of that job, in that version's directory.
exec::PipelineSpec pipeline_spec(const plan::Job& job, const VersionFile& file,
                                 const Version& version);

// Whether there is anything that another version would have to take over: one that failed in its
// first epoch behind the start has written nothing, and is mended by mending its text.
bool has_begun(const io::World& world, const VersionFile& file, const Versions& versions);

// `job` is of `text`, which was read from `file`. Makes it the first version where there is none,
// and in place of one that has not begun.
InForce in_force(const io::World& world, VersionFile& versions, plan::Job job,
                 const std::string& file, const std::string& text,
                 const catalog::Connections& connections,
                 OtherTerms other_terms = OtherTerms::wait);

}  // namespace millrace::change

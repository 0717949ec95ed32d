#include "change/in_force.h"

#include "base/error.h"
#include "change/sameness.h"
#include "connector/connectors.h"
#include "exec/checkpoint.h"
#include "plan/fingerprint.h"
#include "plan/program.h"

namespace millrace::change {

plan::Job job_in(const std::string& text, const std::string& file, const std::string& name,
                 const catalog::Connections& connections, plan::Loadable loadable) {
  plan::Program program = plan::plan_program(text, file, connections, std::move(loadable));
  for (plan::Job& job : program.jobs) {
    if (job.name == name) {
      if (job.letters.dead_letters == nullptr) {
        job.letters.dead_letters = connector::default_dead_letter_table();
      }
      return std::move(job);
    }
  }
  throw Error(ErrorCode::not_found, "there is no pipeline '" + name + "' in " + file);
}

exec::PipelineSpec pipeline_spec(const plan::Job& job, const VersionFile& file,
                                 const Version& version) {
  return {.name = job.name,
          .plan = job.plan,
          .dead_letters = job.letters.dead_letters,
          .directory = file.path_of(version),
          .signature = signature_of(job.name, version),
          .late_rows = job.letters.late_rows};
}

// State of before there were versions, or of another plan, which says so when it is restored.
static bool has_other_state(const io::World& world, const std::string& directory,
                            const std::string& fingerprint) {
  const auto last = exec::Checkpoints(directory, world).newest();
  return last && last->fingerprint != fingerprint;
}

bool has_begun(const io::World& world, const VersionFile& file, const Versions& versions) {
  const auto last = exec::Checkpoints(file.path_of(versions.current), world).newest();
  const bool took_over =
      versions.previous && versions.previous->directory != versions.current.directory;
  return took_over || (last && last->epoch > exec::kFirstEpoch);
}

InForce in_force(const io::World& world, VersionFile& file, plan::Job job, const std::string& path,
                 const std::string& text, const catalog::Connections& connections,
                 OtherTerms other_terms) {
  std::optional<Versions> versions = file.read();
  if (!versions) {
    versions.emplace(Versions{{1, ".", path, text}, std::nullopt});
    if (!has_other_state(world, file.path_of(versions->current), plan::fingerprint(*job.plan))) {
      file.write(*versions);
    }
    return {std::move(*versions), std::move(job)};
  }
  Version& current = versions->current;
  plan::Job known;
  try {
    known = job_in(current.text, current.file, job.name, connections);
  } catch (const Error&) {  // of an older program: the new text stands or falls by its state
    return {std::move(*versions), std::move(job)};
  }
  const Sameness same = sameness(known, job);
  const bool says_the_same =
      same == Sameness::whole || (same == Sameness::of_plan && other_terms == OtherTerms::hold);
  if (says_the_same || !has_begun(world, file, *versions)) {
    if (same == Sameness::none) {
      exec::Checkpoints(file.path_of(current), world).remove_all();
    }
    if (current.text != text || current.file != path) {
      current.text = text;
      current.file = path;
      file.write(*versions);
    }
    return {std::move(*versions), std::move(job)};
  }
  return {std::move(*versions), std::move(known), true};
}

}  // namespace millrace::change

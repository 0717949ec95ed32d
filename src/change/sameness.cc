#include "change/sameness.h"

#include "plan/fingerprint.h"
#include "plan/session/terms.h"

namespace millrace::change {

Sameness sameness(const plan::Job& before, const plan::Job& now) {
  if (plan::fingerprint(*before.plan) != plan::fingerprint(*now.plan)) {
    return Sameness::none;
  }
  return plan::terms_of(before) == plan::terms_of(now) ? Sameness::whole : Sameness::of_plan;
}

}  // namespace millrace::change

#pragma once

// Connectors of the tests' own: what is planned must not depend on what is built in.

#include "catalog/check_options.h"

namespace millrace::golden {

catalog::Connections connections();

}  // namespace millrace::golden

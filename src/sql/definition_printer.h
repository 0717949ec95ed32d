#pragma once

// Statements that define things, as text; a part of printer.h.

#include <string>

#include "sql/statement.h"

namespace millrace::sql {

// "TABLE ", "VIEW ", ...
const char* word_of(ObjectKind kind);
std::string definition_to_sql(const CreateTable& node);
std::string definition_to_sql(const CreateView& node);
std::string definition_to_sql(const CreateFunction& node);
std::string definition_to_sql(const CreateCatalog& node);
std::string definition_to_sql(const CreateDatabase& node);
std::string definition_to_sql(const CreateModel& node);
std::string definition_to_sql(const Drop& node);
std::string definition_to_sql(const Alter& node);

}  // namespace millrace::sql

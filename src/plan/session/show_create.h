#pragma once

// SHOW CREATE: definitions as the statements that make them again, laid out as Flink lays them out.

#include <string>

#include "catalog/catalog.h"

namespace millrace::plan {

std::string show_create(const catalog::Table& table);
std::string show_create(const catalog::View& view);
std::string show_create(const catalog::Model& model);
std::string show_create_catalog(const std::string& name, const catalog::Properties& properties);

// VARCHAR(2147483647) for STRING, and so on: how a type stands in SHOW CREATE.
std::string written_type(const Type& type);

}  // namespace millrace::plan

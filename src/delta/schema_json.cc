#include "delta/schema_json.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "base/json.h"

namespace millrace::delta {

static Schema stored_fields(const std::vector<Field>& fields) {
  Schema stored;
  for (const Field& field : fields) {
    stored.fields.push_back({field.name, stored_type(field.type)});
  }
  return stored;
}

Type stored_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::float_:
    case TypeKind::double_:
    case TypeKind::decimal:
    case TypeKind::date: return type;
    case TypeKind::char_:
    case TypeKind::varchar: return Type::string(type.nullable);
    case TypeKind::binary:
    case TypeKind::varbinary: return Type::bytes(type.nullable);
    case TypeKind::timestamp: return Type::timestamp(6, type.nullable);
    case TypeKind::timestamp_ltz: return Type::timestamp_ltz(6, type.nullable);
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::row: {
      Type stored = type;
      stored.children =
          std::make_shared<const std::vector<Field>>(stored_fields(*type.children).fields);
      return stored;
    }
    case TypeKind::null_:
    case TypeKind::time:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::multiset:
    case TypeKind::bitmap:
    case TypeKind::variant: break;
  }
  throw Error(ErrorCode::unsupported,
              "Delta tables have no type for " + type.to_string() + "; cast it to STRING");
}

Schema stored_schema(const Schema& schema) { return stored_fields(schema.fields); }

static constexpr std::array<std::pair<TypeKind, const char*>, 12> kNames = {{
    {TypeKind::boolean, "boolean"},
    {TypeKind::tinyint, "byte"},
    {TypeKind::smallint, "short"},
    {TypeKind::integer, "integer"},
    {TypeKind::bigint, "long"},
    {TypeKind::float_, "float"},
    {TypeKind::double_, "double"},
    {TypeKind::date, "date"},
    {TypeKind::varchar, "string"},
    {TypeKind::varbinary, "binary"},
    {TypeKind::timestamp, "timestamp_ntz"},
    {TypeKind::timestamp_ltz, "timestamp"},
}};

static Json fields_json(const std::vector<Field>& fields);

static Json type_json(const Type& type) {
  const auto child = [&](size_t i) -> const Type& { return (*type.children)[i].type; };
  if (type.kind == TypeKind::decimal) {
    return "decimal(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
  }
  if (type.kind == TypeKind::row) {
    return fields_json(*type.children);
  }
  if (type.kind == TypeKind::array) {
    return Json::object({{"type", "array"},
                         {"elementType", type_json(child(0))},
                         {"containsNull", child(0).nullable}});
  }
  if (type.kind == TypeKind::map) {
    return Json::object({{"type", "map"},
                         {"keyType", type_json(child(0))},
                         {"valueType", type_json(child(1))},
                         {"valueContainsNull", child(1).nullable}});
  }
  for (const auto& [kind, name] : kNames) {
    if (kind == type.kind) {
      return name;
    }
  }
  throw Error(ErrorCode::internal, "cannot write type " + type.to_string() + " to a Delta schema");
}

static Json fields_json(const std::vector<Field>& fields) {
  Json::Array array;
  for (const Field& field : fields) {
    array.push_back(Json::object({{"name", field.name},
                                  {"type", type_json(field.type)},
                                  {"nullable", field.type.nullable},
                                  {"metadata", Json::object()}}));
  }
  return Json::object({{"type", "struct"}, {"fields", Json(std::move(array))}});
}

std::string schema_to_json(const Schema& schema) { return fields_json(schema.fields).dump(); }

static Type decimal_from(std::string_view text, bool nullable) {
  int32_t precision = 0;
  int32_t scale = 0;
  const char* end = text.data() + text.size();
  const auto after =
      std::from_chars(text.data() + std::string_view("decimal(").size(), end, precision);
  const bool has_scale = after.ec == std::errc() && after.ptr != end && *after.ptr == ',';
  if (has_scale) {
    const std::string_view rest(after.ptr + 1, static_cast<size_t>(end - after.ptr - 1));
    const size_t digits = std::min(rest.find_first_not_of(' '), rest.size());
    std::from_chars(rest.data() + digits, end, scale);
  }
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
    throw Error(ErrorCode::corrupt, "'" + std::string(text) + "' is no Delta decimal type");
  }
  return Type::decimal(precision, scale, nullable);
}

static Type simple_from(const std::string& name, bool nullable) {
  if (name == "decimal") {
    return Type::decimal(10, 0, nullable);
  }
  if (name.starts_with("decimal(")) {
    return decimal_from(name, nullable);
  }
  for (const auto& [kind, known] : kNames) {
    if (name == known) {
      return stored_type(kind == TypeKind::timestamp       ? Type::timestamp(6, nullable)
                         : kind == TypeKind::timestamp_ltz ? Type::timestamp_ltz(6, nullable)
                                                           : Type::of(kind, nullable));
    }
  }
  throw Error(ErrorCode::unsupported, "cannot read a Delta column of type '" + name + "'");
}

static std::vector<Field> fields_from(const Json& json);

static Type type_from(const Json& json, bool nullable) {
  if (json.is_string()) {
    return simple_from(json.as_string(), nullable);
  }
  const std::string& kind = json.at("type").as_string();
  if (kind == "struct") {
    return Type::row(fields_from(json), nullable);
  }
  if (kind == "array") {
    return Type::array(type_from(json.at("elementType"), json.at("containsNull").as_bool()),
                       nullable);
  }
  if (kind == "map") {
    return Type::map(type_from(json.at("keyType"), false),
                     type_from(json.at("valueType"), json.at("valueContainsNull").as_bool()),
                     nullable);
  }
  throw Error(ErrorCode::unsupported, "cannot read a Delta column of type '" + kind + "'");
}

static std::vector<Field> fields_from(const Json& json) {
  std::vector<Field> fields;
  for (const Json& field : json.at("fields").as_array()) {
    fields.push_back({field.at("name").as_string(),
                      type_from(field.at("type"), field.at("nullable").as_bool())});
  }
  return fields;
}

Schema schema_from_json(std::string_view json) { return {fields_from(Json::parse(json))}; }

}  // namespace millrace::delta

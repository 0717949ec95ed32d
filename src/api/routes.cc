#include <array>

#include "api/route.h"

namespace millrace::api {

static constexpr std::array kRoutes = std::to_array<Route>({
    {"GET", "/healthz", healthz},
    {"GET", "/readyz", readyz},
    {"GET", "/metrics", metrics},
    {"GET", "/openapi.json", openapi},
    {"GET", "/api/v1/pipelines", list_pipelines},
    {"GET", "/api/v1/pipelines/{pipeline}", describe_pipeline},
    {"POST", "/api/v1/plans", plan_pipelines},
    {"POST", "/api/v1/pipelines/{pipeline}/changes", begin_change},
    {"GET", "/api/v1/pipelines/{pipeline}/changes", describe_change},
    {"DELETE", "/api/v1/pipelines/{pipeline}/changes", cancel_change},
    {"GET", "/api/v1/groups", list_groups},
    {"GET", "/api/v1/groups/{group}", describe_group},
    {"DELETE", "/api/v1/groups/{group}", delete_group},
    {"POST", "/api/v1/groups/{group}/reset", reset_group_offsets},
    {"POST", "/api/v1/sql", run_statement},
    {"GET", "/api/v1/acls", list_acls},
    {"POST", "/api/v1/acls", add_acl},
    {"DELETE", "/api/v1/acls", remove_acls},
    {"GET", "/api/v1/quotas", list_quotas},
    {"PATCH", "/api/v1/quotas", change_quotas},
    {"GET", "/api/v1/users", list_users},
    {"PUT", "/api/v1/users/{user}", set_user},
    {"DELETE", "/api/v1/users/{user}", delete_user},
    {"GET", "/api/v1/tables", list_tables},
    {"GET", "/api/v1/topics", list_topics},
    {"POST", "/api/v1/topics", create_topic},
    {"GET", "/api/v1/topics/{topic}", describe_topic},
    {"DELETE", "/api/v1/topics/{topic}", delete_topic},
    {"PATCH", "/api/v1/topics/{topic}/settings", change_topic_settings},
    {"POST", "/api/v1/topics/{topic}/partitions", add_topic_partitions},
    {"GET", "/api/v1/topics/{topic}/records", read_records},
    {"DELETE", "/api/v1/topics/{topic}/records", delete_topic_records},
    {"POST", "/api/v1/topics/{topic}/records", append_records},
});

std::span<const Route> routes() { return kRoutes; }

}  // namespace millrace::api

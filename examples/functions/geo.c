/* A library of SQL functions: distances on the globe, and the grid squares of radio amateurs.
 *
 *   cc -std=c99 -O2 -fPIC -shared -I include examples/functions/geo.c -o libgeo.so -lm
 *
 * geo.sql beside this file uses it. */

#include <math.h>
#include <stdio.h>

#include "millrace/function.h"

static double radians(double degrees) { return degrees * 3.14159265358979323846 / 180.0; }

static double haversine(double angle) {
  const double half = sin(angle / 2.0);
  return half * half;
}

/* distance_km(latitude, longitude, latitude, longitude) */
static void compute_distances(const struct millrace_call* call) {
  const double* from_latitude = call->argument[0].values;
  const double* from_longitude = call->argument[1].values;
  const double* to_latitude = call->argument[2].values;
  const double* to_longitude = call->argument[3].values;
  double* kilometres = call->result;
  for (size_t row = 0; row < call->rows; ++row) {
    const double height = radians(to_latitude[row] - from_latitude[row]);
    const double width = radians(to_longitude[row] - from_longitude[row]);
    const double chord = haversine(height) + cos(radians(from_latitude[row])) *
                                                 cos(radians(to_latitude[row])) * haversine(width);
    kilometres[row] = 2.0 * 6371.0 * asin(sqrt(chord < 1.0 ? chord : 1.0));
  }
}

MILLRACE_EXPORT const struct millrace_function distance_km = {
    MILLRACE_FUNCTION_ABI, MILLRACE_NULL_IN_NULL_OUT, "DOUBLE, DOUBLE, DOUBLE, DOUBLE", "DOUBLE",
    compute_distances};

/* locator(latitude, longitude): 'JN58'. A place that is none fails its row, which then lies in the
 * dead letters with this reason. */
static void compute_locators(const struct millrace_call* call) {
  const double* latitude = call->argument[0].values;
  const double* longitude = call->argument[1].values;
  for (size_t row = 0; row < call->rows; ++row) {
    if (millrace_is_null(&call->argument[0], row) || millrace_is_null(&call->argument[1], row)) {
      call->set_null(call, row);
      continue;
    }
    const double north = latitude[row] + 90.0;
    const double east = longitude[row] + 180.0;
    if (!(north >= 0.0 && north < 180.0 && east >= 0.0 && east < 360.0)) {
      char reason[80];
      snprintf(reason, sizeof reason, "no place on the globe: %g, %g", latitude[row],
               longitude[row]);
      call->fail(call, row, reason);
      continue;
    }
    const int column = (int)(east / 2.0);
    const int line = (int)north;
    const char square[4] = {(char)('A' + column / 10), (char)('A' + line / 10),
                            (char)('0' + column % 10), (char)('0' + line % 10)};
    call->set_string(call, row, square, sizeof square);
  }
}

MILLRACE_EXPORT const struct millrace_function locator = {
    MILLRACE_FUNCTION_ABI, 0, "DOUBLE, DOUBLE", "STRING", compute_locators};

#pragma once

// Functions of doubles whose last digit is Java's.
//
// Java leaves the arcs and hyperbolic functions to fdlibm, step by step as it is written, and
// glibc, which is nearer to the true value, differs in every tenth of them. Its exponential,
// logarithms, powers, sines, cosines and tangents are Intel's: of 400 arguments glibc's differ in
// one or two at most, but for log10, where a long double that is rounded once is what Intel's is.
// https://www.netlib.org/fdlibm/

namespace millrace::function {

double java_arc_sine(double x);
double java_arc_cosine(double x);
double java_arc_tangent(double x);
double java_arc_tangent(double y, double x);  // the angle of a point
double java_hyperbolic_sine(double x);
double java_hyperbolic_cosine(double x);
double java_log_to_ten(double x);

}  // namespace millrace::function

#include "base/metrics.h"

#include "base/json.h"

namespace millrace {

Duration Histogram::upper_bound(size_t bucket) { return Duration::microseconds(50LL << bucket); }

void Histogram::observe(Duration took) {
  size_t bucket = 0;
  while (bucket < kBuckets && took > upper_bound(bucket)) {
    ++bucket;
  }
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(took.ns, std::memory_order_relaxed);
}

// region="north",type="call": the inside of the braces.
static std::string exposed(const MetricLabels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += (text.empty() ? "" : ",") + name + "=";
    append_json_string(value, text);
  }
  return text;
}

template <typename Instrument>
Instrument& Metrics::find_or_make(Families<Instrument>& families, std::string_view name,
                                  std::string_view help, const MetricLabels& labels) {
  const std::lock_guard lock(mutex_);
  Family<Instrument>& family = families[std::string(name)];
  family.help = help;
  std::unique_ptr<Instrument>& instrument = family.by_labels[exposed(labels)];
  if (!instrument) {
    instrument = std::make_unique<Instrument>();
  }
  return *instrument;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_make(counters_, name, help, labels);
}
Gauge& Metrics::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_make(gauges_, name, help, labels);
}
Histogram& Metrics::histogram(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_make(histograms_, name, help, labels);
}

namespace {

void head(const std::string& name, const std::string& help, const char* type, std::string& out) {
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

void line(const std::string& name, const std::string& labels, const std::string& value,
          std::string& out) {
  out += name + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
}

std::string seconds(Duration d) {
  std::string text;
  append_json_double(d.as_seconds(), text);
  return text;
}

void expose_histogram(const std::string& name, const std::string& labels, const Histogram& h,
                      std::string& out) {
  const std::string prefix = labels.empty() ? "" : labels + ",";
  uint64_t total = 0;
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    total += h.count_in(i);
    line(name + "_bucket", prefix + "le=\"" + seconds(Histogram::upper_bound(i)) + "\"",
         std::to_string(total), out);
  }
  total += h.overflow();
  line(name + "_bucket", prefix + "le=\"+Inf\"", std::to_string(total), out);
  line(name + "_sum", labels, seconds(h.sum()), out);
  line(name + "_count", labels, std::to_string(total), out);
}

}  // namespace

std::string Metrics::expose() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : counters_) {
    head(name, family.help, "counter", out);
    for (const auto& [labels, counter] : family.by_labels) {
      line(name, labels, std::to_string(counter->value()), out);
    }
  }
  for (const auto& [name, family] : gauges_) {
    head(name, family.help, "gauge", out);
    for (const auto& [labels, gauge] : family.by_labels) {
      line(name, labels, std::to_string(gauge->value()), out);
    }
  }
  for (const auto& [name, family] : histograms_) {
    head(name, family.help, "histogram", out);
    for (const auto& [labels, histogram] : family.by_labels) {
      expose_histogram(name, labels, *histogram, out);
    }
  }
  return out;
}

}  // namespace millrace

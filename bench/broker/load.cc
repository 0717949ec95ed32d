// Loads a broker through librdkafka and says how it went, as one line of JSON.
// bench/broker/compare.py runs it against this broker and Apache Kafka in turns.
//
//   broker_load produce ADDRESS TOPIC MESSAGES BYTES [KEY=VALUE of librdkafka]...
//   broker_load consume ADDRESS TOPIC MESSAGES PARTITIONS
//   broker_load latency ADDRESS TOPIC MESSAGES BYTES RATE [KEY=VALUE]...
//   broker_load stream ADDRESS TOPIC SECONDS MEGABYTES_A_SECOND [KEY=VALUE]...
//
// The topic is there. `latency` measures from the call that produces a message to the call that
// hands it out to a consumer in the same process, without waiting for batches to fill. `stream`
// sends telecom events of now at a steady rate; its latencies are from that call to the
// acknowledgement.

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "bench/telecom_events.h"

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "broker_load: %s\n", what.c_str());
  std::exit(1);
}

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

int64_t now_ns() { return Clock::now().time_since_epoch().count(); }

struct Destroy {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Handle = std::unique_ptr<rd_kafka_t, Destroy>;
using Message = std::unique_ptr<rd_kafka_message_t, Destroy>;

void set(rd_kafka_conf_t* conf, const std::string& key, const std::string& value) {
  char why[256];
  if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), why, sizeof(why)) != RD_KAFKA_CONF_OK) {
    fail(why);
  }
}

Handle make(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  char why[256];
  rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof(why));
  if (client == nullptr) {
    fail(why);
  }
  return Handle(client);
}

// Counts what the broker has acknowledged.
struct Delivery {
  std::atomic<int64_t> done{0};
  std::atomic<int64_t> failed{0};

  static void report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto* delivery = static_cast<Delivery*>(opaque);
    ++(message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? delivery->done : delivery->failed);
  }
};

using Report = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);

Handle make_producer(const std::string& address, Report report, void* opaque,
                     const std::vector<std::string>& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", address);
  set(conf, "queue.buffering.max.messages", "1000000");
  set(conf, "queue.buffering.max.kbytes", "1048576");
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      fail("expected KEY=VALUE, found " + setting);
    }
    set(conf, setting.substr(0, equals), setting.substr(equals + 1));
  }
  rd_kafka_conf_set_opaque(conf, opaque);
  rd_kafka_conf_set_dr_msg_cb(conf, report);
  return make(RD_KAFKA_PRODUCER, conf);
}

void produce_one(rd_kafka_t* producer, const std::string& topic, const std::string& payload) {
  while (true) {
    const rd_kafka_resp_err_t failure =
        rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic.c_str()),
                          RD_KAFKA_V_VALUE(const_cast<char*>(payload.data()), payload.size()),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (failure == RD_KAFKA_RESP_ERR_NO_ERROR) {
      return;
    }
    if (failure != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      fail(rd_kafka_err2str(failure));
    }
    rd_kafka_poll(producer, 10);
  }
}

// Bytes that do not compress to nothing.
std::string made_up(size_t size) {
  std::string bytes(size, ' ');
  uint64_t state = 88172645463325252ULL;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>('a' + state % 26);
  }
  return bytes;
}

void wait_for_all(rd_kafka_t* producer, const Delivery& delivery, int64_t messages) {
  while (delivery.done + delivery.failed < messages) {
    rd_kafka_poll(producer, 10);
  }
  if (delivery.failed > 0) {
    fail(std::to_string(delivery.failed) + " messages were not delivered");
  }
}

int produce(const std::string& address, const std::string& topic, int64_t messages, size_t bytes,
            const std::vector<std::string>& settings) {
  Delivery delivery;
  const Handle producer = make_producer(address, &Delivery::report, &delivery, settings);
  const std::string payload = made_up(bytes);
  const auto began = Clock::now();
  for (int64_t i = 0; i < messages; ++i) {
    produce_one(producer.get(), topic, payload);
    if (i % 1000 == 0) {
      rd_kafka_poll(producer.get(), 0);
    }
  }
  wait_for_all(producer.get(), delivery, messages);
  std::printf("{\"messages\": %lld, \"seconds\": %.3f}\n", static_cast<long long>(messages),
              seconds_since(began));
  return 0;
}

// Telecom events over and over, each time with the time of now.
class Events {
 public:
  Events() {
    constexpr size_t kEvents = 50'000;
    constexpr std::string_view kBefore = "\"timestamp\":\"";
    millrace::bench::TelecomEvents made(1);
    for (size_t i = 0; i < kEvents; ++i) {
      std::string& event = events_.emplace_back();
      made.append_next(event);
      places_.push_back(event.find(kBefore) + kBefore.size());
    }
  }
  const std::string& next(const std::string& time) {
    const size_t number = next_++ % events_.size();
    return events_[number].replace(places_[number], time.size(), time);
  }

 private:
  std::vector<std::string> events_;
  std::vector<size_t> places_;
  size_t next_ = 0;
};

// Waits until the acknowledgement, of each message, in tenths of a millisecond up to 100 s.
struct Waits {
  std::vector<int64_t> counts = std::vector<int64_t>(1'000'000);
  int64_t done = 0;
  int64_t failed = 0;

  static void report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto* waits = static_cast<Waits*>(opaque);
    ++(message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? waits->done : waits->failed);
    const auto tenths = static_cast<size_t>(rd_kafka_message_latency(message) / 100);
    ++waits->counts[std::min(tenths, waits->counts.size() - 1)];
  }
  double at_ms(double share) const {
    auto left = static_cast<int64_t>(share * static_cast<double>(done + failed));
    size_t tenths = 0;
    while (tenths + 1 < counts.size() && (left -= counts[tenths]) >= 0) {
      ++tenths;
    }
    return static_cast<double>(tenths) / 10;
  }
};

std::string time_of_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return millrace::to_iso8601({std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
}

int stream(const std::string& address, const std::string& topic, double seconds, double megabytes,
           const std::vector<std::string>& settings) {
  Waits waits;
  const Handle producer = make_producer(address, &Waits::report, &waits, settings);
  Events events;
  int64_t messages = 0;
  double bytes = 0;
  double behind = 0;  // the longest that the load itself came after its time
  const auto began = Clock::now();
  while (seconds_since(began) < seconds) {
    const std::string now = time_of_now();
    for (int i = 0; i < 500; ++i, ++messages) {
      const std::string& event = events.next(now);
      bytes += static_cast<double>(event.size());
      produce_one(producer.get(), topic, event);
    }
    rd_kafka_poll(producer.get(), 0);
    const double early = bytes / (megabytes * 1e6) - seconds_since(began);
    behind = std::max(behind, -early);
    if (early > 0) {
      std::this_thread::sleep_for(std::chrono::duration<double>(early));
    }
  }
  rd_kafka_flush(producer.get(), 60'000);
  std::printf(
      "{\"messages\": %lld, \"megabytes\": %.0f, \"seconds\": %.3f, \"failed\": %lld, "
      "\"behind_s\": %.3f, \"p50_ms\": %.1f, \"p99_ms\": %.1f, \"p999_ms\": %.1f}\n",
      static_cast<long long>(messages), bytes / 1e6, seconds_since(began),
      static_cast<long long>(messages - waits.done), behind, waits.at_ms(0.5), waits.at_ms(0.99),
      waits.at_ms(0.999));
  return 0;
}

Handle make_consumer(const std::string& address, const std::string& topic, int32_t partitions) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", address);
  set(conf, "group.id", "load");
  set(conf, "enable.auto.commit", "false");
  set(conf, "check.crcs", "false");
  set(conf, "fetch.wait.max.ms", "100");
  set(conf, "queued.min.messages", "1000000");
  Handle consumer = make(RD_KAFKA_CONSUMER, conf);
  rd_kafka_poll_set_consumer(consumer.get());
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(partitions);
  for (int32_t i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(list, topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(consumer.get(), list);
  rd_kafka_topic_partition_list_destroy(list);
  return consumer;
}

int consume(const std::string& address, const std::string& topic, int64_t messages,
            int32_t partitions) {
  const Handle consumer = make_consumer(address, topic, partitions);
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(consumer.get());
  std::vector<rd_kafka_message_t*> batch(10'000);
  const auto began = Clock::now();
  for (int64_t seen = 0; seen < messages;) {
    const ssize_t count = rd_kafka_consume_batch_queue(queue, 1000, batch.data(), batch.size());
    for (ssize_t i = 0; i < count; ++i) {
      const Message message(batch[static_cast<size_t>(i)]);
      seen += message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
    }
  }
  std::printf("{\"messages\": %lld, \"seconds\": %.3f}\n", static_cast<long long>(messages),
              seconds_since(began));
  rd_kafka_queue_destroy(queue);
  return 0;
}

void produce_at_rate(rd_kafka_t* producer, const std::string& topic, int64_t messages, size_t bytes,
                     double rate) {
  std::string payload = made_up(bytes);
  const auto began = Clock::now();
  for (int64_t i = 0; i < messages; ++i) {
    const double due = static_cast<double>(i) / rate;
    while (seconds_since(began) < due) {
      rd_kafka_poll(producer, 0);
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    const int64_t now = now_ns();
    std::memcpy(payload.data(), &now, sizeof(now));
    produce_one(producer, topic, payload);
  }
  rd_kafka_flush(producer, 30'000);
}

constexpr size_t kLeastBytes = sizeof(int64_t);  // the time of sending

double at(const std::vector<int64_t>& sorted, double share) {
  const auto index = static_cast<size_t>(share * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[index]) / 1e6;
}

int latency(const std::string& address, const std::string& topic, int64_t messages, size_t bytes,
            double rate, const std::vector<std::string>& settings) {
  Delivery delivery;
  const Handle producer = make_producer(address, &Delivery::report, &delivery, settings);
  const Handle consumer = make_consumer(address, topic, 1);
  // How long both take to find the topic is another question: one message goes ahead.
  produce_at_rate(producer.get(), topic, 1, kLeastBytes, rate);
  for (bool is_found = false; !is_found;) {
    const Message ahead(rd_kafka_consumer_poll(consumer.get(), 1000));
    is_found = ahead && ahead->err == RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  std::thread sender([&] {
    produce_at_rate(producer.get(), topic, messages, std::max(bytes, kLeastBytes), rate);
  });
  std::vector<int64_t> waited;
  while (static_cast<int64_t>(waited.size()) < messages) {
    const Message message(rd_kafka_consumer_poll(consumer.get(), 1000));
    if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      int64_t sent = 0;
      std::memcpy(&sent, message->payload, sizeof(sent));
      waited.push_back(now_ns() - sent);
    }
  }
  sender.join();
  // The first tenth warms connections and caches.
  waited.erase(waited.begin(), waited.begin() + static_cast<std::ptrdiff_t>(waited.size() / 10));
  std::sort(waited.begin(), waited.end());
  std::printf("{\"messages\": %lld, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"p999_ms\": %.3f}\n",
              static_cast<long long>(messages), at(waited, 0.5), at(waited, 0.99),
              at(waited, 0.999));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto rest = [&](size_t from) {
    return std::vector<std::string>(words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
  };
  if (words.size() >= 5 && words[0] == "produce") {
    return produce(words[1], words[2], std::stoll(words[3]), std::stoull(words[4]), rest(5));
  }
  if (words.size() == 5 && words[0] == "consume") {
    return consume(words[1], words[2], std::stoll(words[3]), std::stoi(words[4]));
  }
  if (words.size() >= 6 && words[0] == "latency") {
    return latency(words[1], words[2], std::stoll(words[3]), std::stoull(words[4]),
                   std::stod(words[5]), rest(6));
  }
  if (words.size() >= 5 && words[0] == "stream") {
    return stream(words[1], words[2], std::stod(words[3]), std::stod(words[4]), rest(5));
  }
  fail("expected produce, consume, latency or stream; see the head of bench/broker/load.cc");
}

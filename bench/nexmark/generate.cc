// The events of Nexmark as files of JSON records: persons, auctions and bids of an auction house,
// in the proportions, with the popular few and with the sizes of the public benchmark
// (https://github.com/nexmark/nexmark). The same numbers give the same bytes.
//
//   nexmark_generate EVENTS FILES DIRECTORY
//
// Of every 50 events one is a person, three are auctions and 46 are bids; 10,000 events are a
// second of event time. Event n goes to file n % FILES, so that each file is in the order of time
// and spans all of it: a Flink that reads them side by side finds nothing late.

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/time.h"

namespace millrace::bench {

namespace {

constexpr int64_t kStartMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
constexpr int64_t kEventsPerSecond = 10'000;

constexpr int64_t kPersons = 1;  // of each round of events
constexpr int64_t kAuctions = 3;
constexpr int64_t kRound = 50;

constexpr int64_t kFirstPerson = 1000;
constexpr int64_t kFirstAuction = 1000;
constexpr int64_t kFirstCategory = 10;
constexpr int64_t kCategories = 5;
constexpr int64_t kOpenAuctions = 100;  // that bids go to, beside the popular one
constexpr int64_t kActivePersons = 1000;
constexpr int64_t kLeadOfIds = 10;  // ids that are used before their owner came
constexpr int64_t kPopularEvery = 100;
constexpr int64_t kChannels = 10'000;

constexpr std::array kStates = {"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::array kCities = {"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland",
                                "Bend",    "Redmond",     "Seattle",       "Kent",  "Cheyenne"};
constexpr std::array kFirstNames = {"Peter", "Paul",  "Luke",  "John",   "Saul",  "Vicky",
                                    "Kate",  "Julie", "Sarah", "Deiter", "Walter"};
constexpr std::array kLastNames = {"Shultz", "Abrams", "Spencer", "White", "Bartels",
                                   "Walton", "Smith",  "Jones",   "Noris"};
constexpr std::array kPopularChannels = {"Google", "Facebook", "Baidu", "Apple"};

class Nexmark {
 public:
  explicit Nexmark(uint64_t seed) : random_(seed) {
    for (int i = 0; i < 1 << 16; ++i) {
      letters_ += static_cast<char>('a' + below(26));
    }
    for (std::string& url : popular_urls_) {
      url = make_url();
    }
    for (int64_t channel = 0; channel < kChannels; ++channel) {
      urls_.push_back(make_url());
      if (below(10) > 0) {
        urls_.back() += "&channel_id=" + std::to_string(below(int64_t{1} << 31));
      }
    }
  }

  // The record of event number `n`, with its line end.
  std::string event(int64_t n) {
    const int64_t place = n % kRound;
    if (place < kPersons) {
      return person(n);
    }
    return place < kPersons + kAuctions ? auction(n) : bid(n);
  }

 private:
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(random_.below(static_cast<uint64_t>(bound)));
  }
  template <typename List>
  std::string one_of(const List& list) {
    return list[static_cast<size_t>(below(static_cast<int64_t>(list.size())))];
  }

  static int64_t time_of(int64_t n) { return kStartMs + n * 1000 / kEventsPerSecond; }
  static std::string text_of(int64_t ms) {
    std::string text = to_iso8601(Timestamp{ms});  // 2026-01-01T00:00:00.000Z
    text[10] = ' ';
    text.pop_back();
    return text;
  }

  // How many persons and auctions came up to event n, less one: the number of the last of them.
  static int64_t last_person(int64_t n) { return n / kRound * kPersons; }
  static int64_t last_auction(int64_t n) {
    const int64_t begun = n % kRound - kPersons;
    const int64_t within = begun < 0 ? -1 : std::min(begun, kAuctions - 1);
    return std::max<int64_t>(n / kRound * kAuctions + within, 0);
  }

  int64_t some_person(int64_t n) {
    const int64_t came = last_person(n) + 1;
    const int64_t active = std::min(came, kActivePersons);
    return came - active + below(active + kLeadOfIds);
  }
  int64_t some_auction(int64_t n) {
    const int64_t last = last_auction(n);
    const int64_t first = std::max<int64_t>(last - kOpenAuctions, 0);
    return first + below(last - first + 1 + kLeadOfIds);
  }
  static int64_t popular(int64_t last) { return last / kPopularEvery * kPopularEvery; }

  // Evenly over the orders of magnitude, from 1.00 to 1,000,000.00 in cents.
  int64_t price() {
    const double exponent = static_cast<double>(below(1 << 30)) / (1 << 30) * 6;
    return std::llround(std::pow(10.0, exponent) * 100);
  }

  std::string words(int64_t most, char space) {
    std::string text;
    for (int64_t left = 3 + below(most - 3); left > 0; --left) {
      const bool is_space = below(13) == 0 && !text.empty() && text.back() != space;
      text += is_space ? space : static_cast<char>('a' + below(26));
    }
    return text;
  }
  // What brings a record to about its size.
  std::string filling(int64_t size) {
    const int64_t some = std::max<int64_t>(size, 0) * 4 / 5;
    const int64_t count = some + below(std::max<int64_t>(some / 2, 1));
    return letters_.substr(
        static_cast<size_t>(below(static_cast<int64_t>(letters_.size()) - count)),
        static_cast<size_t>(count));
  }
  std::string make_url() {
    std::string url = "https://www.nexmark.com/";
    for (int i = 0; i < 3; ++i) {
      url += words(6, '_') + "/";
    }
    return url + "item.htm?query=1";
  }

  std::string person(int64_t n) {
    const std::string name = one_of(kFirstNames) + " " + one_of(kLastNames);
    const std::string mail = words(7, '.') + "@" + words(5, '-') + ".com";
    char card[32];
    std::snprintf(card, sizeof(card), "%04d %04d %04d %04d", static_cast<int>(below(10'000)),
                  static_cast<int>(below(10'000)), static_cast<int>(below(10'000)),
                  static_cast<int>(below(10'000)));
    return R"({"event_type":0,"person":{"id":)" + std::to_string(kFirstPerson + last_person(n)) +
           R"(,"name":")" + name + R"(","emailAddress":")" + mail + R"(","creditCard":")" + card +
           R"(","city":")" + one_of(kCities) + R"(","state":")" + one_of(kStates) +
           R"(","dateTime":")" + text_of(time_of(n)) + R"(","extra":")" + filling(120) +
           "\"},\"auction\":null,\"bid\":null}\n";
  }

  std::string auction(int64_t n) {
    const int64_t seller = below(4) > 0 ? popular(last_person(n)) : some_person(n);
    const int64_t initial = price();
    const int64_t open_ms =
        1 + below(2 * kOpenAuctions * kRound / kAuctions * 1000 / kEventsPerSecond);
    return R"({"event_type":1,"person":null,"auction":{"id":)" +
           std::to_string(kFirstAuction + last_auction(n)) + R"(,"itemName":")" + words(20, ' ') +
           R"(","description":")" + words(100, ' ') + R"(","initialBid":)" +
           std::to_string(initial) + R"(,"reserve":)" + std::to_string(initial + price()) +
           R"(,"dateTime":")" + text_of(time_of(n)) + R"(","expires":")" +
           text_of(time_of(n) + open_ms) + R"(","seller":)" +
           std::to_string(kFirstPerson + seller) + R"(,"category":)" +
           std::to_string(kFirstCategory + below(kCategories)) + R"(,"extra":")" + filling(400) +
           "\"},\"bid\":null}\n";
  }

  std::string bid(int64_t n) {
    const int64_t auction = below(2) > 0 ? popular(last_auction(n)) : some_auction(n);
    const int64_t bidder = below(4) > 0 ? popular(last_person(n)) + 1 : some_person(n);
    const bool is_popular = below(2) > 0;
    const auto channel = static_cast<size_t>(
        is_popular ? below(static_cast<int64_t>(kPopularChannels.size())) : below(kChannels));
    return R"({"event_type":2,"person":null,"auction":null,"bid":{"auction":)" +
           std::to_string(kFirstAuction + auction) + R"(,"bidder":)" +
           std::to_string(kFirstPerson + bidder) + R"(,"price":)" + std::to_string(price()) +
           R"(,"channel":")" +
           (is_popular ? kPopularChannels[channel] : "channel-" + std::to_string(channel)) +
           R"(","url":")" + (is_popular ? popular_urls_[channel] : urls_[channel]) +
           R"(","dateTime":")" + text_of(time_of(n)) + R"(","extra":")" + filling(55) + "\"}}\n";
  }

  Random random_;
  std::string letters_;
  std::array<std::string, kPopularChannels.size()> popular_urls_;
  std::vector<std::string> urls_;  // by channel
};

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

bool write_events(int64_t events, size_t files, const std::string& directory) {
  std::vector<File> parts;
  for (size_t i = 0; i < files; ++i) {
    const std::string path = directory + "/part-" + std::to_string(i) + ".ndjson";
    parts.emplace_back(std::fopen(path.c_str(), "w"));
    if (parts.back() == nullptr) {
      std::perror(path.c_str());
      return false;
    }
  }
  Nexmark nexmark(42);
  for (int64_t n = 0; n < events; ++n) {
    const std::string record = nexmark.event(n);
    std::FILE* part = parts[static_cast<size_t>(n) % files].get();
    if (std::fwrite(record.data(), 1, record.size(), part) != record.size()) {
      std::perror(directory.c_str());
      return false;
    }
  }
  return true;
}

}  // namespace

}  // namespace millrace::bench

int main(int count, char** arguments) {
  const long long events = count == 4 ? std::atoll(arguments[1]) : 0;
  const long files = count == 4 ? std::atol(arguments[2]) : 0;
  if (events <= 0 || files <= 0) {
    std::fprintf(stderr, "nexmark_generate EVENTS FILES DIRECTORY\n");
    return 2;
  }
  return millrace::bench::write_events(events, static_cast<size_t>(files), arguments[3]) ? 0 : 1;
}

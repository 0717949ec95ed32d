// Apache Kafka's Java clients of before 3.8: they ask for features by ApiVersions 3, and end where one may be absent,
// which such a client does not know of. clients_test.py runs it.
//
//     java -cp 'FOLDER/*' Client.java HOST:PORT

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class Client {
  static final String TOPIC = "java-old";
  static final Duration PATIENCE = Duration.ofSeconds(20);

  static void expect(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  static KafkaProducer<String, String> producer(String address, Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", address, "max.block.ms", 10_000));
    settings.putAll(more);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  static Set<String> read(String address, int count) {
    Map<String, Object> settings = Map.of("bootstrap.servers", address, "group.id", "java-old", "auto.offset.reset",
        "earliest", "isolation.level", "read_committed");
    Set<String> values = new TreeSet<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(TOPIC));
      while (values.size() < count && System.nanoTime() < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
      consumer.commitSync();
    }
    return values;
  }

  public static void main(String[] arguments) throws Exception {
    String address = arguments[0];
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1))).all().get();
      try (KafkaProducer<String, String> producer = producer(address, Map.of("transactional.id", "java-old"))) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, "a", "aborted"));
        producer.abortTransaction();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, "b", "committed"));
        producer.commitTransaction();
      }
      System.out.println("ok transactions");
      try (KafkaProducer<String, String> producer = producer(address, Map.of("compression.type", "zstd"))) {
        producer.send(new ProducerRecord<>(TOPIC, "c", "ordinary")).get();
      }
      expect(read(address, 2).equals(Set.of("committed", "ordinary")), "committed records");
      System.out.println("ok group");
      Map<TopicPartition, ?> offsets = admin.listConsumerGroupOffsets("java-old").partitionsToOffsetAndMetadata().get();
      expect(offsets.size() == 2, "committed offsets");
      expect(admin.describeConsumerGroups(List.of("java-old")).all().get().size() == 1, "the group");
      admin.describeFeatures().featureMetadata().get();
      System.out.println("ok admin");
    }
  }
}

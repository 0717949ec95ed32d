// What Apache Kafka's own Java clients do with a broker; clients_test.py runs it.
//
//     java -cp 'FOLDER/*' Client.java HOST:PORT

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class Client {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static String address;
  static Admin admin;

  interface Subject {
    void run() throws Exception;
  }

  static void expect(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  static List<String> values(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(number -> prefix + "%04d".formatted(number)).toList();
  }

  static void create(String topic, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  static KafkaProducer<String, String> producer(Map<String, Object> settings) {
    Map<String, Object> all = new LinkedHashMap<>(Map.of("bootstrap.servers", address));
    all.putAll(settings);
    return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
  }

  static KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
    Map<String, Object> all = new LinkedHashMap<>(
        Map.of("bootstrap.servers", address, "auto.offset.reset", "earliest", "enable.auto.commit", false));
    all.putAll(settings);
    return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
  }

  static void write(String topic, List<String> values, Map<String, Object> settings) throws Exception {
    try (KafkaProducer<String, String> producer = producer(settings)) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, value, value));
      }
      producer.flush();
    }
  }

  static List<String> read(Consumer<String, String> consumer, int count) {
    List<String> got = new ArrayList<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (got.size() < count) {
      expect(System.nanoTime() < end, "only " + got.size() + " of " + count + " records");
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
        got.add(record.value());
      }
    }
    Collections.sort(got);
    return got;
  }

  static void codecs() throws Exception {
    for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      String topic = "java-codec-" + codec;
      create(topic, 1);
      write(topic, values("v", 300), Map.of("compression.type", codec, "linger.ms", 5));
      try (KafkaConsumer<String, String> consumer = consumer(Map.of())) {
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        expect(read(consumer, 300).equals(values("v", 300)), codec);
      }
    }
  }

  static void group(String protocol) throws Exception {
    String topic = "java-group-" + protocol;
    Map<String, Object> settings = Map.of("group.id", topic, "group.protocol", protocol);
    create(topic, 3);
    write(topic, values("a", 60), Map.of());
    try (KafkaConsumer<String, String> consumer = consumer(settings)) {
      consumer.subscribe(List.of(topic));
      expect(read(consumer, 60).equals(values("a", 60)), "the records of the first run");
      consumer.commitSync();
    }
    write(topic, values("b", 30), Map.of());
    try (KafkaConsumer<String, String> consumer = consumer(settings)) {
      consumer.subscribe(List.of(topic));
      expect(read(consumer, 30).equals(values("b", 30)), "only what came after the commit");
    }
  }

  static void pollUntil(List<KafkaConsumer<String, String>> members, List<Integer> shares) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Set<TopicPartition> all = new HashSet<>();
      List<Integer> sizes = new ArrayList<>();
      for (KafkaConsumer<String, String> member : members) {
        member.poll(Duration.ofMillis(50));
        all.addAll(member.assignment());
        sizes.add(member.assignment().size());
      }
      if (sizes.equals(shares) && all.size() == 4) {
        return;
      }
      expect(System.nanoTime() < end, "shares are " + sizes + ", not " + shares);
    }
  }

  static void rebalance(String name, Map<String, Object> extra) throws Exception {
    String topic = "java-rebalance-" + name;
    create(topic, 4);
    Map<String, Object> settings = new LinkedHashMap<>(extra);
    settings.put("group.id", topic);
    try (KafkaConsumer<String, String> first = consumer(settings)) {
      first.subscribe(List.of(topic));
      pollUntil(List.of(first), List.of(4));
      try (KafkaConsumer<String, String> second = consumer(settings)) {
        second.subscribe(List.of(topic));
        pollUntil(List.of(first, second), List.of(2, 2));
      }
      pollUntil(List.of(first), List.of(4));
    }
  }

  static void rebalances() throws Exception {
    rebalance("range", Map.of("heartbeat.interval.ms", 200, "partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.RangeAssignor"));
    rebalance("cooperative", Map.of("heartbeat.interval.ms", 200, "partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
  }

  @SuppressWarnings("removal") // a group that nobody is in has no consumer to ask for it
  static ConsumerGroupMetadata groupMetadata(String group) {
    return new ConsumerGroupMetadata(group);
  }

  static void transactions() throws Exception {
    String source = "java-source";
    String topic = "java-transactions";
    create(source, 1);
    create(topic, 2);
    write(source, List.of("in"), Map.of());
    TopicPartition place = new TopicPartition(source, 0);
    try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", "java-transactions"))) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, "k", "kept"));
      producer.send(new ProducerRecord<>(topic, 1, "k", "kept too"));
      producer.sendOffsetsToTransaction(
          Map.of(place, new OffsetAndMetadata(1)), groupMetadata("java-offsets"));
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, "k", "dropped")).get();
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, "k", "last"));
      producer.commitTransaction();
    }
    try (KafkaConsumer<String, String> consumer = consumer(Map.of("isolation.level", "read_committed"))) {
      consumer.assign(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
      expect(read(consumer, 3).equals(List.of("kept", "kept too", "last")), "what was committed");
    }
    var offsets = admin.listConsumerGroupOffsets("java-offsets").partitionsToOffsetAndMetadata().get();
    expect(offsets.get(place).offset() == 1, "the offset of the transaction");
    // A second producer of the same id puts an end to the first.
    try (KafkaProducer<String, String> first = producer(Map.of("transactional.id", "java-fenced"));
         KafkaProducer<String, String> second = producer(Map.of("transactional.id", "java-fenced"))) {
      first.initTransactions();
      first.beginTransaction();
      first.send(new ProducerRecord<>(topic, 0, "k", "zombie")).get();
      second.initTransactions();
      boolean fenced = false;
      try {
        first.commitTransaction();
      } catch (org.apache.kafka.common.KafkaException exception) {
        fenced = true;
      }
      expect(fenced, "the first producer is fenced");
    }
  }

  static void admin() throws Exception {
    String topic = "java-admin";
    create(topic, 2);
    expect(admin.listTopics().names().get().contains(topic), "the topic is listed");
    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
    var described = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    expect(described.partitions().size() == 5, "partitions");
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(
        new ConfigEntry("retention.ms", "123456"), AlterConfigOp.OpType.SET)))).all().get();
    String retention = admin.describeConfigs(List.of(resource)).all().get().get(resource)
        .get("retention.ms").value();
    expect(retention.equals("123456"), "the setting");
    try {
      admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(
          new ConfigEntry("no.such", "1"), AlterConfigOp.OpType.SET)))).all().get();
      throw new AssertionError("a setting that there is not");
    } catch (ExecutionException exception) {
      expect(exception.getCause() instanceof InvalidConfigurationException, "" + exception.getCause());
    }
    write(topic, values("v", 50), Map.of());
    Map<TopicPartition, RecordsToDelete> ends = new LinkedHashMap<>();
    for (int partition = 0; partition < 5; ++partition) {
      ends.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(-1));
    }
    admin.deleteRecords(ends).all().get();
    TopicPartition first = new TopicPartition(topic, 0);
    long start = admin.listOffsets(Map.of(first, OffsetSpec.earliest())).all().get().get(first).offset();
    long end = admin.listOffsets(Map.of(first, OffsetSpec.latest())).all().get().get(first).offset();
    expect(start == end, "records are deleted");
    expect(admin.describeCluster().nodes().get().size() == 1, "one broker");
    expect(admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).size() == 1, "one log dir");
    String group = "java-group-classic";
    expect(admin.listGroups().all().get().stream().anyMatch(each -> each.groupId().equals(group)), "the group");
    admin.describeConsumerGroups(List.of("java-group-consumer")).all().get();
    admin.describeClassicGroups(List.of(group)).all().get();
    expect(!admin.listTransactions().all().get().isEmpty(), "transactions are listed");
    admin.describeTransactions(List.of("java-transactions")).all().get();
    admin.describeProducers(List.of(first)).all().get();
    admin.describeFeatures().featureMetadata().get();
    admin.deleteConsumerGroups(List.of(group)).all().get();
    admin.deleteTopics(List.of(topic)).all().get();
    expect(!admin.listTopics().names().get().contains(topic), "the topic is gone");
  }

  public static void main(String[] arguments) {
    address = arguments[0];
    Map<String, Subject> subjects = new LinkedHashMap<>();
    subjects.put("codecs", Client::codecs);
    subjects.put("group", () -> group("classic"));
    subjects.put("group-848", () -> group("consumer"));
    subjects.put("rebalance", Client::rebalances);
    subjects.put("rebalance-848", () -> rebalance("848", Map.of("group.protocol", "consumer")));
    subjects.put("transactions", Client::transactions);
    subjects.put("admin", Client::admin);
    boolean failed = false;
    admin = Admin.create(Map.of("bootstrap.servers", address));
    for (Map.Entry<String, Subject> subject : subjects.entrySet()) {
      try {
        subject.getValue().run();
        System.out.println("ok " + subject.getKey());
      } catch (Throwable error) {
        failed = true;
        error.printStackTrace();
        System.out.println("failed " + subject.getKey());
      }
    }
    admin.close();
    System.exit(failed ? 1 : 0);
  }
}

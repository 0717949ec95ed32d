// The Kinesis API with AWS's SDK for Java 2, which speaks CBOR: Client.java PORT. Prints "ok".

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

class Client {
  static final int COUNT = 100;

  static void check(boolean good, String what) {
    if (!good) throw new AssertionError(what);
  }

  static boolean recent(Instant time) {
    return Math.abs(time.toEpochMilli() - System.currentTimeMillis()) < 60_000;
  }

  public static void main(String[] arguments) {
    try (KinesisClient kinesis = KinesisClient.builder()
        .endpointOverride(URI.create("http://127.0.0.1:" + arguments[0]))
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
        .httpClient(UrlConnectionHttpClient.create())
        .build()) {
      kinesis.createStream(request -> request.streamName("s").shardCount(2).tags(Map.of("team", "é")));
      StreamDescriptionSummary stream =
          kinesis.describeStreamSummary(request -> request.streamName("s")).streamDescriptionSummary();
      check(stream.streamStatus() == StreamStatus.ACTIVE && stream.openShardCount() == 2, stream.toString());
      check(recent(stream.streamCreationTimestamp()), stream.toString());
      check(kinesis.listTagsForStream(request -> request.streamName("s")).tags().get(0).value().equals("é"), "tags");

      List<PutRecordsRequestEntry> entries = new ArrayList<>();
      for (int i = 0; i < COUNT; i++) {
        entries.add(PutRecordsRequestEntry.builder().partitionKey("key-" + i)
            .data(SdkBytes.fromByteArray(new byte[] {(byte) i, (byte) 0xFF})).build());
      }
      check(kinesis.putRecords(request -> request.streamName("s").records(entries)).failedRecordCount() == 0, "put");

      TreeSet<Integer> seen = new TreeSet<>();
      Instant start = Instant.now().minusSeconds(60);
      for (Shard shard : kinesis.listShards(request -> request.streamName("s")).shards()) {
        String iterator = kinesis.getShardIterator(request -> request.streamName("s").shardId(shard.shardId())
            .shardIteratorType(ShardIteratorType.AT_TIMESTAMP).timestamp(start)).shardIterator();
        GetRecordsResponse read;
        do {
          String from = iterator;
          read = kinesis.getRecords(request -> request.shardIterator(from).limit(7));
          for (Record record : read.records()) {
            byte[] data = record.data().asByteArray();
            check(record.partitionKey().equals("key-" + data[0]) && data[1] == (byte) 0xFF, record.toString());
            check(recent(record.approximateArrivalTimestamp()), record.toString());
            check(seen.add((int) data[0]), "seen twice: " + record);
          }
          iterator = read.nextShardIterator();
        } while (read.millisBehindLatest() > 0);
      }
      check(seen.size() == COUNT, "seen " + seen.size());
      try {
        kinesis.describeStream(request -> request.streamName("t"));
        check(false, "there is no stream t");
      } catch (ResourceNotFoundException expected) {
        check(expected.getMessage().contains("Stream t under account"), expected.getMessage());
      }
      kinesis.deleteStream(request -> request.streamName("s"));
      check(kinesis.listStreams().streamNames().isEmpty(), "deleted");
    }
    System.out.println("ok");
  }
}

// What sarama does with a broker; clients_test.py runs it.
//
//	sarama HOST:PORT
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

var addresses []string

const patience = 20 * time.Second

func config() *sarama.Config {
	c := sarama.NewConfig()
	c.Version = sarama.MaxVersion
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Offsets.AutoCommit.Enable = false
	c.Consumer.Group.Heartbeat.Interval = 200 * time.Millisecond
	c.Producer.Return.Successes = true
	c.Producer.RequiredAcks = sarama.WaitForAll
	return c
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func expect(condition bool, what ...any) {
	if !condition {
		panic(fmt.Sprint(what...))
	}
}

func values(prefix string, count int) (all []string) {
	for number := range count {
		all = append(all, fmt.Sprintf("%s%04d", prefix, number))
	}
	return all
}

func admin() sarama.ClusterAdmin {
	a, err := sarama.NewClusterAdmin(addresses, config())
	must(err)
	return a
}

func create(topic string, partitions int32) {
	a := admin()
	defer a.Close()
	must(a.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1}, false))
}

func messages(topic string, texts []string) (all []*sarama.ProducerMessage) {
	for _, text := range texts {
		all = append(all, &sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder(text),
			Value: sarama.StringEncoder(text)})
	}
	return all
}

func write(topic string, texts []string, c *sarama.Config) {
	producer, err := sarama.NewSyncProducer(addresses, c)
	must(err)
	defer producer.Close()
	must(producer.SendMessages(messages(topic, texts)))
}

// The values of one partition, sorted.
func read(topic string, count int, c *sarama.Config) (got []string) {
	consumer, err := sarama.NewConsumer(addresses, c)
	must(err)
	defer consumer.Close()
	partition, err := consumer.ConsumePartition(topic, 0, sarama.OffsetOldest)
	must(err)
	defer partition.Close()
	timeout := time.After(patience)
	for len(got) < count {
		select {
		case message := <-partition.Messages():
			got = append(got, string(message.Value))
		case <-timeout:
			panic(fmt.Sprint("only ", len(got), " of ", count, " records"))
		}
	}
	slices.Sort(got)
	return got
}

func codecs() {
	for name, codec := range map[string]sarama.CompressionCodec{"none": sarama.CompressionNone,
		"gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy, "lz4": sarama.CompressionLZ4,
		"zstd": sarama.CompressionZSTD} {
		topic := "sarama-codec-" + name
		create(topic, 1)
		c := config()
		c.Producer.Compression = codec
		write(topic, values("v", 300), c)
		expect(slices.Equal(read(topic, 300, config()), values("v", 300)), name)
	}
}

// A member of a group: what it has read, and how many partitions are its.
type member struct {
	mutex   sync.Mutex
	got     []string
	share   int
	changed chan struct{}
	group   sarama.ConsumerGroup
	cancel  context.CancelFunc
	done    chan struct{}
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.mutex.Lock()
	m.share = 0
	for _, partitions := range session.Claims() {
		m.share += len(partitions)
	}
	m.mutex.Unlock()
	m.changed <- struct{}{}
	return nil
}

func (m *member) Cleanup(session sarama.ConsumerGroupSession) error {
	session.Commit()
	return nil
}

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		session.MarkMessage(message, "")
		m.mutex.Lock()
		m.got = append(m.got, string(message.Value))
		m.mutex.Unlock()
		m.changed <- struct{}{}
	}
	return nil
}

func join(topic string, changed chan struct{}) *member {
	group, err := sarama.NewConsumerGroup(addresses, topic, config())
	must(err)
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{changed: changed, group: group, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(m.done)
		for ctx.Err() == nil {
			if err := group.Consume(ctx, []string{topic}, m); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return
			}
		}
	}()
	return m
}

func (m *member) leave() {
	m.cancel()
	<-m.done
	must(m.group.Close())
}

func until(changed chan struct{}, what string, condition func() bool) {
	timeout := time.After(patience)
	for !condition() {
		select {
		case <-changed:
		case <-timeout:
			panic("not in time: " + what)
		}
	}
}

func (m *member) has(share int) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.share == share
}

func (m *member) values() []string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return slices.Sorted(slices.Values(m.got))
}

func group() {
	topic := "sarama-group"
	create(topic, 3)
	idempotent := config()
	idempotent.Producer.Idempotent = true
	idempotent.Net.MaxOpenRequests = 1
	write(topic, values("a", 60), idempotent)
	for _, wanted := range [][]string{values("a", 60), values("b", 30)} {
		changed := make(chan struct{}, 1000)
		m := join(topic, changed)
		until(changed, wanted[0], func() bool { return slices.Equal(m.values(), wanted) })
		m.leave()
		write(topic, values("b", 30), config())
	}
}

func rebalance() {
	topic := "sarama-rebalance"
	create(topic, 4)
	changed := make(chan struct{}, 1000)
	first := join(topic, changed)
	until(changed, "alone", func() bool { return first.has(4) })
	second := join(topic, changed)
	until(changed, "two", func() bool { return first.has(2) && second.has(2) })
	second.leave()
	until(changed, "alone again", func() bool { return first.has(4) })
	first.leave()
}

func transactions() {
	source, topic := "sarama-source", "sarama-transactions"
	create(source, 1)
	create(topic, 1)
	write(source, []string{"in"}, config())
	c := config()
	c.Producer.Idempotent = true
	c.Producer.Transaction.ID = "sarama-transactions"
	c.Net.MaxOpenRequests = 1
	producer, err := sarama.NewSyncProducer(addresses, c)
	must(err)
	defer producer.Close()
	for _, value := range []string{"kept", "dropped", "last"} {
		must(producer.BeginTxn())
		must(producer.SendMessages(messages(topic, []string{value})))
		if value == "kept" {
			must(producer.AddOffsetsToTxn(map[string][]*sarama.PartitionOffsetMetadata{
				source: {{Partition: 0, Offset: 1}}}, "sarama-offsets"))
		}
		if value == "dropped" {
			must(producer.AbortTxn())
		} else {
			must(producer.CommitTxn())
		}
	}
	committed := config()
	committed.Consumer.IsolationLevel = sarama.ReadCommitted
	expect(slices.Equal(read(topic, 2, committed), []string{"kept", "last"}), "what was committed")
	a := admin()
	defer a.Close()
	offsets, err := a.ListConsumerGroupOffsets("sarama-offsets", map[string][]int32{source: {0}})
	must(err)
	expect(offsets.GetBlock(source, 0).Offset == 1, "the offset of the transaction")
}

func adminCalls() {
	topic := "sarama-admin"
	create(topic, 2)
	a := admin()
	defer a.Close()
	must(a.CreatePartitions(topic, 5, nil, false))
	details, err := a.DescribeTopics([]string{topic})
	must(err)
	expect(len(details[0].Partitions) == 5, "partitions")
	retention := "123456"
	must(a.IncrementalAlterConfig(sarama.TopicResource, topic, map[string]sarama.IncrementalAlterConfigsEntry{
		"retention.ms": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &retention}}, false))
	entries, err := a.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic,
		ConfigNames: []string{"retention.ms"}})
	must(err)
	expect(entries[0].Value == retention, "the setting")
	write(topic, values("v", 50), config())
	must(a.DeleteRecords(topic, map[int32]int64{0: -1}))
	groups, err := a.ListConsumerGroups()
	must(err)
	_, listed := groups["sarama-group"]
	expect(listed, "the group")
	described, err := a.DescribeConsumerGroups([]string{"sarama-group"})
	must(err)
	expect(described[0].State == "Empty", described[0].State)
	must(a.DeleteConsumerGroup("sarama-group"))
	_, _, err = a.DescribeCluster()
	must(err)
	_, err = a.DescribeLogDirs([]int32{1})
	must(err)
	must(a.DeleteTopic(topic))
}

func try(test func()) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = errors.New(fmt.Sprint(what))
		}
	}()
	test()
	return nil
}

func main() {
	addresses = os.Args[1:2]
	failed := 0
	for _, subject := range []struct {
		name string
		test func()
	}{{"codecs", codecs}, {"group", group}, {"rebalance", rebalance}, {"transactions", transactions},
		{"admin", adminCalls}} {
		if err := try(subject.test); err != nil {
			failed = 1
			fmt.Fprintln(os.Stderr, subject.name, err)
			fmt.Println("failed", subject.name)
		} else {
			fmt.Println("ok", subject.name)
		}
	}
	os.Exit(failed)
}

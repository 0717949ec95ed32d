// What franz-go does with a broker; clients_test.py runs it.
//
//	franz_go HOST:PORT
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

var address string

const patience = 20 * time.Second

func client(options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(address),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}, options...)...)
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

func admin() *kadm.Client {
	c, err := client()
	must(err)
	return kadm.NewClient(c)
}

func create(ctx context.Context, topic string, partitions int32) {
	a := admin()
	defer a.Close()
	_, err := a.CreateTopic(ctx, partitions, 1, nil, topic)
	must(err)
}

func write(ctx context.Context, topic string, texts []string, options ...kgo.Opt) {
	c, err := client(options...)
	must(err)
	defer c.Close()
	var records []*kgo.Record
	for _, text := range texts {
		records = append(records, &kgo.Record{Topic: topic, Key: []byte(text), Value: []byte(text)})
	}
	must(c.ProduceSync(ctx, records...).FirstErr())
}

// So many records' values, sorted.
func read(ctx context.Context, c *kgo.Client, count int) (got []string) {
	for len(got) < count {
		fetches := c.PollFetches(ctx)
		must(fetches.Err())
		fetches.EachRecord(func(record *kgo.Record) { got = append(got, string(record.Value)) })
	}
	slices.Sort(got)
	return got
}

func codecs(ctx context.Context) {
	for name, codec := range map[string]kgo.CompressionCodec{"none": kgo.NoCompression(),
		"gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(),
		"zstd": kgo.ZstdCompression()} {
		topic := "franz-codec-" + name
		create(ctx, topic, 1)
		write(ctx, topic, values("v", 300), kgo.ProducerBatchCompression(codec))
		c, err := client(kgo.ConsumeTopics(topic))
		must(err)
		expect(slices.Equal(read(ctx, c, 300), values("v", 300)), name)
		c.Close()
	}
}

func group(ctx context.Context) {
	topic := "franz-group"
	create(ctx, topic, 3)
	write(ctx, topic, values("a", 60))
	for _, wanted := range [][]string{values("a", 60), values("b", 30)} {
		c, err := client(kgo.ConsumerGroup("franz"), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit())
		must(err)
		expect(slices.Equal(read(ctx, c, len(wanted)), wanted), "from ", wanted[0])
		must(c.CommitUncommittedOffsets(ctx))
		c.Close()
		write(ctx, topic, values("b", 30))
	}
}

// A member of a group, and how many partitions it has.
type member struct {
	client  *kgo.Client
	mutex   sync.Mutex
	share   int
	changed chan struct{}
}

func (m *member) add(topic string, by int) func(context.Context, *kgo.Client, map[string][]int32) {
	return func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
		m.mutex.Lock()
		m.share += by * len(partitions[topic])
		m.mutex.Unlock()
		m.changed <- struct{}{}
	}
}

func join(ctx context.Context, topic string, changed chan struct{}, options ...kgo.Opt) *member {
	m := &member{changed: changed}
	c, err := client(append(options, kgo.ConsumerGroup(topic), kgo.ConsumeTopics(topic),
		kgo.HeartbeatInterval(200*time.Millisecond), kgo.OnPartitionsAssigned(m.add(topic, 1)),
		kgo.OnPartitionsRevoked(m.add(topic, -1)), kgo.OnPartitionsLost(m.add(topic, -1)))...)
	must(err)
	m.client = c
	go func() {
		for !c.PollFetches(ctx).IsClientClosed() && ctx.Err() == nil {
		}
	}()
	return m
}

func until(ctx context.Context, changed chan struct{}, what string, members []*member, shares ...int) {
	for {
		var got []int
		for _, m := range members {
			m.mutex.Lock()
			got = append(got, m.share)
			m.mutex.Unlock()
		}
		if slices.Equal(got, shares) {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			panic(fmt.Sprint(what, ": shares are ", got, ", not ", shares))
		}
	}
}

func rebalanceBy(ctx context.Context, name string, options ...kgo.Opt) {
	topic := "franz-rebalance-" + name
	create(ctx, topic, 4)
	changed := make(chan struct{}, 100)
	first := join(ctx, topic, changed, options...)
	until(ctx, changed, "alone", []*member{first}, 4)
	second := join(ctx, topic, changed, options...)
	until(ctx, changed, "two", []*member{first, second}, 2, 2)
	second.client.Close()
	until(ctx, changed, "alone again", []*member{first}, 4)
	first.client.Close()
}

func rebalance(ctx context.Context) {
	rebalanceBy(ctx, "range", kgo.Balancers(kgo.RangeBalancer()))
	rebalanceBy(ctx, "cooperative", kgo.Balancers(kgo.CooperativeStickyBalancer()))
}

func transactions(ctx context.Context) {
	source, topic := "franz-source", "franz-transactions"
	create(ctx, source, 1)
	create(ctx, topic, 1)
	write(ctx, source, []string{"in"})
	session, err := kgo.NewGroupTransactSession(kgo.SeedBrokers(address),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.TransactionalID("franz-transactions"),
		kgo.ConsumerGroup("franz-offsets"), kgo.ConsumeTopics(source), kgo.RequireStableFetchOffsets())
	must(err)
	defer session.Close()
	// The group's offset goes with the first transaction.
	expect(len(readIn(ctx, session)) == 1, "the source's record")
	for _, each := range []struct {
		value string
		end   kgo.TransactionEndTry
	}{{"kept", kgo.TryCommit}, {"dropped", kgo.TryAbort}, {"last", kgo.TryCommit}} {
		must(session.Begin())
		must(session.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte(each.value)}).FirstErr())
		committed, err := session.End(ctx, each.end)
		must(err)
		expect(committed == bool(each.end), each.value)
	}
	c, err := client(kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	must(err)
	defer c.Close()
	expect(slices.Equal(read(ctx, c, 2), []string{"kept", "last"}), "what was committed")
	a := admin()
	defer a.Close()
	offsets, err := a.FetchOffsets(ctx, "franz-offsets")
	must(err)
	at, _ := offsets.Lookup(source, 0)
	expect(at.At == 1, "the offset of the transaction is ", at.At)
}

func readIn(ctx context.Context, session *kgo.GroupTransactSession) []*kgo.Record {
	for {
		fetches := session.PollFetches(ctx)
		must(fetches.Err())
		if records := fetches.Records(); len(records) > 0 {
			return records
		}
	}
}

func adminCalls(ctx context.Context) {
	topic := "franz-admin"
	create(ctx, topic, 2)
	a := admin()
	defer a.Close()
	grown, err := a.UpdatePartitions(ctx, 5, topic)
	must(err)
	must(grown.Error())
	details, err := a.ListTopics(ctx, topic)
	must(err)
	expect(len(details[topic].Partitions) == 5, "partitions")
	retention := "123456"
	altered, err := a.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "retention.ms",
		Value: &retention}}, topic)
	must(err)
	must(altered[0].Err)
	configs, err := a.DescribeTopicConfigs(ctx, topic)
	must(err)
	config, err := configs.On(topic, nil)
	must(err)
	index := slices.IndexFunc(config.Configs, func(each kadm.Config) bool { return each.Key == "retention.ms" })
	expect(config.Configs[index].MaybeValue() == retention, "the setting")
	write(ctx, topic, values("v", 50))
	ends, err := a.ListEndOffsets(ctx, topic)
	must(err)
	_, err = a.DeleteRecords(ctx, ends.Offsets())
	must(err)
	starts, err := a.ListStartOffsets(ctx, topic)
	must(err)
	ends.Each(func(end kadm.ListedOffset) {
		start, _ := starts.Lookup(topic, end.Partition)
		expect(start.Offset == end.Offset, "records are deleted")
	})
	groups, err := a.ListGroups(ctx)
	must(err)
	expect(slices.Contains(groups.Groups(), "franz"), "the group")
	lags, err := a.Lag(ctx, "franz")
	must(err)
	lag := lags["franz"]
	must(lag.Error())
	_, err = a.ListTransactions(ctx, nil, nil)
	must(err)
	_, err = a.DescribeTransactions(ctx, "franz-transactions")
	must(err)
	_, err = a.DescribeAllLogDirs(ctx, nil)
	must(err)
	brokers, err := a.ListBrokers(ctx)
	must(err)
	expect(len(brokers) == 1, "one broker")
	deleted, err := a.DeleteGroups(ctx, "franz")
	must(err)
	must(deleted.Error())
	_, err = a.DeleteTopic(ctx, topic)
	must(err)
}

func try(test func(context.Context)) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	defer func() {
		if what := recover(); what != nil {
			err = errors.New(fmt.Sprint(what))
		}
	}()
	test(ctx)
	return nil
}

func main() {
	address = os.Args[1]
	failed := 0
	for _, subject := range []struct {
		name string
		test func(context.Context)
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

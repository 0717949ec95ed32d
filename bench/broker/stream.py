#!/usr/bin/env python3
"""A day's 10 TB of telecom JSON, for ten minutes: 116 MB/s into the broker, and the engine decodes all of it.

    bench/broker/stream.py build/release [--seconds 600] [--rate 116] [--acks all] [--fsync acknowledged]

Run it with the Python of .deps/venv, which has a Kafka client; `make bench-stream` does. The server has two
cores and runs bench/broker/stream.sql. Retention by size keeps the disk from filling. Lag is what
the group's offsets say, as any lag tool would see it: they move at the end of an epoch, each second.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition  # noqa: E402
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry,  # noqa: E402
                                   ConfigResource, NewPartitions, OffsetSpec, ResourceType)
from running_server import Server  # noqa: E402

TOPIC, GROUP, PARTITIONS = "telecom_events", "stream", 2
SETTINGS = {"retention.bytes": str(1 << 30), "segment.bytes": str(128 << 20)}


class Watch(threading.Thread):
    """Once a second: how far the pipeline is behind, and what the server takes."""

    def __init__(self, server, admin):
        super().__init__(daemon=True)
        self.server, self.admin, self.stopping = server, admin, threading.Event()
        self.lags, self.memory_mb, self.disk_mb = [], [], []

    def lag(self):
        parts = [TopicPartition(TOPIC, i) for i in range(PARTITIONS)]
        ends = self.admin.list_offsets({part: OffsetSpec.latest() for part in parts})
        end = sum(future.result(10).offset for future in ends.values())
        group = self.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(GROUP, parts)])
        done = sum(max(0, part.offset) for part in group[GROUP].result(10).topic_partitions)
        return end - done

    def run(self):
        while not self.stopping.wait(1):
            self.lags.append(self.lag())
            self.memory_mb.append(memory_mb(self.server.process.pid))
            log = self.server.data / "topics" / TOPIC
            self.disk_mb.append(sum(f.stat().st_size for f in log.rglob("*.log")) / 1e6)


def memory_mb(process, field="VmRSS"):
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split(field + ":")[1].split()[0]) / 1024


def cpu_seconds(process):
    times = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def configure(admin):
    admin.create_partitions([NewPartitions(TOPIC, PARTITIONS)])[TOPIC].result(20)
    entries = [ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
               for name, value in SETTINGS.items()]
    resource = ConfigResource(ResourceType.TOPIC, TOPIC, incremental_configs=entries)
    for future in admin.incremental_alter_configs([resource]).values():
        future.result(20)


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=float, default=116, help="MB a second")
    parser.add_argument("--acks", default="all")
    parser.add_argument("--fsync", default="acknowledged", help="or os, as Kafka does")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="broker-stream-") as folder:
        config = Path(folder) / "millrace.toml"
        config.write_text(f'[kafka]\nfsync = "{options.fsync}"\n')
        server = Server(options.build / "millrace", f"{folder}/data", ROOT / "bench/broker/stream.sql",
                        arguments=["--config", config])
        with server:
            process = server.process.pid
            os.sched_setaffinity(process, set(sorted(os.sched_getaffinity(0))[:2]))
            admin = AdminClient({"bootstrap.servers": server.kafka, "log_level": 0})
            configure(admin)
            watch = Watch(server, admin)
            watch.start()
            cpu = cpu_seconds(process)
            load = json.loads(subprocess.run(
                [options.build / "broker_load", "stream", server.kafka, TOPIC, str(options.seconds),
                 str(options.rate), f"acks={options.acks}", "linger.ms=5", "batch.size=1000000"],
                check=True, stdout=subprocess.PIPE, text=True).stdout)
            cpu = cpu_seconds(process) - cpu
            ended = time.monotonic()
            wait_for(lambda: watch.lag() == 0, 120, "the pipeline has read everything")
            behind = time.monotonic() - ended
            watch.stopping.set()
            watch.join()
            closed = server.query("SELECT SUM(events), SUM(named) FROM totals")[0]
            peak = memory_mb(process, "VmHWM")
            server.stop()
    a_second = load["messages"] / load["seconds"]
    print(json.dumps({
        "mb_per_second": round(load["megabytes"] / load["seconds"], 1),
        "events_per_second": round(a_second), "seconds": round(load["seconds"], 1),
        "refused": load["failed"], "load_late_s": load["behind_s"],
        "produce_p50_ms": load["p50_ms"], "produce_p99_ms": load["p99_ms"],
        "produce_p999_ms": load["p999_ms"],
        "server_cores": round(cpu / load["seconds"], 2),
        "lag_s_p50": round(quantile(watch.lags, 0.5) / a_second, 2),
        "lag_s_p99": round(quantile(watch.lags, 0.99) / a_second, 2),
        "lag_s_most": round(max(watch.lags) / a_second, 2),
        "caught_up_after_s": round(behind, 1), "memory_peak_mb": round(peak),
        "log_most_mb": round(max(watch.disk_mb)), "events_in_closed_windows": int(closed[0] or 0),
        "load_average": round(os.getloadavg()[0], 1)}, indent=1))
    if load["failed"] or closed[0] != closed[1]:
        sys.exit("FAILED: events were refused, or not read whole")


if __name__ == "__main__":
    main()

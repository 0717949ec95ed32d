"""Which broker a suite is run against: Millrace or, where its script is told --kafka, Apache Kafka. What fails
beside both is no difference of ours."""

import sys

from apache_kafka import ApacheKafka
from server import Server


def chosen(settings, rules=False, port=0, apache="", listeners=()):
    """The broker, to be entered, and the words of the command that are the suite's. `port`, `apache` and
    `listeners` say for Apache Kafka what `settings` and `rules` say for Millrace."""
    words = sys.argv[1:]
    if words and words[0] == "--kafka":
        return ApacheKafka(port, apache, listeners), words[1:]
    return Server(settings, rules), words

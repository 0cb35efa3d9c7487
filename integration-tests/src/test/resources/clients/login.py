# Logs in with librdkafka through confluent-kafka and prints the names of the topics that it is told.
# Arguments: bootstrap server, SASL mechanism, user name, password, the authority's certificate (empty: without TLS).
import sys

from confluent_kafka.admin import AdminClient

failures = []


def failed(error):
    failures.append(str(error))


admin = AdminClient({
    "bootstrap.servers": sys.argv[1],
    **({"security.protocol": "SASL_SSL", "ssl.ca.location": sys.argv[5]} if sys.argv[5] else
       {"security.protocol": "SASL_PLAINTEXT"}),
    "sasl.mechanisms": sys.argv[2],
    "sasl.username": sys.argv[3],
    "sasl.password": sys.argv[4],
    "broker.address.family": "v4",
    "error_cb": failed,
})
try:
    for topic in admin.list_topics(timeout=5).topics:
        print(topic)
except Exception as error:
    admin.poll(0)
    print(error, failures, file=sys.stderr)
    sys.exit(1)

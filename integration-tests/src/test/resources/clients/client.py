# Produces values to a topic with kafka-python, then consumes them as a group and prints them.
# Arguments: bootstrap server, topic, number of values, user name (empty: anonymous; the password is the same).
import sys

from kafka import KafkaConsumer, KafkaProducer

bootstrap, topic, count, user = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
security = {}
if user:
    security = {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": user,
        "sasl_plain_password": user,
    }

producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", compression_type="gzip", **security)
sent = [producer.send(topic, ("value%d" % number).encode()) for number in range(count)]
for future in sent:
    future.get(timeout=30)
producer.close()

consumer = KafkaConsumer(
    topic,
    bootstrap_servers=bootstrap,
    group_id=topic,
    auto_offset_reset="earliest",
    consumer_timeout_ms=30000,
    **security
)
received = 0
for record in consumer:
    print(record.value.decode())
    received += 1
    if received == count:
        break
consumer.commit()
consumer.close()

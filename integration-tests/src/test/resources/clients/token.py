# Produces values to a topic with librdkafka (confluent-kafka) over TLS, with tokens of an identity provider, then consumes and prints them.
# Arguments: bootstrap server, topic, number of values, the authority's certificate, the token endpoint, client id (the secret is the same).
import base64
import json
import sys
import time
import urllib.request

from confluent_kafka import Consumer, Producer

bootstrap, topic, count, authority, endpoint, client = sys.argv[1:7]
count = int(count)


def token(_):
    basic = base64.b64encode(("%s:%s" % (client, client)).encode()).decode()
    request = urllib.request.Request(
        endpoint, data=b"grant_type=client_credentials", headers={"Authorization": "Basic " + basic}
    )
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    return answer["access_token"], time.time() + answer["expires_in"]


common = {
    "bootstrap.servers": bootstrap,
    "broker.address.family": "v4",
    "security.protocol": "SASL_SSL",
    "ssl.ca.location": authority,
    "sasl.mechanisms": "OAUTHBEARER",
    "oauth_cb": token,
}

producer = Producer(common)
for number in range(count):
    producer.produce(topic, ("value%d" % number).encode())
if producer.flush(30) > 0:
    sys.exit("not all values were produced")

consumer = Consumer(dict(common, **{"group.id": topic, "auto.offset.reset": "earliest"}))
consumer.subscribe([topic])
received = 0
end = time.time() + 40
while received < count and time.time() < end:
    message = consumer.poll(1)
    if message is not None and message.error() is None:
        print(message.value().decode())
        received += 1
consumer.close()

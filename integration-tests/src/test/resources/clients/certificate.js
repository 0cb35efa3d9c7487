// Produces values to a topic with kafkajs over TLS, with a client certificate, then consumes them as a group and prints them.
// Arguments: a folder with node_modules/kafkajs, bootstrap server, topic, number of values, the authority's certificate, a PKCS12 file with
// the client's key and certificate, its password.
const fs = require('fs');
const path = require('path');

const [home, bootstrap, topic, countText, authority, keyStore, password] = process.argv.slice(2);
const { Kafka, logLevel } = require(path.join(home, 'node_modules', 'kafkajs'));
const count = Number(countText);

const kafka = new Kafka({
  clientId: 'kafkajs',
  brokers: [bootstrap],
  logLevel: logLevel.ERROR,
  ssl: { ca: [fs.readFileSync(authority, 'utf-8')], pfx: fs.readFileSync(keyStore), passphrase: password },
});

async function main() {
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: count }, (_, number) => ({ value: `value${number}` }));
  await producer.send({ topic, messages });
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let received = 0;
  await new Promise((resolve) => {
    consumer.run({
      eachMessage: async ({ message }) => {
        console.log(message.value.toString());
        received += 1;
        if (received === count) {
          resolve();
        }
      },
    });
  });
  await consumer.disconnect();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

// Produces values to a topic with kafkajs, then consumes them as a group and prints them.
// Arguments: a folder with node_modules/kafkajs, bootstrap server, topic, number of values, user name (empty: anonymous;
// the password is the same).
const path = require('path');

const [home, bootstrap, topic, countText, user] = process.argv.slice(2);
const { CompressionTypes, Kafka, logLevel } = require(path.join(home, 'node_modules', 'kafkajs'));
const count = Number(countText);
const kafka = new Kafka({
  clientId: 'kafkajs',
  brokers: [bootstrap],
  logLevel: logLevel.ERROR,
  ...(user ? { sasl: { mechanism: 'plain', username: user, password: user } } : {}),
});

async function main() {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const messages = Array.from({ length: count }, (_, number) => ({ value: `value${number}` }));
  await producer.send({ topic, compression: CompressionTypes.GZIP, messages });
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

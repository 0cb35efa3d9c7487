// Produces values to a topic with kafkajs over TLS, with tokens of an identity provider, then consumes them as a group and prints them.
// Arguments: a folder with node_modules/kafkajs, bootstrap server, topic, number of values, the authority's certificate, the token
// endpoint, client id (the secret is the same).
const fs = require('fs');
const http = require('http');
const path = require('path');

const [home, bootstrap, topic, countText, authority, endpoint, clientId] = process.argv.slice(2);
const { Kafka, logLevel } = require(path.join(home, 'node_modules', 'kafkajs'));
const count = Number(countText);

function token() {
  return new Promise((resolve, reject) => {
    const request = http.request(endpoint, {
      method: 'POST',
      auth: `${clientId}:${clientId}`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    }, (response) => {
      let body = '';
      response.on('data', (chunk) => { body += chunk; });
      response.on('end', () => resolve({ value: JSON.parse(body).access_token }));
    });
    request.on('error', reject);
    request.end('grant_type=client_credentials');
  });
}

const kafka = new Kafka({
  clientId: 'kafkajs',
  brokers: [bootstrap],
  logLevel: logLevel.ERROR,
  ssl: { ca: [fs.readFileSync(authority, 'utf-8')] },
  sasl: { mechanism: 'oauthbearer', oauthBearerProvider: token },
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

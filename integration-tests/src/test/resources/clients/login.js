// Logs in with kafkajs and prints the names of the topics that it is told.
// Arguments: a folder with node_modules/kafkajs, bootstrap server, SASL mechanism, user name, password, the authority's certificate
// (empty: without TLS).
const fs = require('fs');
const path = require('path');

const [home, bootstrap, mechanism, username, password, authority] = process.argv.slice(2);
const { Kafka, logLevel } = require(path.join(home, 'node_modules', 'kafkajs'));
const kafka = new Kafka({
  clientId: 'kafkajs',
  brokers: [bootstrap],
  logLevel: logLevel.NOTHING,
  retry: { retries: 0 },
  ...(authority ? { ssl: { ca: [fs.readFileSync(authority, 'utf-8')] } } : {}),
  sasl: { mechanism: mechanism.toLowerCase(), username, password },
});

async function main() {
  const admin = kafka.admin();
  await admin.connect();
  (await admin.listTopics()).forEach((topic) => console.log(topic));
  await admin.disconnect();
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

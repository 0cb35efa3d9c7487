/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.jspecify.annotations.Nullable;

/** The story, step by step. {@link #close} ends all that was started, whatever the story has come to. */
final class Quickstart implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "orders";
    private static final String BAD_TOPIC = "My_Orders";
    private static final String HEADER = "x-gatehouse-user";

    private final Story story;
    private final Path distribution;
    private final Path plugin;
    private final Workspace workspace;
    private final long start = System.nanoTime();
    private final Endings endings = new Endings();

    private @Nullable Gateway gateway;

    /**
     * @param distribution the zip
     * @param plugin the example interceptor's jar
     */
    Quickstart(Story story, Path distribution, Path plugin) throws IOException {
        this.story = story;
        this.distribution = distribution;
        this.plugin = plugin;
        this.workspace = Workspace.create();
        endings.add(workspace);
    }

    /** Plays all steps, and returns the two whose clients are connected. */
    List<Person> play() throws Exception {
        story.title("Gatehouse quickstart: Kafka clients, a gateway and Kafka, each client as its own user");
        Broker broker = startKafka();
        Gateway ready = startGateway(broker);
        List<Person> people = createUsers(ready);
        Person alice = people.get(0);
        Person bob = people.get(1);
        produceAndConsume(alice, bob);
        dropPlugin(ready, alice, bob);
        produceAndConsumeAgain(alice, bob);
        breakTheRule(alice, bob);
        lookForTheBroker(broker, ready, people);
        story.title("All " + story.verified() + " checks hold, after "
                + Story.seconds(Duration.ofNanos(System.nanoTime() - start)) + ".");
        return people;
    }

    private Broker startKafka() throws Exception {
        story.step("A real Kafka broker, in a process of its own");
        long from = System.nanoTime();
        Path folder = workspace.folder();
        Broker broker = new Broker(Files.createDirectories(folder.resolve("kafka")), folder.resolve("kafka.log"));
        endings.add(broker);
        story.during("starting Kafka", broker::awaitReady);
        story.verified("Kafka (KRaft, one node) listens on " + broker.address()
                + ", a port that no client below is told" + took(from));
        return broker;
    }

    private Gateway startGateway(Broker broker) throws Exception {
        story.step("The gateway, unzipped and started as you would");
        long from = System.nanoTime();
        Path home = story.during("unzipping", () -> workspace.unzip(distribution));
        Gateway configured = new Gateway(home, workspace.folder().resolve("gateway.log"));
        gateway = configured;
        configured.configure(broker.address());
        story.line("unzip " + distribution.getFileName());
        story.line("conf/gatehouse.yaml: bootstrap.servers: " + broker.address());
        story.line("bin/gatehouse run");
        endings.add(configured);
        story.during("starting the gateway", configured::start);
        story.verified("it is ready: clients connect to " + configured.bootstrapServers()
                + ", health and metrics are at " + configured.management() + took(from));
        return configured;
    }

    private List<Person> createUsers(Gateway ready) throws Exception {
        story.step("Two users, as files that the running gateway reads");
        String bootstrapServers = ready.bootstrapServers();
        story.verify(
                !Person.isLetIn(bootstrapServers, "alice", "alice-secret"),
                "before, nobody called alice is let in",
                "alice was let in");
        for (String name : List.of("alice", "bob")) {
            Path file = ready.home().resolve("resources").resolve(name + ".yaml");
            workspace.secret(file, Resources.user(name, name + "-secret"));
            story.line(
                    "resources/" + name + ".yaml: an Account with a password, and a UserMapping to the user " + name);
        }
        for (String name : List.of("alice", "bob")) {
            Waiting.until(
                    name + " is let in", PATIENCE, () -> Person.isLetIn(bootstrapServers, name, name + "-secret"));
            story.verified(name + " is let in with " + name + "'s password");
        }
        story.verify(
                !Person.isLetIn(bootstrapServers, "alice", "bob-secret"),
                "alice is refused with bob's password",
                "alice was let in");
        Person alice = new Person("alice", "alice-secret", bootstrapServers);
        endings.add(alice);
        Person bob = new Person("bob", "bob-secret", bootstrapServers);
        endings.add(bob);
        return List.of(alice, bob);
    }

    private void produceAndConsume(Person alice, Person bob) throws Exception {
        story.step("Both produce and consume through the gateway");
        alice.createTopic(TOPIC, false);
        alice.subscribe(TOPIC);
        bob.subscribe(TOPIC);
        alice.send(TOPIC, "two espressos", Map.of());
        bob.send(TOPIC, "a pot of tea", Map.of());
        for (Person reader : List.of(alice, bob)) {
            List<Person.Seen> seen = story.during(reader.name() + "'s consumer joins its group", () -> reader.read(2));
            tell(reader, seen);
            story.verify(
                    seen.stream().allMatch(record -> record.headers().isEmpty()),
                    reader.name() + " read both records, and they carry no headers",
                    seen);
        }
    }

    private void dropPlugin(Gateway ready, Person alice, Person bob) throws Exception {
        story.step("A plugin, dropped in while all of this runs");
        double closedBefore = alice.closedConnections() + bob.closedConnections();
        long from = System.nanoTime();
        ready.dropPlugin(plugin);
        story.line("cp " + plugin.getFileName() + " plugins/");
        workspace.secret(ready.home().resolve("resources/stamp-alice.yaml"), Resources.interceptorFor("alice"));
        story.line("resources/stamp-alice.yaml: an Interceptor of type starter with scope: {username: alice}");
        story.during(
                "waiting until it counts",
                () -> Waiting.until("the interceptor counts for alice", PATIENCE, () -> isRefusedBadTopic(alice)));
        story.verified("it counts for alice" + took(from));
        double closed = alice.closedConnections() + bob.closedConnections() - closedBefore;
        story.verify(closed == 0, "no producer or consumer was disconnected by it", closed + " closed connections");
    }

    /** Asks without creating it. */
    private static boolean isRefusedBadTopic(Person person) throws Exception {
        try {
            person.createTopic(BAD_TOPIC, true);
            return false;
        } catch (PolicyViolationException e) {
            return true;
        }
    }

    private void produceAndConsumeAgain(Person alice, Person bob) throws Exception {
        story.step("The same clients, still connected, once more");
        alice.send(TOPIC, "a croissant", Map.of());
        alice.send(TOPIC, "a cake on bob's bill", Map.of(HEADER, "bob"));
        bob.send(TOPIC, "a biscuit", Map.of());
        for (Person reader : List.of(alice, bob)) {
            List<Person.Seen> seen = reader.read(3);
            tell(reader, seen);
            story.verify(
                    seen.stream()
                            .filter(record -> record.from().equals("alice"))
                            .allMatch(record -> record.headers().equals(Map.of(HEADER, "alice"))),
                    reader.name() + " sees alice's records stamped with her name, the forged one too",
                    seen);
            story.verify(
                    seen.stream()
                            .filter(record -> record.from().equals("bob"))
                            .allMatch(record -> record.headers().isEmpty()),
                    reader.name() + " sees bob's record as bob sent it",
                    seen);
        }
    }

    private void breakTheRule(Person alice, Person bob) throws Exception {
        story.step("A rule for topic names, which is alice's and not bob's");
        ApiException refusal = refusal("alice creates " + BAD_TOPIC, () -> alice.createTopic(BAD_TOPIC, false));
        story.line("alice creates " + BAD_TOPIC + ": " + refusal.getMessage());
        story.verify(refusal instanceof PolicyViolationException, "alice may not create it: POLICY_VIOLATION", refusal);
        bob.createTopic(BAD_TOPIC, false);
        story.verified("bob may, and creates it");
        ApiException rejected =
                refusal("alice produces to " + BAD_TOPIC, () -> alice.send(BAD_TOPIC, "a muffin", Map.of()));
        story.line("alice produces to " + BAD_TOPIC + ": " + rejected.getMessage());
        story.verified(
                "alice may not produce to it either: " + rejected.getClass().getSimpleName());
        bob.send(BAD_TOPIC, "a muffin", Map.of());
        story.verified("bob may");
    }

    private static ApiException refusal(String what, Story.Action call) throws Exception {
        try {
            call.run();
        } catch (ApiException e) {
            return e;
        }
        throw new QuickstartException("expected: " + what + " is refused; saw: it was not");
    }

    private void lookForTheBroker(Broker broker, Gateway ready, List<Person> people) throws Exception {
        story.step("What the clients were told about where Kafka is");
        Set<String> addresses = new TreeSet<>();
        for (Person person : people) {
            addresses.addAll(person.knownAddresses(TOPIC));
        }
        boolean ofGateway = addresses.stream().allMatch(address -> isOf(ready, broker, address));
        story.verify(
                ofGateway && !addresses.isEmpty(),
                "nodes, leaders, replicas and coordinators are all at " + String.join(", ", addresses) + ", never at "
                        + broker.address(),
                addresses);
    }

    private static boolean isOf(Gateway gateway, Broker broker, String address) {
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        return gateway.listensOn(port) && port != broker.port();
    }

    private void tell(Person reader, List<Person.Seen> seen) {
        story.line(reader.name() + " reads:");
        for (Person.Seen record : seen) {
            String headers = record.headers().isEmpty()
                    ? "no headers"
                    : String.join(
                            ", ",
                            record.headers().entrySet().stream()
                                    .map(Object::toString)
                                    .toList());
            story.line(String.format("    %-5s  %-22s %s", record.from(), record.value(), headers));
        }
    }

    private static String took(long fromNanos) {
        return " (" + Story.seconds(Duration.ofNanos(System.nanoTime() - fromNanos)) + ")";
    }

    /** What a reader can do next, ready to paste. */
    void tellCommands(List<Person> people) throws IOException {
        new Commands(story, workspace, Objects.requireNonNull(gateway)).tell(people, TOPIC);
    }

    /** What the gateway printed last, for whoever has to find out what went wrong. */
    String lastWordsOfGateway() {
        try {
            return gateway == null ? "" : gateway.lastWords(40);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Whether it is being ended, which makes all that still runs fail. */
    boolean isEnding() {
        return endings.isEnding();
    }

    /** The clients first, then the gateway, then Kafka, then the files. */
    @Override
    public void close() {
        endings.close();
    }
}

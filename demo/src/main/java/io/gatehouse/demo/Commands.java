/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Commands that can be pasted into another terminal, and the files that they use. */
final class Commands {

    private final Story story;
    private final Workspace workspace;
    private final Gateway gateway;

    Commands(Story story, Workspace workspace, Gateway gateway) {
        this.story = story;
        this.workspace = workspace;
        this.gateway = gateway;
    }

    void tell(List<Person> people, String topic) throws IOException {
        story.title("It stays up. Try, in another terminal:");
        for (Person person : people) {
            tellKcat(person, topic);
            tellConsoleTools(person, topic);
        }
        story.line("");
        story.aside("# what the gateway says");
        story.line("curl -s " + gateway.management() + "/health/ready");
        story.line("curl -s " + gateway.management() + "/metrics | grep ^gatehouse");
        story.line("tail -f " + gateway.home().resolve("logs/gatehouse.log"));
        story.line("");
        story.aside("# its users, policies and plugins: change a file, and it counts within about a second");
        story.line("ls " + gateway.home().resolve("resources") + " "
                + gateway.home().resolve("plugins"));
        story.title("Ctrl-C ends it and leaves nothing behind.");
    }

    private void tellKcat(Person person, String topic) throws IOException {
        Path settings = workspace.secret(Path.of(person.name() + ".kcat"), """
                bootstrap.servers=%s
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=PLAIN
                sasl.username=%s
                sasl.password=%s
                """.formatted(
                        gateway.bootstrapServers(), person.name(), person.password()));
        story.line("");
        story.aside("# as " + person.name() + ", with kcat");
        story.line("echo 'a lemonade' | kcat -F " + settings + " -P -t " + topic + " -k " + person.name());
        story.line("kcat -F " + settings + " -C -t " + topic + " -e -f '%k: %s  [%h]\\n'");
    }

    private void tellConsoleTools(Person person, String topic) throws IOException {
        StringBuilder text = new StringBuilder();
        person.properties()
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        Path settings = workspace.secret(Path.of(person.name() + ".properties"), text.toString());
        String server = " --bootstrap-server " + gateway.bootstrapServers() + " --topic " + topic;
        story.line("");
        story.aside("# as " + person.name() + ", with the tools of Kafka");
        story.line("kafka-console-producer.sh --producer.config " + settings + server);
        story.line("kafka-console-consumer.sh --consumer.config " + settings + server
                + " --from-beginning --property print.headers=true");
    }
}

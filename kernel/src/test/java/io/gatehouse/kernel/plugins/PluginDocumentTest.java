/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginDocumentTest {

    @TempDir
    Path root;

    private PluginHostFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PluginHostFixture(root);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static TestPluginJar greeter(String version) {
        return TestPluginJar.withInterceptor("greeter", "greet").version(version);
    }

    private JsonNode document() throws Exception {
        return new ObjectMapper().readTree(Files.readAllBytes(fixture.document));
    }

    @Test
    void itSaysWhatRunsAndWhatIsRefusedAndWhy() throws Exception {
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        TestPluginJar.withInterceptor("bad", "bad").version("soon").writeTo(fixture.folder, "bad.jar");

        fixture.start();

        JsonNode bad = document().get("plugins").get(0);
        assertThat(bad.get("state").asText()).isEqualTo("REJECTED");
        assertThat(bad.get("code").asText()).isEqualTo("BAD_VERSION");
        assertThat(bad.get("message").asText()).contains("soon");
        JsonNode greeter = document().get("plugins").get(1);
        assertThat(greeter.get("id").asText()).isEqualTo("greeter");
        assertThat(greeter.get("version").asText()).isEqualTo("1.0.0");
        assertThat(greeter.get("state").asText()).isEqualTo("STARTED");
        assertThat(greeter.get("file").asText()).isEqualTo("greeter.jar");
        assertThat(greeter.get("hash").asText()).hasSize(64);
        assertThat(greeter.get("extensions").get(0).asText()).isEqualTo("interceptor greet");
        assertThat(Instant.parse(greeter.get("since").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(greeter.get("leases").asInt()).isZero();
    }

    @Test
    void itIsRenewedAtAChangeAndLeftAloneWithoutOne() throws Exception {
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.start();
        JsonNode before = document();

        fixture.host.poll();
        assertThat(document()).isEqualTo(before);

        fixture.generation("greeter").acquire();
        fixture.host.poll();
        assertThat(document().get("plugins").get(0).get("leases").asInt()).isEqualTo(1);
    }

    @Test
    void touchingTheRescanFileTakesAJarAtOnceAndIsAnsweredInTheDocument() throws Exception {
        fixture.start();
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        Path request = Files.write(fixture.folder.resolve(".rescan"), new byte[0]);
        Files.setLastModifiedTime(request, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));

        fixture.host.poll();

        assertThat(document().get("rescan").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(document().get("plugins").get(0).get("state").asText()).isEqualTo("STARTED");
    }

    @Test
    void aRescanThatFindsNothingNewIsAnsweredToo() throws Exception {
        fixture.start();
        String before = document().get("written").asText();
        Files.write(fixture.folder.resolve(".rescan"), new byte[0]);

        fixture.host.poll();

        assertThat(document().get("written").asText()).isGreaterThan(before);
    }

    @Test
    void nothingIsLeftOfItAfterTheEnd() {
        fixture.start();
        assertThat(fixture.document).exists();

        fixture.close();

        assertThat(fixture.document.getParent()).isEmptyDirectory();
    }
}

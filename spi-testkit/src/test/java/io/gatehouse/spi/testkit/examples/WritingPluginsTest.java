/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.testkit.AuthenticatorHarness;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import io.gatehouse.spi.testkit.PrincipalExtractorHarness;
import io.gatehouse.spi.testkit.UserMappingStoreHarness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** The examples of docs/writing-plugins.md work, and the page shows them as they are. */
class WritingPluginsTest {

    private static final Path ROOT = Path.of("..");

    /** A block of the page: where it comes from, in a comment, then the code. */
    private static final Pattern BLOCK =
            Pattern.compile("<!-- from (\\S+) -->\\n```(?:java|xml|yaml)\\n(.*?)```", Pattern.DOTALL);

    @Test
    void thePageShowsCodeThatIsCompiledAndTested() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/writing-plugins.md"));
        Matcher blocks = BLOCK.matcher(page);
        int found = 0;
        while (blocks.find()) {
            found++;
            String source = normalized(Files.readString(ROOT.resolve(blocks.group(1))));
            assertThat(source).as(blocks.group(1)).contains(normalized(blocks.group(2)));
        }

        assertThat(found).isGreaterThanOrEqualTo(8);
        assertThat(page.split("```java", -1).length - 1)
                .as("java blocks without a source")
                .isLessThanOrEqualTo(found);
    }

    /** Formatting is the formatter's business. */
    private static String normalized(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void theLimitAsksTheBroker() {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics().add(new CreatableTopic().setName("third"));
        MetadataResponseData two = new MetadataResponseData();
        two.topics().add(new MetadataResponseTopic().setName("one"));
        two.topics().add(new MetadataResponseTopic().setName("two"));

        try (InterceptorHarness harness = InterceptorHarness.of(
                        new TopicLimit(),
                        new TopicLimit.Config(2),
                        User.named("alice").build())
                .broker(asked -> two)) {
            Outcome outcome = harness.request(ApiKeys.CREATE_TOPICS, (short) 7, request);
            Outcome deleted = harness.request(ApiKeys.DELETE_TOPICS, (short) 5, new DeleteTopicsRequestData())
                    .response(new DeleteTopicsResponseData());

            assertThat(outcome.error()).isEqualTo(Errors.POLICY_VIOLATION);
            assertThat(outcome.reason()).isEqualTo("2 topics (expected: at most 2)");
            assertThat(deleted.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    @Test
    void thePinIsChecked() {
        try (AuthenticatorHarness harness =
                AuthenticatorHarness.of(new PinAuthenticator(), new PinAuthenticator.Config(Map.of("alice", "1234")))) {
            assertThat(harness.sasl("PIN", "alice 1234".getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(AuthenticationResult.Authenticated.class);
            assertThat(harness.sasl("PIN", "alice 4321".getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(AuthenticationResult.Rejected.class);
            assertThat(harness.sasl("PIN", "nobody ".getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(AuthenticationResult.Rejected.class);
        }
    }

    @Test
    void theDomainIsCutOff() {
        try (PrincipalExtractorHarness harness = PrincipalExtractorHarness.of(new DomainExtractor(), new NoConfig())) {
            assertThat(harness.extract(
                            Authentication.of("oauth", "Alice@ACME.ORG").build()))
                    .contains("alice");
        }
    }

    @Test
    void theTableIsRead() {
        try (UserMappingStoreHarness harness =
                UserMappingStoreHarness.of(new TableStore(), new TableStore.Config(Map.of("alice", "team-a")))) {
            assertThat(harness.find("plain", "alice").mapping().orElseThrow().virtualCluster())
                    .contains("team-a");
            assertThat(harness.find("plain", "bob").refuses()).isFalse();
        }
    }
}

/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;

/** What operators write under {@code config} of an interceptor with {@code type: namespace}. */
public record NamespaceConfig(
        @Description("What the names of topics, groups and transactional ids start with on the cluster.")
        String prefix,

        @Default("hide") @Description("hide: clients see names without the prefix. enforce: clients use full names.")
        Mode mode,

        @Default("{}") @Description("Names without the prefix that clients see all the same.")
        Additional additional,

        @Default("refuse")
        @Description(
                "What happens when the prefix and that of another virtual cluster of the same cluster overlap, such as team and team-a.")
        Overlap overlap) {

    /** How clients say names. */
    public enum Mode {
        HIDE,
        ENFORCE
    }

    /** Whether an overlap of prefixes is meant. */
    public enum Overlap {
        REFUSE,
        ALLOW
    }

    /** What happens when an additional name is also the name of one of the namespace's own. */
    public enum Conflict {
        WARN,
        IGNORE
    }

    /** Additional names by kind. */
    public record Additional(
            @Default("[]") @Description("Topics.") List<AdditionalNames> topics,

            @Default("[]") @Description("Group ids.") List<AdditionalNames> groups) {}

    /** Names that are shown as they are. */
    public record AdditionalNames(
            @Default("[]") @Description("Names, letter by letter.")
            List<String> exact,

            @Description("A pattern with * and ?.") Optional<String> glob,

            @Default("warn")
            @Description(
                    "warn: one log line and a gauge when a name is the namespace's own as well, whose own it then is. ignore: neither.")
            Conflict conflict,

            @Default("false")
            @Description("Whether they may be created, deleted and configured, not only described, read and written.")
            boolean manage) {

        public AdditionalNames {
            if (!exact.isEmpty() && glob.isPresent()) {
                throw new IllegalArgumentException("exact: together with glob (expected: one of them in an entry)");
            }
            glob.filter(String::isEmpty).ifPresent(empty -> {
                throw new IllegalArgumentException("glob: empty (expected: a pattern such as public.*)");
            });
            exact.stream().filter(String::isEmpty).findFirst().ifPresent(empty -> {
                throw new IllegalArgumentException("exact: an empty name (expected: at least one character)");
            });
        }
    }

    public NamespaceConfig {
        try {
            // A name that is too short to be one, such as "..", can still be the beginning of one.
            Topic.validate(prefix + "x");
        } catch (InvalidTopicException e) {
            throw new IllegalArgumentException("prefix: \"" + prefix
                    + "\" (expected: 1 to 200 characters of a topic's name: letters, digits, '.', '_' and '-')");
        }
        if (prefix.isEmpty() || prefix.length() > 200) {
            throw new IllegalArgumentException("prefix: " + prefix.length()
                    + " characters (expected: 1 to 200, as a topic's name has at most 249)");
        }
        // With the prefix "_" the topic "_consumer_offsets" would be Kafka's own.
        if (prefix.startsWith("__") || prefix.equals("_")) {
            throw new IllegalArgumentException(
                    "prefix: \"" + prefix + "\" (expected: not that of Kafka's internal topics, __)");
        }
    }
}

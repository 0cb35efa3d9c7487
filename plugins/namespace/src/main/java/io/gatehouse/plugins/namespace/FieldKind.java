/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.Locale;

/** What a field of a message names. The words of {@code fields.txt}, where they are explained. */
enum FieldKind {
    TOPIC,
    SUBSCRIBED_TOPIC,
    TOPIC_ID,
    GROUP,
    TRANSACTIONAL_ID,
    TOPIC_PATTERN,
    TRANSACTIONAL_ID_PATTERN,
    SUBSCRIPTION,
    ASSIGNMENT,
    COORDINATOR_KEY,
    CONFIG_RESOURCE,
    CONFIG_KEY,
    CONFIG_VALUE,
    ACL_RESOURCE,
    TEXT,
    HARMLESS;

    /** As the table says it: {@code transactional-id}. */
    static FieldKind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}

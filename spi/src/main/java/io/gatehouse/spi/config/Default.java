/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a record component that the configuration leaves out, written as YAML: {@code @Default("10s") Duration timeout},
 * {@code @Default("[]") List<String> names}, {@code @Default("{}") Limits limits}. Of a {@code String} it is the text itself:
 * {@code @Default("[a-z]+") String pattern}. It is what the documentation shows as default.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
    /** A YAML value; text for a {@code String}. */
    String value();
}

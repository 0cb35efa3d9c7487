/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.resources.ResourceKind;
import java.util.List;

/** A kind of which version 2.0.0 wants politeness. */
public final class GreetingKind implements ResourceKind<GreetingKind.Greeting> {

    /** What operators write. */
    public record Greeting(String text) {}

    @Override
    public String kind() {
        return "Greeting";
    }

    @Override
    public Class<Greeting> specType() {
        return Greeting.class;
    }

    @Override
    public List<Problem> validate(String name, Greeting greeting) {
        boolean good = JarVersion.get().startsWith("1.") || greeting.text().startsWith("Dear");
        return good ? List.of() : List.of(new Problem("text", greeting.text() + " (expected: Dear ...)"));
    }
}

/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.util.List;
import java.util.stream.Collectors;

/** Configuration that cannot be used; the message lists every problem, one per line. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * @param subject what has the problems, such as the file's name
     * @param problems at least one
     */
    public ConfigException(String subject, List<Problem> problems) {
        super(problems.stream()
                .map(problem -> "  " + problem)
                .collect(Collectors.joining(
                        "\n",
                        subject + " has " + (problems.size() == 1 ? "a problem" : problems.size() + " problems")
                                + ":\n",
                        "")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the file as far as it is known. */
    public List<Problem> problems() {
        return problems;
    }
}

/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import picocli.CommandLine.IExitCodeGenerator;

/** A command that could not do what it was asked for; the message is for whoever typed it. */
final class CommandException extends RuntimeException implements IExitCodeGenerator {

    private static final long serialVersionUID = 1L;

    static final int REFUSED = 1;
    static final int UNREACHABLE = 2;

    private final int exitCode;

    CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    @Override
    public int getExitCode() {
        return exitCode;
    }
}

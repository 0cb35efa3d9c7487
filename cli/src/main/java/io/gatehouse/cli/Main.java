/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import io.gatehouse.kernel.GatehouseMain;
import java.util.List;

/** The command line of the distribution. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs a command line; returns the exit code. */
    public static int execute(String... arguments) {
        return GatehouseMain.execute(Main::commands, arguments);
    }

    private static List<Object> commands() {
        return List.of(
                new ApplyCommand(),
                new DiffCommand(),
                new GetCommand(),
                new DeleteCommand(),
                new ExplainCommand(),
                new ConnectionsCommand(),
                new TokenCommand(),
                new ReloadCommand(),
                new ContextCommand(),
                new CompletionCommand());
    }
}

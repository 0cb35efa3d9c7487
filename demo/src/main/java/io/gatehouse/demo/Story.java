/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells on standard output what happens, and counts what was verified. On a terminal with colours and a clock while something takes long. */
final class Story {

    private static final String BOLD = "1";
    private static final String DIM = "2";
    private static final String GREEN = "32";
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private final boolean terminal;
    private int steps;
    private int verified;

    /** @param terminal whether somebody looks at it */
    Story(boolean terminal) {
        this.terminal = terminal;
    }

    /** How much was verified so far. */
    int verified() {
        return verified;
    }

    void title(String text) {
        out.println();
        out.println(styled(BOLD, text));
    }

    /** A step begins. */
    void step(String text) {
        steps++;
        out.println();
        out.println(styled(BOLD, steps + ". " + text));
    }

    /** Something to know. */
    void line(String text) {
        out.println("   " + text);
    }

    /** Something on the side. */
    void aside(String text) {
        out.println("   " + styled(DIM, text));
    }

    /** Something that was checked and is so. */
    void verified(String text) {
        verified++;
        out.println("   " + styled(GREEN, "✓") + " " + text);
    }

    /**
     * Something that has to be so.
     *
     * @throws QuickstartException when it is not
     */
    void verify(boolean holds, String text, @Nullable Object saw) {
        if (!holds) {
            throw new QuickstartException("expected: " + text + "; saw: " + saw);
        }
        verified(text);
    }

    /** Something that may take long. */
    interface Action {
        void run() throws Exception;
    }

    /** Does something that may take long, and says so meanwhile. */
    void during(String what, Action action) throws Exception {
        during(what, () -> {
            action.run();
            return true;
        });
    }

    /** Does something that may take long, says so meanwhile, and returns what came of it. */
    <T> T during(String what, Callable<T> task) throws Exception {
        if (!terminal) {
            aside("... " + what);
            return task.call();
        }
        long start = System.nanoTime();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(runnable -> {
            Thread thread = new Thread(runnable, "clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleAtFixedRate(() -> progress(what, start), 0, 200, TimeUnit.MILLISECONDS);
        try {
            return task.call();
        } finally {
            clock.shutdownNow();
            clock.awaitTermination(1, TimeUnit.SECONDS);
            out.print(CLEAR_LINE);
            out.flush();
        }
    }

    private void progress(String what, long start) {
        out.print(CLEAR_LINE + "   "
                + styled(DIM, "... " + what + " " + seconds(Duration.ofNanos(System.nanoTime() - start))));
        out.flush();
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    private String styled(String code, String text) {
        return terminal ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}

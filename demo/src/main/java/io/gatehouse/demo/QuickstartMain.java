/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * {@code ./quickstart} after the build. Arguments: {@code --check} ends when the story has been told. Exit codes: 0 when everything was
 * verified, 1 when something was not. The system property {@code gatehouse.root} is the repository's folder, {@code gatehouse.terminal}
 * says whether somebody looks at it.
 */
public final class QuickstartMain {

    private QuickstartMain() {}

    public static void main(String[] arguments) throws Exception {
        boolean checkOnly = List.of(arguments).contains("--check");
        Path root = Path.of(System.getProperty("gatehouse.root", "."))
                .toAbsolutePath()
                .normalize();
        Story story = new Story(Boolean.getBoolean("gatehouse.terminal"));
        Quickstart quickstart = new Quickstart(
                story,
                newest(root.resolve("distribution/target"), "gatehouse-*.zip"),
                newest(root.resolve("examples/interceptor-starter/target"), "gatehouse-interceptor-starter-*.jar"));
        Runtime.getRuntime().addShutdownHook(new Thread(quickstart::close, "quickstart-end"));
        try {
            List<Person> people = quickstart.play();
            if (!checkOnly) {
                people.forEach(Person::close);
                quickstart.tellCommands(people);
                new CountDownLatch(1).await();
            }
            System.exit(0);
        } catch (Exception e) {
            if (quickstart.isEnding()) {
                return;
            }
            System.err.println("quickstart: " + (e instanceof QuickstartException ? e.getMessage() : e.toString()));
            System.err.println(quickstart.lastWordsOfGateway());
            System.exit(1);
        }
    }

    private static Path newest(Path folder, String glob) throws IOException {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> matcher.matches(file.getFileName()))
                    .max(Comparator.comparing(QuickstartMain::modified))
                    .orElseThrow(() -> new QuickstartException("expected: " + folder.resolve(glob) + "; saw: none"));
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }
}

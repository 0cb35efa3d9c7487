/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/** The client of a section of docs/authentication.md, so that what is written there is what works. */
final class DocumentedClient {

    private static final Path PAGE = Path.of(System.getProperty("gatehouse.root", ".."), "docs", "authentication.md");

    private static final Pattern HEADING = Pattern.compile("^##+ ", Pattern.MULTILINE);
    private static final Pattern BLOCK =
            Pattern.compile("^```properties\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

    private DocumentedClient() {}

    /**
     * The first block of properties in a section, before the next heading.
     *
     * @param heading as it stands in the page, such as {@code ## Certificates: `mtls`}
     */
    static Map<String, Object> of(String heading) {
        try {
            String page = "\n" + Files.readString(PAGE);
            int begin = page.indexOf("\n" + heading + "\n");
            if (begin < 0) {
                throw new IllegalArgumentException(heading + " (expected: a heading of " + PAGE + ")");
            }
            String rest = page.substring(begin + heading.length() + 1);
            String section = HEADING.split(rest, 2)[0];
            String block = BLOCK.matcher(section)
                    .results()
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalArgumentException(heading + " (expected: a section with a block of properties)"))
                    .group(1);
            Properties properties = new Properties();
            properties.load(new StringReader(block));
            Map<String, Object> client = new HashMap<>();
            properties.forEach((key, value) -> client.put(key.toString(), value));
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.gatehouse.kernel.config.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text of a YAML file with several documents, of which one can be replaced or removed while every byte of the others, comments
 * included, stays. Of a document that is replaced, the comments before its first and after its last line stay. Immutable.
 *
 * <p>A line that begins with {@code ---} parts two documents wherever it stands, as YAML allows it in no scalar (YAML 1.2.2, 9.1.2).
 */
final class YamlText {

    private static final Pattern MARKER = Pattern.compile("---(\\s.*)?", Pattern.DOTALL);
    private static final Pattern BARE_MARKER = Pattern.compile("---\\s*(#.*)?", Pattern.DOTALL);
    private static final Pattern NOTHING = Pattern.compile("\\s*(#.*)?", Pattern.DOTALL);

    private static final YAMLMapper READABLE = mapper().enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();
    private static final YAMLMapper QUOTED = mapper().build();

    private final List<Chunk> chunks;

    /** The lines of one document with the marker before it; the tree is null for one without content. */
    private record Chunk(String text, @Nullable Object tree) {}

    private YamlText(List<Chunk> chunks) {
        this.chunks = chunks;
    }

    private static YAMLMapper.Builder mapper() {
        return YAMLMapper.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES);
    }

    /** @throws IllegalArgumentException with the first problem of a text that is not YAML */
    static YamlText of(String text) {
        List<Chunk> chunks = new ArrayList<>();
        StringBuilder chunk = new StringBuilder();
        boolean content = false;
        for (String line : text.split("(?<=\n)", -1)) {
            if (MARKER.matcher(line).matches() && content) {
                chunks.add(chunk(chunk.toString()));
                chunk.setLength(0);
            }
            chunk.append(line);
            content |= MARKER.matcher(line).matches() || !NOTHING.matcher(line).matches();
        }
        chunks.add(chunk(chunk.toString()));
        return new YamlText(chunks);
    }

    private static Chunk chunk(String text) {
        Yaml.Parsed parsed = Yaml.read(text);
        if (!parsed.problems().isEmpty()) {
            throw new IllegalArgumentException(parsed.problems().get(0).toString());
        }
        List<@Nullable Object> documents =
                parsed.documents().stream().filter(Objects::nonNull).toList();
        if (documents.size() > 1) {
            throw new IllegalArgumentException("documents that are not parted by lines of --- (expected: such lines)");
        }
        return new Chunk(text, documents.isEmpty() ? null : documents.get(0));
    }

    /** The trees of the documents that have content. */
    List<Object> trees() {
        return chunks.stream()
                .<Object>mapMulti((chunk, out) -> {
                    if (chunk.tree() != null) {
                        out.accept(chunk.tree());
                    }
                })
                .collect(Collectors.toList());
    }

    /** The whole text; empty when no document is left. */
    Optional<String> text() {
        return trees().isEmpty()
                ? Optional.empty()
                : Optional.of(chunks.stream().map(Chunk::text).collect(Collectors.joining()));
    }

    /**
     * The text with another document in place of one.
     *
     * @param index among {@link #trees}
     */
    YamlText replace(int index, Map<String, Object> tree) {
        List<Chunk> changed = new ArrayList<>(chunks);
        int position = position(index);
        changed.set(position, new Chunk(replaced(chunks.get(position).text(), write(tree)), tree));
        return new YamlText(changed);
    }

    /** The text without one document; comments before the first marker of the file stay. */
    YamlText remove(int index) {
        List<Chunk> changed = new ArrayList<>(chunks);
        int position = position(index);
        String text = changed.remove(position).text();
        if (position == 0 && !changed.isEmpty()) {
            List<String> before = new ArrayList<>();
            for (String line : text.split("(?<=\n)", -1)) {
                if (!NOTHING.matcher(line).matches()) {
                    break;
                }
                before.add(line);
            }
            Chunk first = changed.get(0);
            changed.set(0, new Chunk(String.join("", before) + first.text(), first.tree()));
        }
        return new YamlText(changed);
    }

    private int position(int index) {
        int seen = -1;
        for (int position = 0; position < chunks.size(); position++) {
            seen += chunks.get(position).tree() == null ? 0 : 1;
            if (seen == index) {
                return position;
            }
        }
        throw new IndexOutOfBoundsException(index);
    }

    private static String replaced(String chunk, String document) {
        List<String> lines = List.of(chunk.split("(?<=\n)", -1));
        int from = 0;
        StringBuilder text = new StringBuilder();
        while (from < lines.size() && isHead(lines.get(from))) {
            text.append(lines.get(from++));
        }
        if (from < lines.size() && MARKER.matcher(lines.get(from)).matches()) {
            text.append("---\n");
        }
        int to = lines.size();
        while (to > from && NOTHING.matcher(lines.get(to - 1)).matches()) {
            to--;
        }
        text.append(document);
        lines.subList(to, lines.size()).forEach(text::append);
        return text.toString();
    }

    private static boolean isHead(String line) {
        return line.startsWith("%")
                || NOTHING.matcher(line).matches()
                || BARE_MARKER.matcher(line).matches();
    }

    /** One document as text that is read as exactly this tree, ending with a line break. */
    static String write(Map<String, Object> tree) {
        String readable = write(READABLE, tree);
        return List.of(tree).equals(Yaml.read(readable).documents()) ? readable : write(QUOTED, tree);
    }

    private static String write(YAMLMapper mapper, Map<String, Object> tree) {
        try {
            return mapper.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a document cannot be written", e);
        }
    }
}

/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * CEL expressions about a user, compiled and type-checked, with messages for the mistakes that people make. Thread-safe, without state.
 *
 * <table>
 * <caption>Mistakes</caption>
 * <tr><td>{@code context.auth.claims.client_id == reader-app}</td><td>text without quotes</td></tr>
 * <tr><td>{@code user.name == 'alice'}</td><td>no such field</td></tr>
 * <tr><td>{@code user.username}</td><td>not true or false</td></tr>
 * </table>
 *
 * <p>See PolicyChecksTest.
 */
final class Expressions {

    /** A comprehension over a token's claims or a user's groups ends long before. */
    private static final int MAX_ITERATIONS = 10_000;

    private static final Map<String, CelType> FIELDS = fields();
    private static final Cel CONDITIONS = cel().setResultType(SimpleType.BOOL).build();
    private static final Cel VALUES = cel().build();

    private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*");
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private Expressions() {}

    private static Map<String, CelType> fields() {
        MapType claims = MapType.create(SimpleType.STRING, SimpleType.DYN);
        Map<String, CelType> fields = new LinkedHashMap<>();
        fields.put("context.auth.type", SimpleType.STRING);
        fields.put("context.auth.principal.name", SimpleType.STRING);
        fields.put("context.auth.token.claims", claims);
        fields.put("context.auth.claims", claims);
        fields.put("user.username", SimpleType.STRING);
        fields.put("user.groups", ListType.create(SimpleType.STRING));
        fields.put("user.virtualCluster", SimpleType.STRING);
        fields.put("connection.address", SimpleType.STRING);
        return fields;
    }

    private static CelBuilder cel() {
        CelBuilder builder = CelFactory.standardCelBuilder()
                .setOptions(CelOptions.current()
                        .comprehensionMaxIterations(MAX_ITERATIONS)
                        .build())
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addCompilerLibraries(CelExtensions.strings(), CelExtensions.optional())
                .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.optional());
        FIELDS.forEach(builder::addVar);
        return builder;
    }

    /**
     * An expression that is true or false.
     *
     * @throws IllegalArgumentException when it is none
     */
    static CelRuntime.Program condition(String source) {
        return compile(CONDITIONS, source, "a CEL condition that is true or false");
    }

    /**
     * An expression that yields a name, or a list of names.
     *
     * @throws IllegalArgumentException when it is none
     */
    static CelRuntime.Program value(String source) {
        return compile(VALUES, source, "a CEL expression that yields a text or a list of texts");
    }

    private static CelRuntime.Program compile(Cel cel, String source, String expected) {
        try {
            CelAbstractSyntaxTree tree = cel.compile(source).getAst();
            if (cel == VALUES && !isText(tree.getResultType())) {
                throw new IllegalArgumentException(
                        source + ": yields " + tree.getResultType().name() + " (expected: " + expected + ")");
            }
            return cel.createProgram(tree);
        } catch (CelValidationException e) {
            String problems = e.getErrors().stream()
                    .map(issue -> describe(issue, source))
                    .distinct()
                    .collect(Collectors.joining("; "));
            throw new IllegalArgumentException(source + ": " + problems + " (expected: " + expected + ")");
        } catch (CelEvaluationException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage() + " (expected: " + expected + ")");
        }
    }

    private static boolean isText(CelType type) {
        return type.equals(SimpleType.STRING)
                || type.equals(SimpleType.DYN)
                || type.equals(ListType.create(SimpleType.STRING))
                || type.equals(ListType.create(SimpleType.DYN));
    }

    private static String describe(CelIssue issue, String source) {
        int column = issue.getSourceLocation().getColumn();
        String message = issue.getMessage().lines().findFirst().orElse("");
        Matcher undeclared = UNDECLARED.matcher(message);
        if (!undeclared.matches()) {
            return "column " + (column + 1) + ": " + message;
        }
        String word = wordAround(source, column, undeclared.group(1));
        if (FIELDS.keySet().stream().anyMatch(field -> field.startsWith(firstPart(word) + "."))) {
            return "\"" + word + "\" is no field; the fields are " + String.join(", ", FIELDS.keySet());
        }
        return word + " is no field; if it is text, it stands in single quotes: '" + word + "'";
    }

    private static String firstPart(String word) {
        int dot = word.indexOf('.');
        return dot < 0 ? word : word.substring(0, dot);
    }

    /** All of {@code reader-app}, of which CEL sees a difference. */
    private static String wordAround(String source, int column, String fallback) {
        Matcher words = WORD.matcher(source);
        while (words.find()) {
            if (words.start() <= column && column < words.end()) {
                return words.group();
            }
        }
        return fallback;
    }
}

/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelAttributePattern;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import dev.cel.runtime.PartialVars;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A CEL expression about one record, compiled and type-checked. Immutable and thread-safe.
 *
 * <p>Its names: {@code topic}, {@code partition}, {@code key} (UTF-8 text, empty without a key), {@code hasKey}, {@code hasValue}, {@code
 * headers} (the last value of each name, as UTF-8 text), {@code user.username}, {@code user.principal}, {@code user.virtualCluster} and
 * {@code user.groups}. CEL's standard functions, optional values and string functions can be used; regular expressions are RE2's.
 */
final class Expression {

    /** A comprehension over one record's headers or a user's groups ends long before. */
    private static final int MAX_ITERATIONS = 10_000;

    private static final List<CelAttributePattern> OF_A_RECORD =
            List.of("topic", "partition", "key", "hasKey", "hasValue", "headers").stream()
                    .map(CelAttributePattern::create)
                    .toList();

    private static final Cel CONDITIONS = cel(SimpleType.BOOL);
    private static final Cel TEXTS = cel(SimpleType.STRING);

    private final String source;
    private final CelRuntime.Program program;

    private Expression(String source, CelRuntime.Program program) {
        this.source = source;
        this.program = program;
    }

    private static Cel cel(CelType result) {
        return CelFactory.standardCelBuilder()
                .setOptions(CelOptions.current()
                        .enableUnknownTracking(true)
                        .comprehensionMaxIterations(MAX_ITERATIONS)
                        .build())
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addCompilerLibraries(CelExtensions.strings(), CelExtensions.optional())
                .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.optional())
                .addVar("topic", SimpleType.STRING)
                .addVar("partition", SimpleType.INT)
                .addVar("key", SimpleType.STRING)
                .addVar("hasKey", SimpleType.BOOL)
                .addVar("hasValue", SimpleType.BOOL)
                .addVar("headers", MapType.create(SimpleType.STRING, SimpleType.STRING))
                .addVar("user.username", SimpleType.STRING)
                .addVar("user.principal", SimpleType.STRING)
                .addVar("user.virtualCluster", SimpleType.STRING)
                .addVar("user.groups", ListType.create(SimpleType.STRING))
                .setResultType(result)
                .build();
    }

    /**
     * An expression that is true or false.
     *
     * @param place what it is called in a message
     * @throws IllegalArgumentException when it is none
     */
    static Expression condition(String place, String source) {
        return compile(CONDITIONS, place, source, "a CEL condition");
    }

    /** As {@link #condition}, for an expression that yields text. */
    static Expression text(String place, String source) {
        return compile(
                TEXTS, place, source, "a CEL expression that yields text; text itself stands in quotes: \"'...'\"");
    }

    private static Expression compile(Cel cel, String place, String source, String expected) {
        try {
            return new Expression(source, cel.createProgram(cel.compile(source).getAst()));
        } catch (CelValidationException e) {
            String problems = e.getErrors().stream().map(Expression::describe).collect(Collectors.joining("; "));
            throw new IllegalArgumentException(
                    place + ": " + source + ": " + problems + " (expected: " + expected + ")");
        } catch (CelEvaluationException e) {
            throw new IllegalArgumentException(
                    place + ": " + source + ": " + e.getMessage() + " (expected: " + expected + ")");
        }
    }

    private static String describe(CelIssue issue) {
        return "column " + (issue.getSourceLocation().getColumn() + 1) + ": "
                + issue.getMessage().lines().findFirst().orElse("");
    }

    /** @throws CelEvaluationException when it cannot be said, as when a header is not there */
    boolean isTrue(CelVariableResolver variables) throws CelEvaluationException {
        return (Boolean) program.eval(variables);
    }

    /** @throws CelEvaluationException when it cannot be said */
    String text(CelVariableResolver variables) throws CelEvaluationException {
        return (String) program.eval(variables);
    }

    /** Whether it is false for every record, whatever that is. */
    boolean isNeverTrue(CelVariableResolver user) {
        try {
            return Boolean.FALSE.equals(program.eval(PartialVars.of(user, OF_A_RECORD)));
        } catch (CelEvaluationException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return source;
    }
}

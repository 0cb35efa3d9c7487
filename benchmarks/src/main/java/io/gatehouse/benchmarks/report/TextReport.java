/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.report;

import io.gatehouse.benchmarks.Results;
import io.gatehouse.benchmarks.Results.Series;
import io.gatehouse.benchmarks.measure.Figure;
import io.gatehouse.benchmarks.measure.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table on the terminal: for each workload a line per target, for each figure median, lowest and highest of the rounds. */
public final class TextReport {

    /** Targets that others are compared with. */
    private static final List<String> BASES = List.of("forwarder", "haproxy", "cut-through");

    private static final String FEW = "connections-10";
    private static final String MANY = "connections-1000";

    private TextReport() {}

    public static String of(Results results) {
        StringBuilder text = new StringBuilder(
                "Median (lowest-highest) of %d rounds of %d windows of %.1f s; ratios are taken round by round.%n"
                        .formatted(results.rounds(), results.turns(), results.windowSeconds()));
        results.series().forEach(series -> append(text, series));
        appendGrowth(text, results);
        return text.toString();
    }

    private static void append(StringBuilder text, Series series) {
        text.append("\n%s: %s%n".formatted(series.workload(), series.title()));
        List<String> targets = List.copyOf(series.byTarget().keySet());
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("", ""));
        head.addAll(targets);
        rows.add(head);
        for (Figure figure : Figure.values()) {
            if (targets.stream()
                    .anyMatch(target -> series.spread(target, figure).isPresent())) {
                rows.add(row(figure.title(), figure.unit(), targets, target -> series.spread(target, figure)));
            }
        }
        for (String base : BASES) {
            if (series.spread(base, series.main()).isPresent()) {
                rows.add(row(
                        series.main().title() + ", to " + base,
                        "x",
                        targets,
                        target -> series.ratio(target, base, series.main())));
            }
        }
        appendRows(text, rows);
    }

    /** How much more a request costs with many connections than with few: medians, as these are not of the same rounds. */
    private static void appendGrowth(StringBuilder text, Results results) {
        Optional<Series> few = series(results, FEW);
        Optional<Series> many = series(results, MANY);
        if (few.isEmpty() || many.isEmpty()) {
            return;
        }
        text.append("\nCPU per request, %s to %s%n".formatted(MANY, FEW));
        for (String target : many.get().byTarget().keySet()) {
            Optional<Spread> base = few.get().spread(target, Figure.CPU_PER_REQUEST);
            Optional<Spread> grown = many.get().spread(target, Figure.CPU_PER_REQUEST);
            if (base.isPresent() && grown.isPresent()) {
                text.append("  %s %.2f%n"
                        .formatted(target, grown.get().median() / base.get().median()));
            }
        }
    }

    private static Optional<Series> series(Results results, String workload) {
        return results.series().stream()
                .filter(series -> series.workload().equals(workload))
                .findFirst();
    }

    private interface Cell {
        Optional<Spread> of(String target);
    }

    private static List<String> row(String title, String unit, List<String> targets, Cell cell) {
        List<String> row = new ArrayList<>(List.of(title, unit));
        targets.forEach(target -> row.add(cell.of(target).map(Spread::toString).orElse("-")));
        return row;
    }

    private static void appendRows(StringBuilder text, List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(" ");
            for (int column = 0; column < columns; column++) {
                line.append(' ')
                        .append(row.get(column))
                        .append(" ".repeat(widths[column] - row.get(column).length() + 1));
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
    }
}

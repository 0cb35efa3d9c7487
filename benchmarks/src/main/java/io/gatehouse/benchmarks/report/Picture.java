/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.report;

import io.gatehouse.benchmarks.Results;
import io.gatehouse.benchmarks.Results.Series;
import io.gatehouse.benchmarks.measure.Figure;
import io.gatehouse.benchmarks.measure.Spread;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * CPU of each proxy relative to HAProxy's, else to the bare forwarder's, as an SVG: a bar for the median, a whisker from the lowest to the
 * highest round.
 */
public final class Picture {

    private static final Set<Figure> CPU =
            Set.of(Figure.CPU_PER_MIB, Figure.CPU_PER_REQUEST, Figure.CPU_PER_CONNECTION);
    private static final List<String> BASES = List.of("haproxy", "forwarder");
    private static final List<String> COLORS =
            List.of("#9aa5b1", "#627d98", "#0b7285", "#d9480f", "#5f3dc4", "#2b8a3e");
    private static final int LEFT = 170;
    private static final int SCALE = 260;
    private static final int BAR = 14;
    private static final int GAP = 14;
    private static final int TOP = 62;
    private static final int WIDTH = 760;

    private Picture() {}

    private record Bar(String target, Spread ratio) {}

    private record Group(String workload, List<Bar> bars) {}

    public static String of(Results results) {
        Optional<String> base = BASES.stream()
                .filter(name -> results.series().stream()
                        .anyMatch(series -> series.byTarget().containsKey(name)))
                .findFirst();
        List<Group> groups = base.map(name -> groups(results, name)).orElse(List.of());
        List<String> targets = groups.stream()
                .flatMap(group -> group.bars().stream().map(Bar::target))
                .distinct()
                .toList();
        int height = TOP
                + groups.stream()
                        .mapToInt(group -> group.bars().size() * BAR + GAP)
                        .sum()
                + GAP;
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">",
                WIDTH,
                height);
        line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        line(
                svg,
                "<text x=\"10\" y=\"20\" font-size=\"14\">CPU of the proxy, relative to %s: median of %d rounds, lowest to highest (%s)</text>",
                base.orElse("nothing"),
                results.rounds(),
                DateTimeFormatter.ISO_LOCAL_DATE.format(results.begun().atZone(ZoneOffset.UTC)));
        int legend = LEFT;
        for (int i = 0; i < targets.size(); i++) {
            line(
                    svg,
                    "<rect x=\"%d\" y=\"32\" width=\"10\" height=\"10\" fill=\"%s\"/>",
                    legend,
                    color(targets, targets.get(i)));
            line(svg, "<text x=\"%d\" y=\"41\">%s</text>", legend + 14, targets.get(i));
            legend += 110;
        }
        int y = TOP;
        for (Group group : groups) {
            line(svg, "<text x=\"10\" y=\"%d\">%s</text>", y + BAR - 3, group.workload());
            for (Bar bar : group.bars()) {
                drawBar(svg, bar, color(targets, bar.target()), y);
                y += BAR;
            }
            y += GAP;
        }
        line(
                svg,
                "<line x1=\"%1$d\" y1=\"%2$d\" x2=\"%1$d\" y2=\"%3$d\" stroke=\"black\" stroke-dasharray=\"3,3\"/>",
                LEFT + SCALE,
                TOP - 6,
                height - GAP);
        return svg.append("</svg>\n").toString();
    }

    private static List<Group> groups(Results results, String base) {
        List<Group> groups = new ArrayList<>();
        for (Series series : results.series()) {
            if (!CPU.contains(series.main())) {
                continue;
            }
            List<Bar> bars = new ArrayList<>();
            for (String target : series.byTarget().keySet()) {
                series.ratio(target, base, series.main()).ifPresent(ratio -> bars.add(new Bar(target, ratio)));
            }
            if (!bars.isEmpty()) {
                groups.add(new Group(series.workload(), bars));
            }
        }
        return groups;
    }

    private static void drawBar(StringBuilder svg, Bar bar, String color, int y) {
        Spread ratio = bar.ratio();
        line(
                svg,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>",
                LEFT,
                y,
                length(ratio.median()),
                BAR - 3,
                color);
        int middle = y + (BAR - 3) / 2;
        line(
                svg,
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#222\"/>",
                LEFT + length(ratio.lowest()),
                middle,
                LEFT + length(ratio.highest()),
                middle);
        line(
                svg,
                "<text x=\"%d\" y=\"%d\">%s</text>",
                LEFT + length(ratio.highest()) + 6,
                y + BAR - 5,
                String.format(Locale.ROOT, "%.2f", ratio.median()));
    }

    private static int length(double ratio) {
        return (int) Math.min(WIDTH - LEFT - 50, Math.round(ratio * SCALE));
    }

    private static String color(List<String> targets, String target) {
        return COLORS.get(targets.indexOf(target) % COLORS.size());
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}

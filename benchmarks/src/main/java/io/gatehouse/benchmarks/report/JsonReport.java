/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.gatehouse.benchmarks.Results;
import io.gatehouse.benchmarks.Results.Series;
import io.gatehouse.benchmarks.measure.Figure;
import io.gatehouse.benchmarks.measure.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every sample of a run, with what it was measured on. */
public final class JsonReport {

    private JsonReport() {}

    public static String of(Results results) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("begun", results.begun().toString());
        root.put("rounds", results.rounds());
        root.put("turnsPerRound", results.turns());
        root.put("windowSeconds", results.windowSeconds());
        root.put("machine", Machine.describe());
        Map<String, String> units = new LinkedHashMap<>();
        for (Figure figure : Figure.values()) {
            units.put(figure.name(), figure.title() + ", " + figure.unit());
        }
        root.put("figures", units);
        List<Object> workloads = new ArrayList<>();
        for (Series series : results.series()) {
            Map<String, Object> workload = new LinkedHashMap<>();
            workload.put("name", series.workload());
            workload.put("title", series.title());
            workload.put("main", series.main());
            Map<String, Object> targets = new LinkedHashMap<>();
            series.byTarget()
                    .forEach((target, samples) -> targets.put(
                            target, samples.stream().map(Sample::values).toList()));
            workload.put("samples", targets);
            workloads.add(workload);
        }
        root.put("workloads", workloads);
        try {
            return new ObjectMapper()
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}

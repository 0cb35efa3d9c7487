/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks;

import io.gatehouse.benchmarks.load.Topics;
import io.gatehouse.benchmarks.measure.Sample;
import io.gatehouse.benchmarks.target.Target;
import io.gatehouse.benchmarks.target.TargetStarter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the workloads: every target is warmed up with mixed traffic first; then, workload by workload, once more with the workload itself, and
 * then in rounds. In each round every target has several short windows in turn with the others', in an order that moves on by one each turn;
 * the median of these windows is what the round says.
 */
final class Harness {

    /**
     * What to run.
     *
     * @param turns of each target in one round
     * @param window how long one turn is
     * @param warmUp of one target, before everything
     * @param profiles where profiles go; empty for none
     */
    record Plan(
            List<Workload> workloads,
            int rounds,
            int turns,
            Duration window,
            Duration warmUp,
            Optional<Path> profiles) {}

    private final TargetStarter starter;
    private final Plan plan;
    private final Results results;

    Harness(TargetStarter starter, Plan plan) {
        this.starter = starter;
        this.plan = plan;
        this.results = new Results(plan.rounds(), plan.turns(), plan.window().toMillis() / 1e3);
    }

    Results run() throws IOException, InterruptedException {
        say("Starting a broker and the targets ...");
        Meter.Others others = new Meter.Others(starter.startBroker());
        List<Target> targets = starter.startTargets();
        Topics topics = Topics.create(starter.bootstrapServers());
        warmUp(targets, topics, others);
        for (Workload workload : plan.workloads()) {
            say(workload.name() + ": " + workload.title());
            if (workload.isOnce()) {
                once(workload, targets, topics);
                continue;
            }
            for (Target target : targets) {
                new Window(target, topics, others, plan.window()).run(workload);
            }
            Map<Target, Long> profiles = beginProfiles(targets);
            for (int round = 0; round < plan.rounds(); round++) {
                round(round, workload, targets, topics, others);
            }
            endProfiles(profiles, workload);
        }
        return results;
    }

    private Map<Target, Long> beginProfiles(List<Target> targets) {
        Map<Target, Long> begun = new LinkedHashMap<>();
        if (plan.profiles().isPresent()) {
            targets.forEach(target -> target.jvm().ifPresent(jvm -> begun.put(target, jvm.beginProfile())));
        }
        return begun;
    }

    private void endProfiles(Map<Target, Long> begun, Workload workload) throws IOException {
        for (Map.Entry<Target, Long> profile : begun.entrySet()) {
            Target target = profile.getKey();
            Path file = plan.profiles().orElseThrow().resolve(target.name() + "-" + workload.name() + ".jfr");
            target.jvm().orElseThrow().endProfile(profile.getValue(), file);
            say("Profile: " + file);
        }
    }

    private void round(int round, Workload workload, List<Target> targets, Topics topics, Meter.Others others)
            throws IOException, InterruptedException {
        Map<Target, List<Sample>> windows = new LinkedHashMap<>();
        targets.forEach(target -> windows.put(target, new ArrayList<>()));
        for (int turn = 0; turn < plan.turns(); turn++) {
            List<Target> order = new ArrayList<>(targets);
            Collections.rotate(order, -(round * plan.turns() + turn));
            for (Target target : order) {
                windows.get(target).add(new Window(target, topics, others, plan.window()).run(workload));
            }
        }
        windows.forEach((target, samples) -> {
            Sample sample = Sample.medianOf(samples);
            results.add(workload, target.name(), sample);
            sayFigure(round, target, workload, sample);
        });
    }

    private void warmUp(List<Target> targets, Topics topics, Meter.Others others)
            throws IOException, InterruptedException {
        List<Workload> mix = Workload.all(true).stream()
                .filter(Workload.Flood.class::isInstance)
                .filter(workload -> ((Workload.Flood) workload).connections() == 1)
                .filter(workload -> !workload.name().endsWith(Workload.BY_NAME))
                .toList();
        for (Target target : targets) {
            say("Warming up " + target.name());
            for (Workload workload : mix) {
                new Window(target, topics, others, plan.warmUp().dividedBy(mix.size())).run(workload);
            }
        }
    }

    private void once(Workload workload, List<Target> targets, Topics topics) throws IOException, InterruptedException {
        for (Target target : targets) {
            if (!starter.isGateway(target.name())) {
                continue;
            }
            for (Sample sample : new OnceOnly(starter, target, topics).run(workload)) {
                results.add(workload, target.name(), sample);
                sayFigure(0, target, workload, sample);
            }
        }
    }

    private static void sayFigure(int round, Target target, Workload workload, Sample sample) {
        Double value = sample.values().get(workload.main());
        if (value != null) {
            say(String.format(
                    Locale.ROOT,
                    "  %d  %-14s %10.2f %s",
                    round + 1,
                    target.name(),
                    value,
                    workload.main().unit()));
        }
    }

    private static void say(String line) {
        System.err.println(line);
    }
}

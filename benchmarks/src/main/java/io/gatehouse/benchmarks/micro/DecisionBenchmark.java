/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.micro;

import io.gatehouse.plugins.acl.decision.NamePattern;
import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.plugins.acl.decision.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One decision of plugin acl about one topic, by how many rules its user has: half of them for names, half for beginnings of names. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class DecisionBenchmark {

    @Param({"10", "100", "10000"})
    public int rules;

    private Permissions permissions;
    private String exact;
    private String begun;
    private String unknown;

    @Setup
    public void setUp() {
        List<Rule> all = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            NamePattern name =
                    i % 2 == 0 ? new NamePattern.Literal("orders-" + i) : new NamePattern.Prefix("audit-" + i + "-");
            all.add(Rule.allow(List.of(AclOperation.WRITE), ResourceType.TOPIC, name, "benchmark"));
        }
        permissions = Permissions.of(all);
        exact = "orders-" + (rules - 2);
        begun = "audit-" + (rules - 1) + "-2026";
        unknown = "payments-eu";
        if (!exactName() || !beginningOfName() || nothing()) {
            throw new IllegalStateException("the decisions are wrong");
        }
    }

    @Benchmark
    public boolean exactName() {
        return permissions.allows(AclOperation.WRITE, ResourceType.TOPIC, exact);
    }

    @Benchmark
    public boolean beginningOfName() {
        return permissions.allows(AclOperation.WRITE, ResourceType.TOPIC, begun);
    }

    @Benchmark
    public boolean nothing() {
        return permissions.allows(AclOperation.WRITE, ResourceType.TOPIC, unknown);
    }
}

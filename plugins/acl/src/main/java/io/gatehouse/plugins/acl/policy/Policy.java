/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.gatehouse.plugins.acl.decision.NamePattern;
import io.gatehouse.plugins.acl.decision.Operations;
import io.gatehouse.plugins.acl.decision.Rule;
import io.gatehouse.plugins.acl.policy.PolicySpec.Action;
import io.gatehouse.plugins.acl.policy.PolicySpec.RuleSpec;
import io.gatehouse.spi.resources.ResourceKind.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@code AclPolicy} compiled. What cannot be evaluated for a user counts against the user: an ALLOW does not apply, a DENY does, and to
 * every name when it is the name that cannot be said. Immutable and thread-safe.
 */
public final class Policy {

    private static final Logger log = LoggerFactory.getLogger(Policy.class);

    private final String origin;
    private final CelRuntime.@Nullable Program condition;
    private final List<CompiledRule> rules;

    private record CompiledRule(RuleSpec spec, List<NameTemplate> names) {}

    private Policy(String name, CelRuntime.@Nullable Program condition, List<CompiledRule> rules) {
        this.origin = "AclPolicy(name=" + name + ")";
        this.condition = condition;
        this.rules = rules;
    }

    /** What is wrong with a spec; none when {@link #of} will work. */
    public static List<Problem> problems(String name, PolicySpec spec) {
        List<Problem> problems = new ArrayList<>();
        compile(name, spec, problems);
        return problems;
    }

    /** @throws IllegalArgumentException when the spec has problems */
    public static Policy of(String name, PolicySpec spec) {
        List<Problem> problems = new ArrayList<>();
        Policy policy = compile(name, spec, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("AclPolicy " + name + ": " + problems);
        }
        return policy;
    }

    private static Policy compile(String name, PolicySpec spec, List<Problem> problems) {
        if (spec.virtualCluster().isEmpty()) {
            problems.add(new Problem("virtualCluster", "empty (expected: a virtual cluster's name)"));
        }
        if (spec.rules().isEmpty()) {
            problems.add(new Problem("rules", "none (expected: at least one)"));
        }
        CelRuntime.Program condition = null;
        if (spec.condition() != null) {
            try {
                condition = Expressions.condition(spec.condition());
            } catch (IllegalArgumentException e) {
                problems.add(new Problem("condition", e.getMessage()));
            }
        }
        List<CompiledRule> rules = new ArrayList<>();
        for (int i = 0; i < spec.rules().size(); i++) {
            rules.add(compile("rules[" + i + "].", spec.rules().get(i), problems));
        }
        return new Policy(name, condition, rules);
    }

    private static CompiledRule compile(String path, RuleSpec spec, List<Problem> problems) {
        if (spec.operations().isEmpty() || spec.operations().stream().anyMatch(BindingChecks.NO_OPERATIONS::contains)) {
            problems.add(new Problem(
                    path + "operations", spec.operations() + " (expected: operations such as READ, or ALL)"));
        }
        if (BindingChecks.NO_TYPES.contains(spec.resourceType())) {
            problems.add(new Problem(path + "resourceType", spec.resourceType() + " (expected: a type such as TOPIC)"));
        }
        if (spec.names().isEmpty()) {
            problems.add(new Problem(path + "names", "none (expected: at least one; * for all)"));
        }
        List<NameTemplate> names = new ArrayList<>();
        for (int i = 0; i < spec.names().size(); i++) {
            String name = spec.names().get(i);
            String place = path + "names[" + i + "]";
            if (name.isEmpty()) {
                problems.add(new Problem(place, "empty (expected: a name; * for all)"));
            }
            try {
                names.add(NameTemplate.parse(name));
            } catch (IllegalArgumentException e) {
                problems.add(new Problem(place, e.getMessage()));
            }
        }
        return new CompiledRule(spec, names);
    }

    /** The rules that it has for a user. */
    public List<Rule> rulesFor(CelVariableResolver identity) {
        Set<Action> applying = applying(identity);
        List<Rule> found = new ArrayList<>();
        for (CompiledRule rule : rules) {
            if (applying.contains(rule.spec().action())) {
                rule.names().forEach(name -> add(rule.spec(), name, identity, found));
            }
        }
        return found;
    }

    private Set<Action> applying(CelVariableResolver identity) {
        if (condition == null) {
            return Set.of(Action.ALLOW, Action.DENY);
        }
        try {
            Object value = condition.eval(identity);
            if (value instanceof Boolean applies) {
                return applies ? Set.of(Action.ALLOW, Action.DENY) : Set.of();
            }
            log.debug("{}: its condition yields no boolean, so its DENY rules apply", origin);
            return Set.of(Action.DENY);
        } catch (CelEvaluationException | RuntimeException e) {
            log.debug("{}: its condition cannot be evaluated, so its DENY rules apply: {}", origin, e.getMessage());
            return Set.of(Action.DENY);
        }
    }

    private void add(RuleSpec spec, NameTemplate template, CelVariableResolver identity, List<Rule> found) {
        boolean deny = spec.action() == Action.DENY;
        List<NamePattern> names;
        try {
            names = template.of(identity);
        } catch (CelEvaluationException | RuntimeException e) {
            log.debug("{}: a name cannot be evaluated: {}", origin, e.getMessage());
            names = deny ? List.of(NamePattern.ANY) : List.of();
        }
        List<AclOperation> operations = spec.operations();
        names.forEach(name -> found.add(new Rule(deny, Operations.of(operations), spec.resourceType(), name, origin)));
    }
}

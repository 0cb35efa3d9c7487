/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import io.gatehouse.plugins.acl.decision.NamePattern.Any;
import io.gatehouse.plugins.acl.decision.NamePattern.Glob;
import io.gatehouse.plugins.acl.decision.NamePattern.Literal;
import io.gatehouse.plugins.acl.decision.NamePattern.Prefix;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;

/** The rules of one user for one resource type, indexed: names exactly, prefixes as a tree, globs as one automaton. Immutable. */
final class TypeRules {

    /** Fewer rules are asked as fast as a memory of their answers would be. */
    private static final int FEW = 64;

    private static final int MAX_REMEMBERED = 1_000;

    private final Map<String, Rights> exact = new HashMap<>();
    private final PrefixTree prefixes;
    private final @Nullable GlobSet globs;
    private final List<Rule> globRules = new ArrayList<>();
    private final Rights everywhere = new Rights();
    private final Rights anywhere = new Rights();
    private final List<Rule> rules;
    private final @Nullable Map<String, Long> remembered;
    private final Map<AclOperation, Boolean> someName = new ConcurrentHashMap<>();

    TypeRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        List<Glob> patterns = new ArrayList<>();
        PrefixTree.Builder tree = new PrefixTree.Builder();
        for (Rule rule : rules) {
            anywhere.add(rule);
            NamePattern pattern = rule.name();
            if (pattern instanceof Any) {
                everywhere.add(rule);
            } else if (pattern instanceof Literal literal) {
                exact.computeIfAbsent(literal.name(), name -> new Rights()).add(rule);
            } else if (pattern instanceof Prefix prefix) {
                tree.add(prefix.prefix(), rule);
            } else if (pattern instanceof Glob glob) {
                patterns.add(glob);
                globRules.add(rule);
            }
        }
        prefixes = tree.build();
        globs = patterns.isEmpty() ? null : new GlobSet(patterns);
        remembered = rules.size() > FEW || globs != null ? new ConcurrentHashMap<>() : null;
    }

    /** What is said of a name; see {@link Rights#packed}. */
    long rights(String name) {
        if (remembered == null) {
            return find(name);
        }
        Long known = remembered.get(name);
        if (known != null) {
            return known;
        }
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        long rights = find(name);
        remembered.put(name, rights);
        return rights;
    }

    private long find(String name) {
        long bits = everywhere.packed() | prefixes.rights(name);
        Rights own = exact.get(name);
        if (own != null) {
            bits |= own.packed();
        }
        if (globs != null) {
            BitSet matching = globs.matches(name);
            Rights matched = new Rights();
            matching.stream().forEach(i -> matched.add(globRules.get(i)));
            bits |= matched.packed();
        }
        return bits;
    }

    boolean allowsEveryName(AclOperation operation) {
        return everywhere.allows(operation) && !Operations.contains(anywhere.denied(), operation);
    }

    boolean allowsEveryNameFrom(AclOperation operation, String prefix) {
        return !Operations.contains(anywhere.denied(), operation)
                && Operations.contains((int) prefixes.rights(prefix) | everywhere.allowed(), operation);
    }

    /** The rule that decides, for the audit log: a DENY before an ALLOW. Looked for only where the index knows that there is one. */
    @Nullable
    Rule deciding(AclOperation operation, String name) {
        long rights = rights(name);
        boolean denied = Operations.contains((int) (rights >>> 32), operation);
        if (!denied && !Operations.contains((int) rights, operation)) {
            return null;
        }
        for (Rule rule : rules) {
            if (rule.deny() == denied && rule.isAbout(operation) && rule.name().matches(name)) {
                return rule;
            }
        }
        return null;
    }

    /**
     * Kafka's {@code Authorizer.authorizeByResourceType}: some pattern is allowed that no DENY dominates. Implied operations do not count,
     * and patterns are compared as text: a DENY prefix dominates what starts with it.
     */
    boolean allowsSomeName(AclOperation operation) {
        return someName.computeIfAbsent(operation, this::findSomeName);
    }

    private boolean findSomeName(AclOperation operation) {
        List<NamePattern> allowed = new ArrayList<>();
        Set<NamePattern> denied = new HashSet<>();
        for (Rule rule : rules) {
            if (Operations.contains(rule.operations(), operation)) {
                if (!rule.deny()) {
                    allowed.add(rule.name());
                } else if (rule.name() instanceof Any) {
                    return false;
                } else {
                    denied.add(rule.name());
                }
            }
        }
        return allowed.stream().anyMatch(pattern -> pattern instanceof Any || !isDominated(pattern, denied));
    }

    private static boolean isDominated(NamePattern allowed, Set<NamePattern> denied) {
        if (!(allowed instanceof Prefix) && denied.contains(allowed)) {
            return true;
        }
        String start = allowed.toString();
        int end = start.length();
        if (allowed instanceof Prefix prefix) {
            end = prefix.prefix().length();
        } else if (allowed instanceof Glob glob) {
            end = literalStart(glob);
        }
        for (int length = 1; length <= end; length++) {
            if (denied.contains(new Prefix(start.substring(0, length)))) {
                return true;
            }
        }
        return false;
    }

    private static int literalStart(Glob glob) {
        int length = 0;
        for (int token : glob.tokens()) {
            if (token < 0) {
                break;
            }
            length += Character.charCount(token);
        }
        return length;
    }
}
